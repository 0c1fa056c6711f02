"""Telephone numbers: as people write them, as providers want them, as a passer-by may see them. Pure."""

from enum import StrEnum

HOME = "FR"
HIDDEN = "••"
NBSP = "\N{NO-BREAK SPACE}"
LONGEST = 40
# French mobiles that belong to nobody, kept for fiction: the demonstration's people have them.
OF_FICTION = "+3363998"


class PhoneProblem(StrEnum):
    """Why a text is no telephone number; the words are in wording.py."""

    MISSING = "phone_missing"
    WRONG = "phone_wrong"
    NO_TEXTS = "phone_no_texts"


def as_e164(text: str, region: str = HOME) -> str | PhoneProblem:
    """The one international form of a number written as people do, with or without its country.

    >>> as_e164("06 39 98 00 01"), as_e164("0033 6.39.98.00.01"), as_e164("+32 470 12 34 56")
    ('+33639980001', '+33639980001', '+32470123456')
    >>> as_e164(" "), as_e164("06 39 98"), as_e164("call me"), as_e164("+33 6 39 98 00 01 02 03")
    (<PhoneProblem.MISSING: 'phone_missing'>, <PhoneProblem.WRONG: 'phone_wrong'>, \
<PhoneProblem.WRONG: 'phone_wrong'>, <PhoneProblem.WRONG: 'phone_wrong'>)
    """
    # Imported here: few requests read a number, and its tables of all countries are large.
    import phonenumbers  # noqa: PLC0415

    typed = text.strip()
    if not typed:
        return PhoneProblem.MISSING
    try:
        number = phonenumbers.parse(typed, region) if len(typed) <= LONGEST else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_possible_number(number):
        return PhoneProblem.WRONG
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    known = phonenumbers.is_valid_number(number) or written.startswith(OF_FICTION)
    return written if known else PhoneProblem.WRONG


def as_mobile(text: str, region: str = HOME) -> str | PhoneProblem:
    """The same for a number that must take text messages.

    >>> as_mobile("06 39 98 00 01"), as_mobile("01 99 00 12 34")
    ('+33639980001', <PhoneProblem.NO_TEXTS: 'phone_no_texts'>)
    """
    import phonenumbers  # noqa: PLC0415

    number = as_e164(text, region)
    if isinstance(number, PhoneProblem):
        return number
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    mobile = kind in {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE} or number.startswith(OF_FICTION)
    return number if mobile else PhoneProblem.NO_TEXTS


def masked_phone(number: str) -> str:
    """A number its owner recognises and a passer-by does not learn.

    >>> masked_phone("+33639980001").replace(NBSP, " "), masked_phone("+32470123456").replace(NBSP, " ")
    ('06 •• •• •• 01', '+32 •• •• •• 56')
    """
    start = f"0{number[3]}" if number.startswith("+33") else number[:3]
    return NBSP.join([start, HIDDEN, HIDDEN, HIDDEN, number[-2:]])
