"""Random secrets handed to browsers, and the hashes by which they are known. Nothing is kept here."""

from hashlib import sha256
from secrets import randbelow, token_urlsafe


def new_token() -> str:
    """A cookie's value nobody can guess: 32 random bytes."""
    return token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What the database keeps of a token."""
    return sha256(token.encode()).digest()


def new_code() -> str:
    """Six digits for a mail."""
    return f"{randbelow(1_000_000):06d}"
