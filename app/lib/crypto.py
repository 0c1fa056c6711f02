"""Sealing what identifies a person: one data key a person, wrapped by a key ring, and keyed hashes for look-up."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from os import urandom
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.settings import IdentityKeys

NONCE = 12


@dataclass(frozen=True, slots=True)
class PersonKey:
    """One person's data key, open in memory. Each sealed text is bound to its row and column."""

    cipher: AESGCM

    def seal(self, text: str, row: UUID, column: str) -> bytes:
        nonce = urandom(NONCE)
        return nonce + self.cipher.encrypt(nonce, text.encode(), row.bytes + column.encode())

    def open(self, sealed: bytes, row: UUID, column: str) -> str:
        """The text; cryptography's InvalidTag if it was altered or stands in another row or column."""
        return self.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], row.bytes + column.encode()).decode()

    def open_or_empty(self, sealed: bytes | None, row: UUID, column: str) -> str:
        return "" if sealed is None else self.open(sealed, row, column)


class KeyRing:
    """The keys that wrap data keys. A wrapped key names its wrapping key, so old ones keep opening after a rotation."""

    def __init__(self, keys: IdentityKeys) -> None:
        self._current = keys.current
        self._wrapping = {name: AESGCM(key) for name, key in keys.wrapping.items()}
        self._lookup = keys.lookup

    @property
    def current(self) -> str:
        """The id of the key that wraps from now on."""
        return self._current

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of all keys on the ring."""
        return tuple(self._wrapping)

    @property
    def mark(self) -> bytes:
        """What every data key begins with that the current key wraps."""
        name = self._current.encode()
        return bytes([len(name)]) + name

    def new_key(self, person: UUID) -> bytes:
        """A fresh data key for this person, wrapped, ready to be stored."""
        return self._wrap(AESGCM.generate_key(256), person)

    def _wrap(self, key: bytes, person: UUID) -> bytes:
        nonce = urandom(NONCE)
        return self.mark + nonce + self._wrapping[self._current].encrypt(nonce, key, person.bytes)

    def _unwrap(self, wrapped: bytes, person: UUID) -> bytes:
        start = 1 + wrapped[0]
        name = wrapped[1:start].decode()
        nonce, sealed = wrapped[start : start + NONCE], wrapped[start + NONCE :]
        return self._wrapping[name].decrypt(nonce, sealed, person.bytes)

    def open(self, wrapped: bytes, person: UUID) -> PersonKey:
        """The person's data key; KeyError if its wrapping key is no longer on the ring."""
        return PersonKey(AESGCM(self._unwrap(wrapped, person)))

    def rewrap(self, wrapped: bytes, person: UUID) -> bytes:
        """The same data key under the ring's current key."""
        return self._wrap(self._unwrap(wrapped, person), person)

    def lookup(self, kind: str, value: str) -> bytes:
        """A keyed hash by which an exact value is found without being readable: 32 bytes."""
        return hmac.digest(self._lookup, f"{kind}\0{value}".encode(), sha256)
