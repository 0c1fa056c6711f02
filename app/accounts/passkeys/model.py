"""Passkeys and their challenges as values; what a browser is asked, as WebAuthn's JSON. No I/O, no words."""

from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

CHALLENGE_LASTS = timedelta(minutes=5)
CHALLENGE_SIZE = 32
LONGEST_NAME = 60
PATIENCE = 60_000
"""Milliseconds that a browser waits for its owner."""
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256, RS256: what verification accepts."""


class Purpose(StrEnum):
    """What a challenge was given for; it is good for nothing else."""

    ADD = "add"
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A passkey as it is verified."""

    id: UUID
    account: UUID
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """Whom passkeys are bound to: browsers use one at its origin alone, which is what defeats phishing."""

    id: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> "Site":
        """The host without its port, and the origin with it.

        >>> Site.of("https://cohorte.example.org/"), Site.of("http://localhost:8000").id
        (Site(id='cohorte.example.org', origin='https://cohorte.example.org'), 'localhost')
        """
        parts = urlsplit(base_url)
        return cls(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a new passkey is for, as their device will show it."""

    account: UUID
    email: str
    name: str


def creation_options(site: Site, owner: Owner, challenge: bytes, known: Collection[bytes]) -> dict[str, Any]:
    """What a browser needs to make a passkey: one it can find by itself, and that verifies its owner."""
    return {
        "rp": {"id": site.id, "name": "Cohorte"},
        "user": {"id": base64url(owner.account.bytes), "name": owner.email, "displayName": owner.name},
        "challenge": base64url(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "timeout": PATIENCE,
        "excludeCredentials": [{"type": "public-key", "id": base64url(one)} for one in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def request_options(site: Site, challenge: bytes) -> dict[str, Any]:
    """What a browser needs to use one: any of this site, so that nobody learns which exist."""
    return {
        "rpId": site.id,
        "challenge": base64url(challenge),
        "timeout": PATIENCE,
        "userVerification": "required",
        "allowCredentials": [],
    }


def base64url(data: bytes) -> str:
    """As WebAuthn writes bytes in JSON.

    >>> base64url(b"\\xff\\xfe")
    '__4'
    """
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def tidy_name(text: str) -> str:
    """A name as it is kept.

    >>> tidy_name("  Mon   téléphone "), tidy_name("a\\0b")
    ('Mon téléphone', 'a b')
    """
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
