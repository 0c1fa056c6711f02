"""The signs that codes are written with. Pure."""

# No I, O, U, 0 or 1: read aloud or written by hand, each sign is taken for itself.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"


def written(number: int, length: int) -> str:
    """A number below 31 ** length, in as many signs.

    >>> written(0, 3), written(32, 3)
    ('222', '233')
    """
    signs = ""
    for _ in range(length):
        number, place = divmod(number, len(SIGNS))
        signs = SIGNS[place] + signs
    return signs
