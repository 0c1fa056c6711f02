"""How far two people agree, field by field. Pure; what the levels weigh is in weights.py, sounds in phonetic.py.

A field that one of the two lacks is left out: what is not known speaks neither for nor against.
"""

from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Any

from app.patients.dates import PartialDate
from app.patients.matching.model import Level
from app.patients.matching.normalisation import Features, Name, Number

# Of Jaro-Winkler similarity (0 to 1): above it two spellings are taken for one.
CLOSE = 0.92
# In so short a word a letter makes another name: Léa, Léo.
SHORTEST_CLOSE = 4
PARTS = 3
NEW_YEAR = (1, 1)

Levels = tuple[Level, ...]


@cache
def _distances() -> Any:
    import rapidfuzz.distance as distance  # noqa: PLC0415 - four hundredths of a second that no page but one needs

    return distance


def compare(a: Features, b: Features) -> Levels:
    """The level of each field that both have, in the order family, given, date, sex, place, NIR."""
    family, given = _names(a, b)
    found = (
        family,
        given,
        _days(a.day, b.day),
        _sexes(a.sex, b.sex),
        _places(a.place, b.place),
        _numbers(a.number, b.number),
    )
    return tuple(level for level in found if level is not None)


def _names(a: Features, b: Features) -> tuple[Level | None, Level | None]:
    """Family and given names; where they stand in each other's place, that is one level for both."""
    family, given = _families(a, b), _givens(a, b)
    if family is Level.FAMILY_OTHER and given in (Level.GIVEN_OTHER, None) and _are_swapped(a, b):
        return Level.NAMES_SWAPPED, None
    return family, given


def _are_swapped(a: Features, b: Features) -> bool:
    return _any_alike(a.givens, b.families) and _any_alike(a.families, b.givens)


def _any_alike(some: Iterable[Name], others: Iterable[Name]) -> bool:
    return any(_equal(one, other) or _is_close(one.joined, other.joined) for one, other in product(some, others))


def _families(a: Features, b: Features) -> Level | None:
    if not (a.families and b.families):
        return None
    if a.birth and b.birth:
        return _of_both(a, b)
    if _equal(a.family, b.family):
        return Level.FAMILY_SAME
    if _equal(a.birth, b.family) or _equal(a.family, b.birth):
        return Level.FAMILY_BIRTH_IS_USED
    return _best_family(a, b)


def _of_both(a: Features, b: Features) -> Level:
    """Where both birth names are known they decide: the used one may be that of a husband's whole family."""
    if _equal(a.birth, b.birth):
        return Level.FAMILY_SAME
    if _equal(a.birth, b.family) and _equal(a.family, b.birth):
        return Level.FAMILY_BIRTH_IS_USED
    born = _alike(a.birth, b.birth)
    if born is not Level.FAMILY_OTHER:
        return born
    return Level.FAMILY_PART if _equal(a.family, b.family) else _best_family(a, b)


def _equal(one: Name, other: Name) -> bool:
    """Whether they are one name, its particles left out or written together: de La Tour, Delatour, Tour."""
    return bool(one and other) and (one.joined == other.joined or one.words == other.words)


RANKED = (Level.FAMILY_PART, Level.FAMILY_CLOSE, Level.FAMILY_SOUNDS, Level.FAMILY_OTHER)


def _best_family(a: Features, b: Features) -> Level:
    return min((_alike(one, other) for one, other in product(a.families, b.families)), key=RANKED.index)


def _alike(one: Name, other: Name) -> Level:
    if set(one.words) <= set(other.words) or set(other.words) <= set(one.words):
        return Level.FAMILY_PART
    if _is_close(one.joined, other.joined):
        return Level.FAMILY_CLOSE
    if one.sound == other.sound:
        return Level.FAMILY_SOUNDS
    return Level.FAMILY_OTHER


def _givens(a: Features, b: Features) -> Level | None:
    if not (a.givens and b.givens):
        return None
    return min((_given(one, other) for one, other in product(a.givens, b.givens)), key=tuple(Level).index)


def _given(one: Name, other: Name) -> Level:
    """Of two lists of given names. Several of which the first differs are another person's, as a twin's often are."""
    if one.joined == other.joined:
        return Level.GIVEN_SAME
    if set(one.words) <= set(other.words) or set(other.words) <= set(one.words):
        return Level.GIVEN_AMONG
    if _is_close(one.joined, other.joined) or _is_initial(one, other):
        return Level.GIVEN_CLOSE
    if one.sound == other.sound:
        return Level.GIVEN_SOUNDS
    return Level.GIVEN_PART if one.words[0] == other.words[0] else Level.GIVEN_OTHER


def _is_initial(one: Name, other: Name) -> bool:
    """J. for Jean, or J.-P. for Jean-Pierre."""
    short, long = sorted((one.words, other.words), key=lambda words: len("".join(words)))
    return all(len(word) == 1 for word in short) and [word[0] for word in long[: len(short)]] == list(short)


def _is_close(one: str, other: str) -> bool:
    """Whether one was written for the other: one slip of the hand, or alike from the beginning on."""
    if min(len(one), len(other)) < SHORTEST_CLOSE:
        return False
    distances = _distances()
    if distances.OSA.distance(one, other, score_cutoff=1) <= 1:
        return True
    return bool(distances.JaroWinkler.similarity(one, other, score_cutoff=CLOSE) >= CLOSE)


def _days(one: PartialDate | None, other: PartialDate | None) -> Level | None:
    if one is None or other is None:
        return None
    if one == other:
        return Level.DATE_SAME if one.whole else Level.DATE_FITS
    if not (_is_known(one) and _is_known(other)) and _fit(one, other):
        return Level.DATE_FITS
    if not (one.whole and other.whole):
        return Level.DATE_OTHER
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Level.DATE_SWAPPED
    if _slips(_figures(one), _figures(other)) == 1:
        return Level.DATE_DIGIT
    return Level.DATE_NEAR if _shared_parts(one, other) == PARTS - 1 else Level.DATE_OTHER


def _is_known(day: PartialDate) -> bool:
    """1 January is written, too, where only the year is known."""
    return day.whole is not None and (day.month, day.day) != NEW_YEAR


def _fit(one: PartialDate, other: PartialDate) -> bool:
    """Whether a partial date may be the other; one of which the day alone is missing still has its month."""
    months = {day.month for day in (one, other) if day.month and (day.month, day.day) != NEW_YEAR}
    return one.year == other.year and len(months) <= 1


def _figures(day: PartialDate) -> str:
    return day.text.replace("-", "")


def _shared_parts(one: PartialDate, other: PartialDate) -> int:
    return (one.year == other.year) + (one.month == other.month) + (one.day == other.day)


def _slips(one: str, other: str) -> int:
    """How many figures were mistyped or exchanged with their neighbour."""
    return int(_distances().OSA.distance(one, other, score_cutoff=2))


def _sexes(one: str, other: str) -> Level | None:
    if not (one and other):
        return None
    return Level.SEX_SAME if one == other else Level.SEX_OTHER


def _places(one: Name, other: Name) -> Level | None:
    if not (one and other):
        return None
    if one.joined == other.joined:
        return Level.PLACE_SAME
    if one.sound == other.sound or _is_close(one.joined, other.joined) or _shares_words(one, other):
        return Level.PLACE_CLOSE
    return Level.PLACE_OTHER


def _shares_words(one: Name, other: Name) -> bool:
    """Whether one is a part of the other: Saint-Denis, Saint-Denis-en-Val."""
    return set(one.words) <= set(other.words) or set(other.words) <= set(one.words)


def _numbers(one: Number, other: Number) -> Level | None:
    """Two whose checks are both right were not mistyped: brothers and sisters born on one day differ in a figure."""
    if not (one.signs and other.signs):
        return None
    if one.signs == other.signs:
        return Level.NIR_SAME
    if one.checked and other.checked:
        return Level.NIR_OTHER
    return Level.NIR_CLOSE if _slips(one.signs, other.signs) == 1 else Level.NIR_OTHER
