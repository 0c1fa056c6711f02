"""Everything the environment decides, read once and checked at start. No I/O besides it and the files it names."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import ip_network
from itertools import pairwise
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

from app.storage_settings import Storage, scanner_in, storage_in

# What .env.example holds, which must not be what production runs with.
SAMPLE_HOST = "cohorte.example.org"
SAMPLE_PASSWORD = "PASSWORD"  # noqa: S105 - the word that stands in its place
SECRETS = (
    "SECRET_KEY",
    "IDENTITY_KEYS",
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "SMTP_URL",
    "TWILIO_AUTH_TOKEN",
    "OIDC_CLIENT_SECRET",
    "FILES_SECRET",
)
"""What may stand in a file of its own, named by the same setting with _FILE behind it."""
NO_PROXY = "none"
"""In TRUSTED_PROXIES: browsers reach this machine directly."""
DRAW_ANOTHER = "draw another, as .env.example shows."


class Environment(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class BadSettings(Exception):
    """The environment cannot be started with; the text names every fault and its remedy."""


@dataclass(frozen=True, slots=True)
class IdentityKeys:
    """Keys of 32 bytes: `wrapping` by id seal each person's data key, `lookup` makes the keyed hashes."""

    current: str
    wrapping: Mapping[str, bytes]
    lookup: bytes

    @classmethod
    def from_json(cls, text: str) -> "IdentityKeys":
        """Read `{"current": "k1", "keys": {"k1": "<base64>"}, "lookup": "<base64>"}`; ValueError if it is not so."""
        try:
            data = json.loads(text)
            keys = {name: b64decode(key, validate=True) for name, key in data["keys"].items()}
            lookup = b64decode(data["lookup"], validate=True)
            current = str(data["current"])
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"it lacks {fault}") from fault
        if current not in keys:
            raise ValueError("its current key is not among its keys")
        if {len(key) for key in (*keys.values(), lookup)} != {32}:
            raise ValueError("each key must be 32 bytes, in base64")
        return cls(current, keys, lookup)


@dataclass(frozen=True, slots=True)
class Twilio:
    """The account that sends text messages and makes calls. `url`: in place of Twilio's own address."""

    account: str
    token: str
    sender: str
    url: str = ""


class PatientCodes(StrEnum):
    """How the codes of new records are made; app/patients/coding has a module for each."""

    OPAQUE = "opaque"
    WEIGHTED = "weighted"


class Profile(StrEnum):
    """What is special about an OpenID provider."""

    GENERIC = "generic"
    PRO_SANTE_CONNECT = "pro_sante_connect"


@dataclass(frozen=True, slots=True)
class OpenId:
    """The provider by which the team may sign in besides. `name` stands on its button."""

    issuer: str
    client: str
    secret: str
    profile: Profile
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one process runs with. `database_url` is the application's role, the other the owner's."""

    environment: Environment
    database_url: str
    migration_database_url: str
    secret_key: bytes
    identity_keys: IdentityKeys
    base_url: str
    port: int
    var_dir: Path
    smtp_url: str
    mail_from: str
    web_processes: int
    mailbox_folder: Path | None
    storage: Storage
    trusted_proxies: tuple[str, ...] | None = None
    """None when nobody has said; empty when there are none."""
    twilio: Twilio | None = None
    openid: OpenId | None = None
    clamd_url: str = ""
    unusual_sms_url_meant: bool = False
    patient_codes: PatientCodes = PatientCodes.OPAQUE

    @property
    def secure(self) -> bool:
        """Whether the product is served over TLS, which decides the cookies' names and flags."""
        return self.base_url.startswith("https://")

    @property
    def demo(self) -> bool:
        return self.environment is Environment.DEMO

    @classmethod
    def from_env(cls, env: Mapping[str, str] = environ) -> "Settings":
        """Read the environment; BadSettings lists everything that is missing or wrong at once."""
        faults: list[str] = []
        env = _with_files(env, faults)
        port = _number(env, "PORT", 8000, faults)
        processes = _number(env, "WEB_PROCESSES", 1, faults)
        keys = _identity_keys(env, faults)
        found = {name: _needed(env, name, faults) for name in ("DATABASE_URL", "SECRET_KEY")}
        name = env.get("COHORTE_ENV", "production")
        if name not in set(Environment):
            faults.append(f"COHORTE_ENV is {name!r}: write demo, test or production.")
        twilio, openid, proxies = _twilio(env, faults), _openid(env, faults), _networks(env, "TRUSTED_PROXIES", faults)
        codes = _patient_codes(env, faults)
        storage, clamd_url = storage_in(env, faults), scanner_in(env, faults)
        further = extra_folder(env)
        if further is not None and not further.is_dir():
            faults.append(f"EXTRA_QUESTIONNAIRES names {further}, which is no folder.")
        if faults or keys is None:
            raise BadSettings("\n".join(faults))
        base_url = env.get("BASE_URL", f"http://localhost:{port}").rstrip("/")
        return cls(
            environment=Environment(name),
            database_url=found["DATABASE_URL"],
            migration_database_url=env.get("MIGRATION_DATABASE_URL", found["DATABASE_URL"]),
            secret_key=found["SECRET_KEY"].encode(),
            identity_keys=keys,
            base_url=base_url,
            port=port,
            var_dir=Path(env.get("VAR_DIR", "var")),
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM", f"Cohorte <ne-pas-repondre@{urlsplit(base_url).hostname or 'localhost'}>"),
            web_processes=processes,
            trusted_proxies=proxies,
            mailbox_folder=Path(env["MAILBOX_FOLDER"]) if name == "demo" and env.get("MAILBOX_FOLDER") else None,
            twilio=twilio,
            openid=openid,
            storage=storage,
            clamd_url=clamd_url,
            unusual_sms_url_meant=env.get("SMS_URL_MEANT", "") == "yes",
            patient_codes=codes,
        )

    def production_faults(self) -> list[str]:
        """What must not be so where real people's data are kept, each with its remedy; empty when all is well."""
        return [fault for fault, there in self._checks() if there]

    def refuse_if_unsafe(self) -> None:
        """BadSettings where real people's data are kept and something is amiss."""
        if self.environment is Environment.PRODUCTION and (faults := self.production_faults()):
            raise BadSettings("\n".join(faults))

    def _checks(self) -> list[tuple[str, bool]]:
        """Each fault there may be, and whether it is there."""
        host = urlsplit(self.base_url).hostname
        keys = [*self.identity_keys.wrapping.values(), self.identity_keys.lookup]
        return [
            ("BASE_URL must start with https://: sign-in cookies are only safe over TLS.", not self.secure),
            ("BASE_URL is the sample of .env.example: write the address that people type.", host == SAMPLE_HOST),
            ("MAIL_FROM is the sample of .env.example: write your own address.", f"@{SAMPLE_HOST}" in self.mail_from),
            ("SMTP_URL is missing: nobody could receive a sign-in code.", not self.smtp_url),
            (
                "SMTP_URL must look like smtp://user:password@host:port.",
                bool(self.smtp_url) and not _is_address(self.smtp_url, {"smtp", "smtps", "smtp+starttls"}),
            ),
            (
                "MIGRATION_DATABASE_URL must name another role than DATABASE_URL: see deploy/README.md.",
                self.migration_database_url == self.database_url,
            ),
            *(
                (f"{name} has the sample password of .env.example.", urlsplit(url).password == SAMPLE_PASSWORD)
                for name, url in (
                    ("DATABASE_URL", self.database_url),
                    ("MIGRATION_DATABASE_URL", self.migration_database_url),
                )
            ),
            ("SECRET_KEY is too short: use at least 32 random characters.", len(self.secret_key) < 32),
            (
                f"SECRET_KEY can be guessed: {DRAW_ANOTHER}",
                len(self.secret_key) >= 32 and is_guessable(self.secret_key),
            ),
            (f"IDENTITY_KEYS holds a key that can be guessed: {DRAW_ANOTHER}", any(map(_is_no_key, keys))),
            (
                f"IDENTITY_KEYS holds one key twice: {DRAW_ANOTHER}",
                len({*keys, self.secret_key}) <= len(keys),
            ),
            (
                "TRUSTED_PROXIES trusts everybody: name the networks of your own proxies.",
                any(ip_network(one).prefixlen == 0 for one in self.trusted_proxies or ()),
            ),
            (
                "TRUSTED_PROXIES is missing: name the networks of your proxies, or write none if there is none.",
                self.trusted_proxies is None,
            ),
            *self._checks_of_providers(),
        ]

    def _checks_of_providers(self) -> list[tuple[str, bool]]:
        twilio, openid = self.twilio, self.openid
        sms_url = twilio.url if twilio else ""
        return [
            (
                "TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits.",
                twilio is not None and re.fullmatch(r"AC[0-9a-f]{32}", twilio.account) is None,
            ),
            (
                "TWILIO_AUTH_TOKEN can be guessed: write the one of your account.",
                twilio is not None and is_guessable(twilio.token.encode()),
            ),
            (
                "SMS_URL sends codes elsewhere than to Twilio: remove it, or if you mean it set SMS_URL_MEANT=yes.",
                bool(sms_url) and not self.unusual_sms_url_meant,
            ),
            ("SMS_URL must start with https://.", bool(sms_url) and not sms_url.startswith("https://")),
            (
                "FILES_ENDPOINT must start with https://: the key of the bucket travels with each request.",
                self.storage.endpoint.startswith("http://"),
            ),
            (
                "OIDC_ISSUER must start with https://.",
                openid is not None and not openid.issuer.startswith("https://"),
            ),
        ]


def is_guessable(secret: bytes) -> bool:
    """Whether this was written rather than drawn: few different characters, words, a repetition or a count.

    >>> [is_guessable(secret) for secret in (b"x" * 40, b"change me, this is a sample", b"0123456789abcdef" * 2)]
    [True, True, True]
    >>> is_guessable(b"Xn3vGJ0sQmRz7-4dKpWcYtL9_hEaUo2B"), is_guessable(b"c3a1f09b7e5d2468ab13579fdce02468")
    (False, False)
    """
    counted = sum(abs(after - before) <= 1 for before, after in pairwise(secret))
    repeats = secret in (secret + secret)[1:-1]
    return len(set(secret)) < 8 or b" " in secret or repeats or counted > len(secret) // 2


def _is_no_key(key: bytes) -> bool:
    """Whether 32 bytes were not drawn at random: those that can be typed never are."""
    return len(set(key)) < 20 or is_guessable(key.replace(b" ", b"")) or all(32 <= byte < 127 for byte in key)


def _is_address(url: str, schemes: set[str]) -> bool:
    parts = urlsplit(url)
    return parts.scheme in schemes and bool(parts.hostname)


def _with_files(env: Mapping[str, str], faults: list[str]) -> Mapping[str, str]:
    """The environment, and what stands in files that it names in place of a secret."""
    found = dict(env)
    for name in SECRETS:
        path = env.get(f"{name}_FILE", "")
        if path and env.get(name):
            faults.append(f"{name} and {name}_FILE are both there: keep one.")
        elif path:
            try:
                found[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as fault:
                faults.append(f"{name}_FILE cannot be read: {type(fault).__name__}.")
    return found


def _needed(env: Mapping[str, str], name: str, faults: list[str]) -> str:
    value = env.get(name, "")
    if not value:
        faults.append(f"{name} is missing. .env.example says what it holds.")
    return value


def _number(env: Mapping[str, str], name: str, default: int, faults: list[str]) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal():
        faults.append(f"{name} is {text!r}: write a whole number.")
        return default
    return int(text)


def _networks(env: Mapping[str, str], name: str, faults: list[str]) -> tuple[str, ...] | None:
    said = env.get(name, "").strip()
    if not said or said == NO_PROXY:
        return () if said else None
    found = []
    for one in (part.strip() for part in said.split(",")):
        try:
            found += [str(ip_network(one))] if one else []
        except ValueError:
            faults.append(f"{name} holds {one!r}: write networks such as 10.0.0.0/8, with commas between, or none.")
    return tuple(found)


def _together(env: Mapping[str, str], names: tuple[str, ...], faults: list[str]) -> list[str] | None:
    """The values of settings that only make sense together; None if none is there."""
    values = [env.get(name, "") for name in names]
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing and any(values):
        faults.append(
            f"{', '.join(missing)}: missing, though other settings of {names[0].partition('_')[0]} are there."
        )
    return None if missing else values


def _twilio(env: Mapping[str, str], faults: list[str]) -> Twilio | None:
    found = _together(env, ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"), faults)
    url = env.get("SMS_URL", "").rstrip("/")
    if url and not _is_address(url, {"http", "https"}):
        faults.append("SMS_URL must look like https://host.")
    if found is None:
        return None
    account, token, sender = found
    return Twilio(account, token, sender, url)


def _openid(env: Mapping[str, str], faults: list[str]) -> OpenId | None:
    found = _together(env, ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"), faults)
    profile = env.get("OIDC_PROFILE") or Profile.GENERIC.value
    if profile not in set(Profile):
        faults.append(f"OIDC_PROFILE is {profile!r}: write {' or '.join(Profile)}.")
    if found is None or profile not in set(Profile):
        return None
    issuer, client, secret = found
    if not _is_address(issuer, {"http", "https"}):
        faults.append("OIDC_ISSUER must look like https://host/path.")
    named = "Pro Santé Connect" if profile == Profile.PRO_SANTE_CONNECT else urlsplit(issuer).hostname or ""
    return OpenId(issuer.rstrip("/"), client, secret, Profile(profile), env.get("OIDC_NAME") or named)


def _patient_codes(env: Mapping[str, str], faults: list[str]) -> PatientCodes:
    named = env.get("PATIENT_CODES") or PatientCodes.OPAQUE.value
    if named not in set(PatientCodes):
        faults.append(f"PATIENT_CODES is {named!r}: write {' or '.join(PatientCodes)}.")
        return PatientCodes.OPAQUE
    return PatientCodes(named)


def _identity_keys(env: Mapping[str, str], faults: list[str]) -> IdentityKeys | None:
    text = _needed(env, "IDENTITY_KEYS", faults)
    if not text:
        return None
    try:
        return IdentityKeys.from_json(text)
    except ValueError as fault:
        faults.append(f"IDENTITY_KEYS cannot be read: {fault}.")
        return None


def extra_folder(env: Mapping[str, str] = environ) -> Path | None:
    """The folder of further questionnaires; None where there is none. By itself: the library needs no other setting."""
    named = env.get("EXTRA_QUESTIONNAIRES", "").strip()
    return Path(named) if named else None


@cache
def settings() -> Settings:
    """The settings of this process. Where real people's data are kept nothing starts with unsafe ones."""
    found = Settings.from_env()
    found.refuse_if_unsafe()
    return found
