"""Recovery codes: how they look, how many there are, and the keyed hash that is kept of each. No I/O."""

from secrets import choice
from uuid import UUID

from app.lib.keys import ring

HOW_MANY = 10
LENGTH = 10
FEW = 3
"""From here on their owner is warned that they run out."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody confuses on paper; ten of them are 49 bits."""


def new_codes() -> list[str]:
    """A set as it is printed, in two groups."""
    return [_printed("".join(choice(ALPHABET) for _ in range(LENGTH))) for _ in range(HOW_MANY)]


def _printed(code: str) -> str:
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def recovery_code_of(text: str) -> str:
    """A code as typed or pasted, without spaces and dashes; empty if it cannot be one.

    >>> recovery_code_of(" abcde fghjk "), recovery_code_of("ABCDE\N{EN DASH}FGHJK"), recovery_code_of("123456")
    ('ABCDEFGHJK', 'ABCDEFGHJK', '')
    """
    code = "".join(mark for mark in text.upper()[:40] if not mark.isspace() and mark not in "-.\N{EN DASH}")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def recovery_hash(account: UUID, code: str) -> bytes:
    """By what a code of this account is found again."""
    return ring().lookup("recovery_code", f"{account}:{code}")
