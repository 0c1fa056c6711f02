"""The keys under which a person is looked for: two records of one person share at least one. Pure.

Each joins what one slip rarely spoils: a name as it sounds with the year or with day and month, its first letters with
the year, a name with the birthplace, the birth date alone, both names without any date, the NIR. Given and family names
are not told apart, nor day and month, so that either pair may be exchanged. They are kept hashed; see queries.py.
"""

from itertools import product

from app.patients.dates import PartialDate
from app.patients.matching.model import Person
from app.patients.matching.normalisation import Features, Name, features
from app.patients.matching.phonetic import skeleton, sound

LETTERS = 3
# Of the given names; what comes after is on few papers.
GIVEN_WORDS = 3


def blocks(person: Person) -> set[str]:
    """The keys of a person: about fifteen, more where there are many names; none where nothing is known.

    >>> claire = Person(given_names="Claire", family_name="Le Fèvre", birth_date="1980-05-12")
    >>> typed_otherwise = Person(given_names="LEFEBVRE", family_name="Clara", birth_date="1980-12-05")
    >>> len(blocks(claire) & blocks(typed_otherwise))
    8
    """
    return keys_of(features(person))


def keys_of(found: Features) -> set[str]:
    """The same of somebody made comparable before."""
    families = {word for name in found.families for word in _words(name)}
    givens = {word for name in found.givens for word in _words(name, GIVEN_WORDS)}
    heard = {word: skeleton(sound(word)) for word in families | givens}
    keys = {key for word in heard for key in _dated(word, heard[word], found.day)}
    keys |= {" ".join(("names", *sorted((heard[one], heard[other])))) for one, other in product(families, givens)}
    if found.place:
        keys |= {f"place {heard[word]} {skeleton(found.place.sound)}" for word in families}
    return keys | _of_number_and_date(found)


def _words(name: Name, most: int | None = None) -> set[str]:
    """The words of a name and the whole of it; single letters only where there is nothing else."""
    words = {name.joined, *name.words[:most]}
    return {word for word in words if len(word) > 1} or words


def _dated(word: str, heard: str, day: PartialDate | None) -> set[str]:
    if day is None:
        return set()
    keys = {f"year {heard} {day.year}", f"letters {word[:LETTERS]} {day.year}"}
    return keys | {f"day {heard} {_day_and_month(day)}"} if day.whole else keys


def _of_number_and_date(found: Features) -> set[str]:
    keys = {f"nir {found.number.signs}"} if found.number.signs else set()
    if found.day is not None and found.day.whole:
        keys.add(f"date {found.day.year} {_day_and_month(found.day)}")
    return keys


def _day_and_month(day: PartialDate) -> str:
    less, more = sorted((day.day or 0, day.month or 0))
    return f"{less:02} {more:02}"
