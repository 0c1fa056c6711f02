"""Numbers as laboratories print them: decimal comma or point, spaces between thousands, a comparator before. Pure."""

import re
from decimal import Decimal

NUMBER = re.compile(r"(\d{1,9}|\d{1,3}(?: \d{3}){1,2})(?:[.,](\d{1,6}))?")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3})+")
NO_THOUSANDS = re.compile(r"0+[.,]\d{3}")
SIGNS = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
COUNTED = frozenset({"/uL"})
"""Units (UCUM) in which thousands are usual: laboratories in France print 4.500 /mm³."""
SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")


def number_in(text: str, *, counted: bool = False) -> Decimal | None:
    """A number that is not negative; None where it is none. One comma or point is the decimal one.

    `counted`: of things in a volume so small that thousands are usual. There a sign before three figures parts the
    thousands; None where it cannot: 0.450 is of another unit.

    >>> number_in("5,40"), number_in("1 250.5"), number_in("0,8 "), number_in("1.250,5"), number_in("-2")
    (Decimal('5.40'), Decimal('1250.5'), Decimal('0.8'), None, None)
    >>> number_in("4.500"), number_in("4.500", counted=True), number_in("0.450", counted=True)
    (Decimal('4.500'), Decimal('4500'), None)
    """
    plain = SPACES.sub(" ", text).strip()
    if counted and NO_THOUSANDS.fullmatch(plain):
        return None
    if counted and THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", "")
    match = NUMBER.fullmatch(plain)
    if match is None or not match[0].isascii():
        return None
    whole, part = match.groups()
    return Decimal(whole.replace(" ", "") + (f".{part}" if part else ""))


def value_in(text: str, *, counted: bool = False) -> tuple[str, Decimal] | None:
    """A value with the comparator before it, if any; `counted` as for number_in.

    >>> value_in("< 0,1"), value_in("≥12"), value_in("4.2"), value_in("négatif")
    (('<', Decimal('0.1')), ('>=', Decimal('12')), ('', Decimal('4.2')), None)
    """
    stripped = text.strip()
    for sign in sorted(SIGNS, key=len, reverse=True):
        if stripped.startswith(sign):
            value = number_in(stripped.removeprefix(sign), counted=counted)
            return None if value is None else (SIGNS[sign], value)
    value = number_in(stripped, counted=counted)
    return None if value is None else ("", value)


def typed_as(value: Decimal | None, language: str) -> str:
    """A number as somebody would type it again: 5,40 in French.

    >>> typed_as(Decimal("5.40"), "fr"), typed_as(None, "fr")
    ('5,40', '')
    """
    text = "" if value is None else f"{value:f}"
    return text.replace(".", ",") if language == "fr" else text
