"""The code that stands for a patient: opaque, with a check character. Pure; the chance comes from the caller."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs, none of which reads as another (0 O, 1 I L). 31 is prime, so the check character finds every single
wrong sign and every two signs exchanged."""
DRAWN = 7
COMBINATIONS = len(ALPHABET) ** DRAWN
_CONFUSED = str.maketrans({" ": None, "-": None, "\N{NO-BREAK SPACE}": None})


def code_from(number: int) -> str:
    """The code of a number drawn below COMBINATIONS; it says nothing of person, centre or date.

    >>> code_from(0), code_from(COMBINATIONS - 1), code_from(123_456_789)
    ('2222-2222', 'ZZZZ-ZZZW', '26BQ-5243')
    """
    signs = ""
    for _ in range(DRAWN):
        number, place = divmod(number, len(ALPHABET))
        signs = ALPHABET[place] + signs
    whole = signs + _check_sign(signs)
    return f"{whole[:4]}-{whole[4:]}"


def _check_sign(signs: str) -> str:
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(signs, start=2))
    return ALPHABET[total % len(ALPHABET)]


def read_code(text: str) -> str | None:
    """The code somebody typed, dashes and case aside; None if it cannot be one, mistyped ones included.

    >>> read_code(" 26bq 5243 "), read_code("26BQ5244"), read_code("26QB-5243"), read_code("Lambert")
    ('26BQ-5243', None, None, None)
    """
    signs = text.upper().translate(_CONFUSED)
    if len(signs) != DRAWN + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    return f"{signs[:4]}-{signs[4:]}" if _check_sign(signs[:DRAWN]) == signs[DRAWN] else None
