"""Passwords of the team: Argon2id, in OWASP's small profile (19 MiB), so that a few at once fit in memory."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Checked when there is no such account, so that the answer takes as long.
NOBODYS = _HASHER.hash("nobody signs in with this")


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether the password is the one that was hashed. Takes the same time without a hash to compare with.

    >>> matches("right", hashed("right")), matches("wrong", hashed("right")), matches("any", None)
    (True, False, False)
    """
    try:
        return _HASHER.verify(kept or NOBODYS, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
