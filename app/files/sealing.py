"""Content in sealed chunks, each bound to its file, its place and whether it is the last one. Pure but for chance.

AES-256-GCM in the manner of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): nonce = 7 random bytes, the chunk's
number, the last mark; a chunk that was altered, moved, dropped or taken from another file does not open.
"""

from os import urandom
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"CF1\n"
PREFIX = 7
CHUNK = 64 * 1024
TAG = 16
KEY = 32


class Broken(Exception):
    """What lies in the store is not what was put there, or another key is needed."""


def new_key() -> bytes:
    """A key for one file alone: 32 bytes."""
    return urandom(KEY)


def seal(content: bytes, key: bytes, file: UUID) -> bytes:
    """The content as it may lie anywhere; 11 bytes longer, and 16 a chunk."""
    cipher, prefix = AESGCM(key), urandom(PREFIX)
    chunks = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)] or [b""]
    sealed = [
        cipher.encrypt(prefix + place, chunk, file.bytes + place)
        for place, chunk in ((_place(number, len(chunks)), chunk) for number, chunk in enumerate(chunks))
    ]
    return b"".join((MARK, prefix, *sealed))


def unseal(sealed: bytes, key: bytes, file: UUID) -> bytes:
    """What was sealed; Broken if a single bit differs.

    >>> key, file = new_key(), UUID(int=1)
    >>> unseal(seal(b"letter", key, file), key, file)
    b'letter'
    """
    start = len(MARK) + PREFIX
    if not sealed.startswith(MARK) or len(sealed) < start + TAG:
        raise Broken("this is no sealed file")
    cipher, prefix = AESGCM(key), sealed[len(MARK) : start]
    step = CHUNK + TAG
    chunks = [sealed[at : at + step] for at in range(start, len(sealed), step)]
    try:
        opened = [
            cipher.decrypt(prefix + place, chunk, file.bytes + place)
            for place, chunk in ((_place(number, len(chunks)), chunk) for number, chunk in enumerate(chunks))
        ]
    except InvalidTag:
        raise Broken("a chunk does not open") from None
    return b"".join(opened)


def _place(number: int, chunks: int) -> bytes:
    """Where a chunk stands, in five bytes: its number and whether none follows."""
    return number.to_bytes(4) + bytes([number == chunks - 1])
