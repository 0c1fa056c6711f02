"""Everything the environment decides, read once and checked at start. No rules, no I/O besides the environment."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import ip_network
from os import environ
from pathlib import Path
from urllib.parse import urlsplit


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
    trusted_proxies: tuple[str, ...] = ()

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
        port = _number(env, "PORT", 8000, faults)
        keys = _identity_keys(env, faults)
        found = {name: _needed(env, name, faults) for name in ("DATABASE_URL", "SECRET_KEY")}
        name = env.get("COHORTE_ENV", "production")
        if name not in set(Environment):
            faults.append(f"COHORTE_ENV is {name!r}: write demo, test or production.")
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
            web_processes=_number(env, "WEB_PROCESSES", 1, []),
            trusted_proxies=_networks(env, "TRUSTED_PROXIES"),
            mailbox_folder=Path(env["MAILBOX_FOLDER"]) if name == "demo" and env.get("MAILBOX_FOLDER") else None,
        )

    def production_faults(self) -> list[str]:
        """What must not be so where real people's data are kept; empty when all is well."""
        faults = []
        if not self.secure:
            faults.append("BASE_URL must start with https://: sign-in cookies are only safe over TLS.")
        if not self.smtp_url:
            faults.append("SMTP_URL is missing: nobody could receive a sign-in code.")
        if self.migration_database_url == self.database_url:
            faults.append("MIGRATION_DATABASE_URL must name another role than DATABASE_URL: see deploy/README.md.")
        if len(self.secret_key) < 32:
            faults.append("SECRET_KEY is too short: use at least 32 random characters.")
        return faults


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


def _networks(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(str(ip_network(one.strip())) for one in env.get(name, "").split(",") if one.strip())


def _identity_keys(env: Mapping[str, str], faults: list[str]) -> IdentityKeys | None:
    text = _needed(env, "IDENTITY_KEYS", faults)
    if not text:
        return None
    try:
        return IdentityKeys.from_json(text)
    except ValueError as fault:
        faults.append(f"IDENTITY_KEYS cannot be read: {fault}.")
        return None


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_env()
