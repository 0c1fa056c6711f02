"""The key ring of this process."""

from functools import cache

from app.lib.crypto import KeyRing
from app.settings import settings


@cache
def ring() -> KeyRing:
    return KeyRing(settings().identity_keys)
