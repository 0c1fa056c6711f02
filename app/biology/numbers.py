"""Numbers as laboratories print them: decimal comma or point, spaces between thousands, a comparator before. Pure."""

import re
from decimal import Decimal

NUMBER = re.compile(r"(\d{1,9}|\d{1,3}(?: \d{3}){1,2})(?:[.,](\d{1,6}))?")
SIGNS = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")


def number_in(text: str) -> Decimal | None:
    """A number that is not negative; None where it is none. One comma or point is always the decimal one.

    >>> number_in("5,40"), number_in("1 250.5"), number_in("0,8 "), number_in("1.250,5"), number_in("-2")
    (Decimal('5.40'), Decimal('1250.5'), Decimal('0.8'), None, None)
    """
    match = NUMBER.fullmatch(SPACES.sub(" ", text).strip())
    if match is None or not match[0].isascii():
        return None
    whole, part = match.groups()
    return Decimal(whole.replace(" ", "") + (f".{part}" if part else ""))


def value_in(text: str) -> tuple[str, Decimal] | None:
    """A value with the comparator before it, if any.

    >>> value_in("< 0,1"), value_in("≥12"), value_in("4.2"), value_in("négatif")
    (('<', Decimal('0.1')), ('>=', Decimal('12')), ('', Decimal('4.2')), None)
    """
    stripped = text.strip()
    for sign in sorted(SIGNS, key=len, reverse=True):
        if stripped.startswith(sign):
            value = number_in(stripped.removeprefix(sign))
            return None if value is None else (SIGNS[sign], value)
    value = number_in(stripped)
    return None if value is None else ("", value)


def typed_as(value: Decimal | None, language: str) -> str:
    """A number as somebody would type it again: 5,40 in French.

    >>> typed_as(Decimal("5.40"), "fr"), typed_as(None, "fr")
    ('5,40', '')
    """
    text = "" if value is None else f"{value:f}"
    return text.replace(".", ",") if language == "fr" else text
