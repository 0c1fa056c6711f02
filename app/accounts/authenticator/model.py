"""A new authenticator until its first code confirms it: what is shown, and what the page carries back. No I/O."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag

from app.accounts.one_time import address_of
from app.lib.crypto import PersonKey

LASTS = timedelta(minutes=15)
COLUMN = "account.totp_pending"
QUIET = 4
"""Light modules around the square, which readers need."""


@dataclass(frozen=True, slots=True)
class Square:
    """A QR code as one SVG path, in modules."""

    size: int
    path: str


def sealed_secret(key: PersonKey, account: UUID, secret: str, at: datetime) -> str:
    """The secret as the page carries it, for its owner alone and for a quarter of an hour."""
    return urlsafe_b64encode(key.seal(f"{int(at.timestamp())} {secret}", account, COLUMN)).decode()


def opened_secret(key: PersonKey, account: UUID, text: str, at: datetime) -> str | None:
    """The secret that a page carried back; None if it is not one of this account, or too old."""
    try:
        since, _, secret = key.open(urlsafe_b64decode(text.encode("ascii")), account, COLUMN).partition(" ")
        fresh = at.timestamp() - int(since) < LASTS.total_seconds()
    except (Error, ValueError, InvalidTag):
        return None
    return secret if fresh else None


def square_of(secret: str, email: str) -> Square:
    """The address that authenticator apps read, as dots."""
    # Asked for by one page; a web process does not load it before.
    import segno  # noqa: PLC0415

    rows = [bytes(row) for row in segno.make(address_of(secret, email), micro=False, error="m").matrix]
    runs = [run for y, row in enumerate(rows) for run in _runs(row, y)]
    return Square(len(rows) + 2 * QUIET, "".join(runs))


def _runs(row: bytes, y: int) -> list[str]:
    """The dark stretches of a row, as rectangles.

    >>> _runs(bytes([1, 1, 0, 1]), 0)
    ['M4 4h2v1h-2z', 'M7 4h1v1h-1z']
    """
    found, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            found.append(f"M{start + QUIET} {y + QUIET}h{x - start}v1h-{x - start}z")
            start = None
    return found


def in_fours(secret: str) -> str:
    """For typing it.

    >>> in_fours("JBSWY3DPEHPK3PXP")
    'JBSW Y3DP EHPK 3PXP'
    """
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
