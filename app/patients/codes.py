"""Codes of patients: eight signs that say nothing of the person; the last one catches typing errors. Pure."""

# No I, O, U, 0 or 1: read aloud or written by hand, each sign is taken for itself. 31 is a prime, so that the
# weighted sum notices every wrong sign and every two signs exchanged.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
FREE = 7
POSSIBLE = len(SIGNS) ** FREE


def code_of(number: int) -> str:
    """The code of a number below POSSIBLE.

    >>> code_of(0), code_of(POSSIBLE - 1)
    ('2222-2222', 'ZZZZ-ZZZW')
    """
    signs = ""
    for _ in range(FREE):
        number, place = divmod(number, len(SIGNS))
        signs = SIGNS[place] + signs
    signs += _check_sign(signs)
    return f"{signs[:4]}-{signs[4:]}"


def _check_sign(signs: str) -> str:
    return SIGNS[sum(weight * SIGNS.index(sign) for weight, sign in enumerate(signs, 2)) % len(SIGNS)]


def code_in(text: str) -> str | None:
    """The code somebody typed, with or without dash and capitals; None if no patient can have it.

    >>> code_in(" zzzzzzzw "), code_in("ZZZZ-ZZZ6"), code_in("Martin")
    ('ZZZZ-ZZZW', None, None)
    """
    signs = "".join(sign for sign in text.upper() if not sign.isspace() and sign != "-")
    if len(signs) != FREE + 1 or any(sign not in SIGNS for sign in signs):
        return None
    return f"{signs[:4]}-{signs[4:]}" if signs[-1] == _check_sign(signs[:-1]) else None
