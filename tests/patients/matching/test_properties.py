"""What holds of any two people: order does not matter, nothing breaks it, and what was learned is what was put in."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patients.matching.blocking import blocks
from app.patients.matching.model import Level, Person, Verdict
from app.patients.matching.scoring import score
from app.patients.matching.shipped import WEIGHTS
from app.patients.matching.weights import FIELDS, train
from app.patients.matching.wording import reason_words, verdict_words

TEXT = st.text(max_size=20) | st.sampled_from(["Léa", "Léa Marie", "Martin", "Le Goff", "-", "’", "Ǆ", "李", "123"])
DATES = st.sampled_from(["", "1980", "1980-05", "1980-05-12", "1980-12-05", "1980-02-30", "no date", "0000-00-00"])
WRITTEN = (
    "Martin Lefèvre Gauthier Benali Roux Moreau Kerbrat Diallo Nguyen Garnier Petit Haddad Perrin Cohen Royer Caron "
    "Guérin Léa Zoé Camille Hugo Nadia Aurélie Thomas Mohamed Yann Inès Jean-Pierre Claire Xavier Philippe Anne"
)
NAMES = WRITTEN.split()
PEOPLE = st.builds(
    Person,
    given_names=TEXT,
    family_name=TEXT,
    birth_name=TEXT,
    used_given_name=TEXT,
    birth_date=DATES,
    sex=st.sampled_from(["female", "male", "unknown"]),
    birth_place=TEXT,
    nir=TEXT | st.sampled_from(["2790169388123", "279016938812373", "190012A004001"]),
)


@given(PEOPLE, PEOPLE)
def test_it_makes_no_difference_which_is_which(a: Person, b: Person) -> None:
    one, other = score(a, b), score(b, a)
    assert (one.verdict, sorted(one.reasons)) == (other.verdict, sorted(other.reasons))
    assert one.weight == pytest.approx(other.weight)


@given(PEOPLE)
def test_nothing_speaks_against_being_oneself(person: Person) -> None:
    assert all(WEIGHTS.weigh((level,)) > 0 for level in score(person, person).reasons)
    assert all(len(key.split()) >= 2 for key in blocks(person))


def test_whoever_is_probably_the_same_is_also_compared() -> None:
    """Two slips in any fields of a whole identity; what would be called the same must share a key."""
    chance, same = Random(11), 0  # noqa: S311 - the same slips at each run
    for number in range(3_000):
        day = f"{1940 + number % 70}-{1 + number % 12:02}-{1 + number % 28:02}"
        names = chance.sample(NAMES, 3)
        person = Person(
            given_names=names[0], family_name=names[1], birth_name=names[2], birth_date=day, birth_place="Brest"
        )
        slipped = _slipped(_slipped(person, chance), chance)
        if score(person, slipped).verdict is Verdict.SAME:
            same += 1
            assert blocks(person) & blocks(slipped), (person, slipped)
    assert same > 1_500


def _slipped(person: Person, chance: Random) -> Person:
    """One slip: a letter of a name, names exchanged or left out, a part of the date, the place."""
    field = chance.choice(["given_names", "family_name", "birth_name", "date", "place", "exchange", "married"])
    year, month, day = (*person.birth_date.split("-"), "01", "01")[:3]
    dates = [f"{year}-{day}-{month}" if int(day) <= 12 else person.birth_date, f"{int(year) + 10}-{month}-{day}", year]
    changed: dict[str, dict[str, str]] = {
        "date": {"birth_date": chance.choice(dates)},
        "place": {"birth_place": chance.choice(["", "Lyon"])},
        "exchange": {"given_names": person.family_name, "family_name": person.given_names},
        "married": {"family_name": person.birth_name or person.family_name, "birth_name": ""},
    }
    if field in changed:
        return replace(person, **changed[field])
    name = getattr(person, field)
    place = chance.randrange(max(1, len(name) - 1))
    return replace(person, **{field: name[:place] + name[place + 1 :]})


def test_learning_finds_how_often_people_slip() -> None:
    """Pairs made with known figures: 5 in 100 are one person's, who agree in 90 of 100 fields; others in 5 of 100."""
    chance = Random(7)  # noqa: S311 - the same pairs at each run
    pairs = []
    for _ in range(4_000):
        agreeing = 0.9 if chance.random() < 0.05 else 0.05
        pairs.append(tuple(levels[0 if chance.random() < agreeing else -1] for levels in FIELDS.values()))
    learned = train(pairs)
    assert learned.prior == pytest.approx(0.05, rel=0.15)
    for levels in FIELDS.values():
        assert learned.m[levels[0]] == pytest.approx(0.9, abs=0.08)
        assert learned.u[levels[0]] == pytest.approx(0.05, abs=0.02)


def test_every_reason_has_words_of_its_own() -> None:
    assert len({reason_words(level) for level in Level}) == len(Level)
    assert len({verdict_words(verdict) for verdict in Verdict}) == len(Verdict)
