"""The code of new records: six signs at random and two check digits, ISO 7064 MOD 97-10. Pure.

The check notices every letter taken for another and every digit for another, and 96 of 97 other slips: a letter counts
as two digits there, so that exchanging it with a digit moves the rest.
"""

from collections.abc import Callable

from app.patients.coding.signs import SIGNS, written

FREE = 6
POSSIBLE = len(SIGNS) ** FREE
# In the digits of the check, which alone may be nought or one, these can only be misread digits.
DIGITS = str.maketrans("OI", "01")


def make(draw: Callable[[int], int]) -> str:
    """A code; `draw(n)` is a number below n.

    >>> make(lambda n: 0), make(lambda n: n - 1)
    ('22222216', 'ZZZZZZ96')
    """
    # Imported when a record is opened or a code is typed, which a web process may never see.
    from stdnum.iso7064 import mod_97_10  # noqa: PLC0415

    signs = written(draw(POSSIBLE), FREE)
    return signs + str(mod_97_10.calc_check_digits(signs))


def read(signs: str) -> str | None:
    """The signs, if they are a code of this kind."""
    from stdnum.iso7064 import mod_97_10  # noqa: PLC0415 - as above

    signs = signs[:FREE] + signs[FREE:].translate(DIGITS)
    if len(signs) != FREE + 2 or any(sign not in SIGNS for sign in signs[:FREE]):
        return None
    digits = signs[FREE:].isascii() and signs[FREE:].isdigit()
    return signs if digits and mod_97_10.is_valid(signs) else None
