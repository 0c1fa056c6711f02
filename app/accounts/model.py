"""Accounts, memberships, sessions and attempts as values, and how long each lasts. No I/O, no words."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.access.policy import Role

IDLE_PATIENT = timedelta(minutes=60)
IDLE_TEAM = timedelta(minutes=30)
WARNED_BEFORE = timedelta(minutes=2)
LONGEST_SESSION = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
ATTEMPT_LASTS = timedelta(minutes=10)
CODE_LASTS = timedelta(minutes=10)
TRIES_A_CODE = 5
FAILURES_COUNTED_OVER = timedelta(minutes=15)
FAILURES_ALLOWED = 10
CODES_COUNTED_OVER = timedelta(hours=1)
CODES_ALLOWED = 6  # the first, and five more
BETWEEN_CODES = timedelta(seconds=30)

BY_CODE = "code"
BY_PASSWORD = "password"  # noqa: S105 - the name of a way to sign in
BY_PASSKEY = "passkey"
STEP_UP = "step_up"

# As mail servers take it in an envelope (RFC 5321), without quotes or comments, at a host of the public name system:
# whatever could stand for a second address, a name or a comment is in none.
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z]){_LABEL}")


class Way(StrEnum):
    """Where the code of an attempt comes from: it is sent by one of the first three, or an authenticator shows it."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    NONE = "none"


SENT = (Way.EMAIL, Way.SMS, Way.VOICE)


class Kind(StrEnum):
    """What an account is; the role of a professional comes from the place they act in."""

    PATIENT = "patient"
    PROFESSIONAL = "professional"
    SUPERADMIN = "superadmin"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What it takes to open an account. Patients have no password; staff have one, and may have a TOTP secret."""

    kind: Kind
    email: str
    given_name: str
    family_name: str
    language: str = "fr"
    password: str | None = None
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place in a centre, as it is given. `role`: practitioner, ARC, or administrator of accounts."""

    organisation: UUID
    profession: str
    role: Role = Role.PRACTITIONER
    administers: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One browser, signed in. `places` counts the centres its account works in.

    `live` is false once it ran out: then it only tells whom to sign in again.
    """

    id: UUID
    account: UUID
    role: Role
    membership: UUID | None
    csrf_secret: bytes
    language: str
    last_seen_at: datetime
    places: int
    live: bool
    idle_until: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a browser is given when a session opens."""

    token: str
    csrf_secret: bytes
    account: UUID
    role: Role
    address: bytes = b""
    """The keyed hash of the account's address, by which this browser is known from now on."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody can prove to be themselves with, besides a code sent to their address."""

    authenticator: bool
    passkeys: int
    recovery_codes: int
    phone: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in a centre."""

    id: UUID
    organisation: UUID
    organisation_name: str
    profession: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One walk through the sign-in pages in one browser, or of somebody signed in who confirms that it is they.

    `asked_at`: when its code was last asked for.
    """

    id: UUID
    account: UUID | None
    email_hash: bytes
    method: str
    channel: Way
    created_at: datetime
    asked_at: datetime
    valid_until: datetime
    again: bool


@dataclass(frozen=True, slots=True)
class OrganisationName:
    id: UUID
    code: str
    name: str
    city: str


def role_in(kind: Kind, place: str | None) -> Role:
    """The role of an account of this kind in a place of this role, if it has any.

    >>> role_in(Kind.PROFESSIONAL, "arc"), role_in(Kind.PROFESSIONAL, None), role_in(Kind.PATIENT, None)
    (<Role.ARC: 'arc'>, <Role.WAITING: 'waiting'>, <Role.PATIENT: 'patient'>)
    """
    if kind is Kind.PROFESSIONAL:
        return Role(place) if place else Role.WAITING
    return Role(kind.value)


def way_of(text: str) -> Way:
    """By which way a code shall come, as a form says it; by mail when it says nothing that we know.

    >>> way_of("sms"), way_of("pigeon"), way_of("none")
    (<Way.SMS: 'sms'>, <Way.EMAIL: 'email'>, <Way.EMAIL: 'email'>)
    """
    return next((way for way in SENT if way == text), Way.EMAIL)


def idle_end(patient: bool, at: datetime) -> datetime:
    """When a session used at this moment runs out if it is not used again."""
    return at + (IDLE_PATIENT if patient else IDLE_TEAM)


def normal_email(text: str) -> str:
    """An address as it is looked up.

    >>> normal_email("  Claire@Example.ORG ")
    'claire@example.org'
    """
    return text.strip().casefold()


def is_email(text: str) -> bool:
    """Whether this is one address and nothing more; only a message that arrives proves that it is somebody's.

    >>> is_email("claire@example.org"), is_email("o'neil+x@chu-lyon.example.fr"), is_email("claire")
    (True, True, False)
    >>> is_email("x,victim@example.org"), is_email("victim(1)@example.org"), is_email("<victim@example.org>")
    (False, False, False)
    """
    return len(text) <= 254 and EMAIL.fullmatch(text) is not None


def masked_email(email: str) -> str:
    """An address its owner recognises and a passer-by does not learn.

    >>> masked_email("claire@example.org")
    'c•••••@example.org'
    """
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••••@{domain}"


def code_of(text: str) -> str:
    """The digits of a code as typed or pasted, spaces and dashes dropped; empty if it cannot be a code.

    >>> code_of(" 482 106 "), code_of("48-21-06"), code_of("48210"), code_of("48210a"), code_of("٤٨٢١٠٦")
    ('482106', '482106', '', '', '')
    """
    digits = "".join(mark for mark in text if not mark.isspace() and mark not in "-.\N{EN DASH}")
    return digits if len(digits) == 6 and digits.isascii() and digits.isdigit() else ""
