"""Random secrets handed to browsers, and the hashes by which they are known. Nothing is kept here."""

import hmac
from hashlib import sha256
from secrets import randbelow, token_hex, token_urlsafe


def new_token() -> str:
    """A cookie's value nobody can guess: 32 random bytes."""
    return token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What the database keeps of a token."""
    return sha256(token.encode()).digest()


def new_code() -> str:
    """Six digits for a mail."""
    return f"{randbelow(1_000_000):06d}"


def mark_for(address: bytes, key: bytes) -> str:
    """What a browser keeps in which this address signed in. Says nothing of whose it is."""
    name = token_hex(8)
    return f"{name}.{_signed(name, address, key)}"


def name_in(mark: str, address: bytes, key: bytes) -> str:
    """The name of the browser if its mark was made for this address, else nothing.

    >>> mark = mark_for(b"claire", b"key")
    >>> name_in(mark, b"claire", b"key") == mark[:16], name_in(mark, b"paul", b"key"), name_in("", b"paul", b"key")
    (True, '', '')
    """
    name, _, signature = mark.partition(".")
    return name if hmac.compare_digest(signature.encode(), _signed(name, address, key).encode()) else ""


def _signed(name: str, address: bytes, key: bytes) -> str:
    return hmac.digest(key, b"browser:" + name.encode() + b":" + address, sha256).hex()
