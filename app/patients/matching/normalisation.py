"""A person's names, dates, places and numbers made comparable. Pure; how far two agree is in comparison.py."""

from dataclasses import dataclass

from app.patients.dates import PartialDate
from app.patients.matching.model import Person
from app.patients.matching.phonetic import sound
from app.patients.names import folded

# What families, clerks and countries write or leave out.
PARTICLES = frozenset(
    ("d", "de", "du", "des", "la", "le", "les", "l", "van", "von", "der", "den", "di", "da", "del", "dos", "el", "al")
)
SHORT = {"st": "saint", "ste": "sainte", "jph": "joseph"}
NOT_NAMES = ("cedex", "arrondissement")
# Sex, year, month, department, commune, order; without the two signs that check it.
NIR = 13
NIR_CHECKED = 15
# The other first figures are given for a while, and replaced.
LASTING = ("1", "2")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as one word, its words without particles, and how it sounds. Falsy where nothing is known."""

    joined: str
    words: tuple[str, ...]
    sound: str

    def __bool__(self) -> bool:
        return bool(self.joined)


@dataclass(frozen=True, slots=True)
class Number:
    """A NIR less its check; `checked` says that the check was there and right, so that it is no typing error."""

    signs: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Features:
    """A person ready to be compared. `givens`: all given names, then the one that is used if it is another.

    `day` is None where nothing is known of the birth date, or nonsense was given.
    """

    givens: tuple[Name, ...]
    family: Name
    birth: Name
    day: PartialDate | None
    sex: str
    place: Name
    number: Number

    @property
    def families(self) -> tuple[Name, ...]:
        return tuple(name for name in (self.family, self.birth) if name)


def features(person: Person) -> Features:
    """What of a person is compared.

    >>> one = features(Person(given_names="Léa-Marie", family_name="d’Hallé", birth_date="1980-05", sex="female"))
    >>> one.givens[0].words, one.family.joined, one.family.words, one.day
    (('lea', 'marie'), 'dhalle', ('halle',), PartialDate(year=1980, month=5, day=None))
    """
    givens = given_name(person.given_names), given_name(person.used_given_name)
    return Features(
        givens=tuple(name for name in dict.fromkeys(givens) if name),
        family=family_name(person.family_name),
        birth=family_name(person.birth_name),
        day=day_of(person.birth_date),
        sex="" if person.sex == "unknown" else person.sex,
        place=place(person.birth_place),
        number=number(person.nir),
    )


def given_name(text: str) -> Name:
    """First names in their order.

    >>> given_name("Jean Pierre").joined == given_name("JEAN-PIERRE").joined
    True
    """
    return _name(folded(text))


def family_name(text: str) -> Name:
    """A family name, with and without its particles.

    >>> family_name("de La Tour").words, family_name("Le").words, family_name("St-Jean").words
    (('tour',), ('le',), ('saint', 'jean'))
    """
    return _name(folded(text))


def place(text: str) -> Name:
    """A commune less figures, arrondissement and the like.

    >>> place("Lyon 3e").joined, place("St Étienne (42)").joined, place("Paris 14e arrondissement").joined
    ('lyon', 'saintetienne', 'paris')
    """
    words = folded(text)
    return _name([word for word in words if not word[0].isdigit() and word not in NOT_NAMES] or words)


def _name(words: list[str]) -> Name:
    words = [SHORT.get(word, word) for word in words]
    joined = "".join(words)
    return Name(joined, tuple(word for word in words if word not in PARTICLES) or tuple(words), sound(joined))


def day_of(text: str) -> PartialDate | None:
    """A birth date or a part of it, as it is kept; None of nothing and of nonsense.

    >>> day_of("1980-05"), day_of("1980-02-30"), day_of("")
    (PartialDate(year=1980, month=5, day=None), None, None)
    """
    try:
        return None if "-00" in text else PartialDate.of(text)
    except ValueError:
        return None


def number(text: str) -> Number:
    """A NIR less blanks and check; nothing of one that was given for a while only.

    >>> number("2 55 08 14 168 025 38"), number("2550814168025").checked, number("8 55 08 14 168 025")
    (Number(signs='2550814168025', checked=True), False, Number(signs='', checked=False))
    """
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    if len(signs) in (NIR, NIR_CHECKED) and not signs.startswith(LASTING):
        return Number("")
    if len(signs) != NIR_CHECKED:
        return Number(signs)
    return Number(signs[:NIR], _is_checked(signs))


def _is_checked(signs: str) -> bool:
    """Whether the last two figures are 97 less the rest of the number, Corsica's departments read as 19 and 18."""
    figures = signs[:NIR].replace("2A", "19").replace("2B", "18") + signs[NIR:]
    return figures.isdigit() and int(figures[NIR:]) == 97 - int(figures[:NIR]) % 97
