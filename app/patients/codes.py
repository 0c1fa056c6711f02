"""Codes of patients as people type them: whichever generator made one, and those of the former network. Pure.

How new ones are made is in coding/.
"""

from app.patients.coding import opaque, weighted

LEGACY = 10
"""Digits of a code of the former network: two of the centre, two of the pathology, six of the patient."""


def plain(text: str) -> str:
    """Capitals, without blanks and dashes."""
    return "".join(sign for sign in text.upper() if not sign.isspace() and sign not in "-\N{EN DASH}")


def code_in(text: str) -> str | None:
    """The code somebody typed, with or without dash and capitals; None if no patient can have it.

    >>> code_in("abc2-3450"), code_in("abc234 5o"), code_in(" zzzzzzzw "), code_in("ZZZZ-ZZZ6"), code_in("Martin")
    ('ABC2-3450', 'ABC2-3450', 'ZZZZ-ZZZW', None, None)
    """
    signs = plain(text)
    found = opaque.read(signs) or weighted.read(signs)
    return f"{found[:4]}-{found[4:]}" if found else None


def legacy_in(text: str) -> str | None:
    """A code of the former network: centre, pathology, patient; None if it cannot be one.

    >>> legacy_in("01 02 000123"), legacy_in("0102000123"), legacy_in("010200012"), legacy_in("０102000123")
    ('0102000123', '0102000123', None, None)
    """
    signs = plain(text)
    return signs if len(signs) == LEGACY and signs.isascii() and signs.isdigit() else None
