"""Form tokens bound to a secret of the session, masked anew in each page so that compression tells nothing. Pure."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from os import urandom

SIZE = 32


def token(secret: bytes) -> str:
    """A fresh disguise of the secret (32 bytes), for one response."""
    mask = urandom(SIZE)
    return urlsafe_b64encode(mask + _xor(mask, secret)).decode()


def is_valid(text: str, secret: bytes) -> bool:
    """Whether `text` was made from this secret.

    >>> is_valid(token(b"s" * 32), b"s" * 32), is_valid("made up", b"s" * 32), is_valid("", b"s" * 32)
    (True, False, False)
    """
    found = secret_in(text)
    return found is not None and hmac.compare_digest(found, secret)


def secret_in(text: str) -> bytes | None:
    """The secret a token was made from, whosever it is; None if this cannot be a token.

    >>> secret_in(token(b"s" * 32)) == b"s" * 32, secret_in("made up")
    (True, None)
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii"))
    except (Error, ValueError):
        return None
    return _xor(raw[:SIZE], raw[SIZE:]) if len(raw) == 2 * SIZE else None


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(SIZE)
