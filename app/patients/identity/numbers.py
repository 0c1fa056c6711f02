"""A patient's NIR: read with or without its key, shown masked, held against the rest of the form. Pure.

The places of the number (sex, year, month, department and commune of birth, order, key) are those of
python-stdnum's `stdnum.fr.nir`, which also makes and checks the key, Corsica's 2A and 2B included.
"""

from itertools import pairwise

from app.accounts.sign_up.numbers import SEPARATORS, nir_of
from app.accounts.sign_up.problems import Fault as OfNumbers
from app.patients.dates import PartialDate
from app.patients.identity.problems import Doubt, Fault

WITHOUT_KEY = 13
SEXES = {"1": "male", "2": "female"}
"""Of the first digit; of others nothing is concluded."""
HIDDEN = "••"


def read_nir(text: str) -> str | Fault:
    """A NIR of fifteen characters from thirteen or fifteen, pasted with blanks; empty when nothing was typed.

    >>> read_nir(" 2 95 10 99 126 111 93 "), read_nir("2 95 10 99 126 111"), read_nir("2530 72b073 004"), read_nir(" ")
    ('295109912611193', '295109912611193', '253072B07300470', '')
    >>> read_nir("295109912611199"), read_nir("29510991261119"), read_nir("29510991261xy")
    (<Fault.NIR_WRONG: 'nir_wrong'>, <Fault.NIR_LENGTH: 'nir_length'>, <Fault.NIR_WRONG: 'nir_wrong'>)
    """
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - needed when a form is read
    from stdnum.fr import nir  # noqa: PLC0415

    number = SEPARATORS.sub("", text).upper()
    if len(number) == WITHOUT_KEY:
        try:
            number += str(nir.calc_check_digits(number))
        except (ValidationError, ValueError):
            return Fault.NIR_WRONG
    found = nir_of(number)
    if isinstance(found, OfNumbers):
        return Fault.NIR_LENGTH if found is OfNumbers.NIR_LENGTH else Fault.NIR_WRONG
    return found


def doubts(nir: str, born: PartialDate | None, sex: str, commune: str) -> list[Doubt]:
    """Where a NIR says otherwise than the form; what is not known disagrees with nothing.

    >>> doubts("284037511600123", PartialDate(1984, 3, 9), "female", "75116"), doubts("", None, "female", "")
    ([], [])
    >>> [str(one) for one in doubts("284037511600123", PartialDate(1985, 4), "male", "69123")]
    ['sex', 'year', 'month', 'commune']
    >>> doubts("284997511600123", PartialDate(1984, 4), "unknown", "")
    []
    """
    if not nir:
        return []
    year, month = int(nir[1:3]), int(nir[3:5])
    said = {
        Doubt.SEX: sex in SEXES.values() and SEXES.get(nir[0], sex) != sex,
        Doubt.YEAR: born is not None and born.year % 100 != year,
        # Above twelve: the month was not known when the number was given.
        Doubt.MONTH: born is not None and born.month is not None and 1 <= month <= 12 and born.month != month,
        Doubt.COMMUNE: bool(commune) and nir[5:10] != commune,
    }
    return [doubt for doubt, holds in said.items() if holds]


def masked_nir(nir: str) -> str:
    """A NIR as a page shows it until somebody asks: what the record says anyway, and no more.

    >>> masked_nir("284037511600123").replace("\N{NO-BREAK SPACE}", " "), masked_nir("")
    ('2 84 03 •• •• •• ••', '')
    """
    return "\N{NO-BREAK SPACE}".join([nir[0], nir[1:3], nir[3:5], *[HIDDEN] * 4]) if nir else ""


def spaced_nir(nir: str) -> str:
    """A NIR as a card has it.

    >>> spaced_nir("284037511600123").replace("\N{NO-BREAK SPACE}", " ")
    '2 84 03 75 116 001 23'
    """
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    parts = [nir[start:end] for start, end in pairwise(cuts)]
    return "\N{NO-BREAK SPACE}".join(part for part in parts if part)
