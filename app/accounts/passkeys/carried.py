"""The challenge of a sign-in by passkey, carried by the browser itself, so that asking for one costs nothing. Pure."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

from app.accounts.passkeys.model import CHALLENGE_SIZE

WHEN = 8
"""Bytes of the second until which it is good."""


def carried(challenge: bytes, until: datetime, key: bytes) -> str:
    """A token that holds a challenge; nobody else can make one."""
    said = challenge + int(until.timestamp()).to_bytes(WHEN, "big")
    return urlsafe_b64encode(said + _signed(said, key)).decode()


def challenge_in(token: str, at: datetime, key: bytes) -> tuple[bytes, datetime] | None:
    """The challenge of a token of ours that is still good, and until when.

    >>> from datetime import UTC, timedelta
    >>> now, key = datetime(2026, 1, 1, tzinfo=UTC), b"key"
    >>> token = carried(bytes(CHALLENGE_SIZE), now + timedelta(minutes=5), key)
    >>> challenge_in(token, now, key) == (bytes(CHALLENGE_SIZE), now + timedelta(minutes=5))
    True
    >>> challenge_in(token, now + timedelta(minutes=5), key), challenge_in(token, now, b"another")
    (None, None)
    >>> challenge_in("é", now, key), challenge_in(token[4:], now, key)
    (None, None)
    """
    try:
        found = urlsafe_b64decode(token)
    except ValueError:
        return None
    said, signature = found[: CHALLENGE_SIZE + WHEN], found[CHALLENGE_SIZE + WHEN :]
    if not hmac.compare_digest(signature, _signed(said, key)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(said[CHALLENGE_SIZE:], "big"), tz=at.tzinfo)
    return (said[:CHALLENGE_SIZE], until) if at < until else None


def _signed(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"passkey:" + said, sha256)
