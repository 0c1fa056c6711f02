"""Passwords: Argon2id, in OWASP's small profile (19 MiB), and what makes one too easy to guess. Pure.

A score of zxcvbn of 3 means some hundred million guesses at least, which no limit on tries lets through; twelve
characters are asked for on top, as a floor that is easy to say. There are no rules about digits or signs.
"""

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.problems import Problem

SHORTEST, LONGEST = 12, 128
LEAST_SCORE = 3
LEFT_OVER = 8
"""What must remain of a password without the person's own names and address."""
JUDGED = 24
"""So many characters are judged: what zxcvbn needs grows with the cube of the length, to seconds at 60. These take a
third of a second at worst, and whoever begins with 24 hard ones does not get easier to guess by what follows."""

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


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than those of today.

    >>> is_outdated(NOBODYS), is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    (False, True)
    """
    return _HASHER.check_needs_rehash(kept)


def misshapen(password: str) -> Problem | None:
    """Why this cannot be a password at all, whoever chooses it. Takes no time.

    >>> misshapen(""), misshapen("Kj7$x"), misshapen("violet kettle")
    (<Problem.PASSWORD_MISSING: 'password_missing'>, <Problem.PASSWORD_TOO_SHORT: 'password_too_short'>, None)
    """
    if not password:
        return Problem.PASSWORD_MISSING
    if len(password) < SHORTEST:
        return Problem.PASSWORD_TOO_SHORT
    return Problem.PASSWORD_TOO_LONG if len(password) > LONGEST else None


def weakness(password: str, about: Iterable[str] = ()) -> Problem | None:
    """Why this password would be guessed; `about` is what others know of its owner. Thinks: requests use judging.

    >>> weakness("violet kettle over nine fields")
    >>> weakness("Kj7$x"), weakness("qwertyuiop123"), weakness("aaaaaaaaaaaaaaaa"), weakness("x" * 129)
    (<Problem.PASSWORD_TOO_SHORT: 'password_too_short'>, <Problem.PASSWORD_COMMON: 'password_common'>, \
<Problem.PASSWORD_WEAK: 'password_weak'>, <Problem.PASSWORD_TOO_LONG: 'password_too_long'>)
    >>> weakness("Inès.Moreau.2026", ["Inès", "Moreau", "ines.moreau@example.org"])
    <Problem.PASSWORD_ABOUT_YOU: 'password_about_you'>
    """
    problem = misshapen(password)
    if problem is not None:
        return problem
    # Its lists take memory and time that a web process has no use for until somebody chooses a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    known = sorted({word for text in about for word in _words(text)}, key=len, reverse=True)
    if password.lower() in FREQUENCY_LISTS["passwords"]:
        return Problem.PASSWORD_COMMON
    if known and _left_over(password, known) < LEFT_OVER:
        return Problem.PASSWORD_ABOUT_YOU
    score = zxcvbn(password[:JUDGED], user_inputs=known)["score"]
    return Problem.PASSWORD_WEAK if score < LEAST_SCORE else None


def _folded(text: str) -> str:
    """Small letters without accents."""
    return "".join(mark for mark in normalize("NFD", text.lower()) if not combining(mark))


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", _folded(text)) if len(word) > 2]


def _left_over(password: str, known: list[str]) -> int:
    """How many letters and digits stand there besides these words.

    >>> _left_over("Lucie-Blanc 69", ["lucie", "blanc"])
    2
    """
    rest = _folded(password)
    for word in known:
        rest = rest.replace(word, " ")
    return len(re.sub(r"[\W_]+", "", rest))
