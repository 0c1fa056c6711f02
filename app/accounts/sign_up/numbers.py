"""The numbers people are known by in France, as typed or pasted: NIR and RPPS. Pure; says what is wrong.

NIR: fifteen characters and their key, Corsica's 2A and 2B included, as python-stdnum has it. RPPS: eleven digits, the
last of which is a Luhn digit; python-stdnum knows no RPPS, so its Luhn is used. That a number is well formed says
nothing about whose it is: nobody is looked up in a register.
"""

import re

from app.accounts.sign_up.problems import Fault

SEPARATORS = re.compile(r"[\s.\-\N{EN DASH}/]+")


def nir_of(text: str) -> str | Fault:
    """A NIR without its spaces; empty when nothing was typed.

    >>> nir_of(" 2 95 10 99 126 111 93 "), nir_of("2530 72b073 004-70"), nir_of("")
    ('295109912611193', '253072B07300470', '')
    >>> nir_of("2 95 10 99 126 111"), nir_of("295109912611199"), nir_of("２９５１０９９１２６１１１９３")
    (<Fault.NIR_LENGTH: 'nir_length'>, <Fault.NIR_WRONG: 'nir_wrong'>, <Fault.NIR_WRONG: 'nir_wrong'>)
    """
    # Imported when somebody signs up, which a web process may never see.
    from stdnum.fr import nir  # noqa: PLC0415

    number = SEPARATORS.sub("", text).upper()
    if not number:
        return ""
    if len(number) != 15:
        return Fault.NIR_LENGTH
    return number if number.isascii() and nir.is_valid(number) else Fault.NIR_WRONG


def rpps_of(text: str) -> str | Fault:
    """An RPPS number without its spaces; empty when nothing was typed.

    >>> rpps_of("1000 0000 009"), rpps_of(""), rpps_of("10000000008"), rpps_of("1000000000")
    ('10000000009', '', <Fault.RPPS_WRONG: 'rpps_wrong'>, <Fault.RPPS_LENGTH: 'rpps_length'>)
    """
    from stdnum import luhn  # noqa: PLC0415 - as above

    number = SEPARATORS.sub("", text)
    if not number:
        return ""
    if len(number) != 11:
        return Fault.RPPS_LENGTH
    digits = number.isascii() and number.isdigit()
    return number if digits and luhn.is_valid(number) else Fault.RPPS_WRONG
