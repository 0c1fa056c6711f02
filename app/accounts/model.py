"""Accounts, memberships, sessions and attempts as values, and how long each lasts. No I/O, no words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Role

IDLE = {Role.PATIENT: timedelta(minutes=60), Role.PRACTITIONER: timedelta(minutes=30)}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What it takes to open an account. Patients have no password; staff have one, and a TOTP secret."""

    role: Role
    email: str
    given_name: str
    family_name: str
    language: str = "fr"
    password: str | None = None
    totp_secret: str | None = None


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


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a browser is given when a session opens."""

    token: str
    csrf_secret: bytes
    account: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in a centre."""

    id: UUID
    organisation: UUID
    organisation_name: str
    profession: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One walk through the sign-in pages in one browser."""

    id: UUID
    account: UUID | None
    email_hash: bytes
    method: str
    code_hash: bytes | None
    created_at: datetime
    valid_until: datetime
    failures: int
    again: bool


@dataclass(frozen=True, slots=True)
class OrganisationName:
    id: UUID
    code: str
    name: str
    city: str


def idle_end(role: Role, at: datetime) -> datetime:
    """When a session used at this moment runs out if it is not used again."""
    return at + IDLE[role]


def normal_email(text: str) -> str:
    """An address as it is looked up.

    >>> normal_email("  Claire@Example.ORG ")
    'claire@example.org'
    """
    return text.strip().casefold()


def is_email(text: str) -> bool:
    """Whether this can be an address at all; only a message that arrives proves more.

    >>> is_email("claire@example.org"), is_email("claire"), is_email("a b@c.d"), is_email("a@b@c.d")
    (True, False, False, False)
    >>> is_email("a@b\\0.c")
    False
    """
    name, _, domain = text.partition("@")
    tidy = text.isprintable() and not any(mark.isspace() for mark in text)
    return bool(name) and "." in domain.strip(".") and "@" not in domain and tidy and len(text) <= 254


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
