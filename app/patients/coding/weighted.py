"""The former code: seven signs at random and one that catches typing errors, a weighted sum over 31 signs. Pure."""

from collections.abc import Callable

from app.patients.coding.signs import SIGNS, written

FREE = 7
POSSIBLE = len(SIGNS) ** FREE


def make(draw: Callable[[int], int]) -> str:
    """A code; `draw(n)` is a number below n.

    >>> make(lambda n: 0), make(lambda n: n - 1)
    ('22222222', 'ZZZZZZZW')
    """
    signs = written(draw(POSSIBLE), FREE)
    return signs + _check_sign(signs)


def read(signs: str) -> str | None:
    """The signs, if they are a code of this kind."""
    if len(signs) != FREE + 1 or any(sign not in SIGNS for sign in signs):
        return None
    return signs if signs[-1] == _check_sign(signs[:-1]) else None


def _check_sign(signs: str) -> str:
    # 31 is a prime, so that the sum notices every wrong sign and every two signs exchanged.
    return SIGNS[sum(weight * SIGNS.index(sign) for weight, sign in enumerate(signs, 2)) % len(SIGNS)]
