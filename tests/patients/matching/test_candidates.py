"""Finding a person who has a record: by hashes alone, in every centre, through merges, and never a removed record."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.lib import db as database
from app.patients.actions import create_patient
from app.patients.dates import PartialDate
from app.patients.matching import queries
from app.patients.matching.jobs import index_all
from app.patients.matching.model import Level, Match, Person, Verdict
from app.patients.matching.queries import candidates, token_of
from app.patients.model import NewPatient
from tests.people import Cast

pytestmark = pytest.mark.usefixtures("db")
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NADIA = NewPatient(
    given_names="Nadia",
    family_name="Benali",
    birth_name="Hadj-Ahmed",
    birth_date=PartialDate(1984, 3, 12),
    sex="female",
    birth_place="Lyon",
    nir="284036938812345",
)
ASKED = Person(
    given_names="NADIA", family_name="Hadj Ahmed", birth_date="1984-12-03", birth_place="Lyon 8e", sex="female"
)


async def opened(people: Cast, new: NewPatient = NADIA, by: str = "ines") -> UUID:
    return await create_patient(people[by].actor, new, at=AT)


def ids(found: Iterable[tuple[UUID, Match]]) -> list[UUID]:
    return [patient for patient, _ in found]


@pytest.mark.capability("E23")
async def test_somebody_is_found_by_another_name_and_an_exchanged_date(people: Cast) -> None:
    patient = await opened(people)
    await opened(
        people, NewPatient(given_names="Nadège", family_name="Berger", birth_date=PartialDate(1984), sex="female")
    )
    [(found, match)] = await candidates(ASKED)
    assert (found, match.verdict) == (patient, Verdict.SAME)
    assert set(match.reasons) == {
        Level.FAMILY_BIRTH_IS_USED,
        Level.GIVEN_SAME,
        Level.DATE_SWAPPED,
        Level.SEX_SAME,
        Level.PLACE_SAME,
    }


async def test_every_centre_is_looked_in_and_the_likeliest_comes_first(people: Cast) -> None:
    brest = await opened(people, by="zoe")
    twin = await opened(people, replace(NADIA, given_names="Samia", nir=""))
    found = await candidates(ASKED)
    assert ids(found) == [brest, twin]
    assert [match.verdict for _, match in found] == [Verdict.SAME, Verdict.PERHAPS]


async def test_a_merged_record_answers_as_the_one_that_stands_for_it(people: Cast) -> None:
    merged, stands = (
        await opened(people),
        await opened(people, replace(NADIA, family_name="Ziani", birth_name="", nir="")),
    )
    await database.execute("UPDATE patient SET merged_into = $2, root = $2 WHERE id = $1", merged, stands)
    assert ids(await candidates(ASKED)) == [stands]
    assert await candidates(ASKED, exclude=stands) == []


async def test_a_removed_record_is_no_candidate(people: Cast) -> None:
    patient = await opened(people)
    await database.execute("UPDATE patient SET removed_at = $2 WHERE id = $1", patient, AT)
    assert await candidates(ASKED) == []


async def test_the_record_that_is_being_changed_does_not_find_itself(people: Cast) -> None:
    patient, double = await opened(people), await opened(people)
    assert ids(await candidates(ASKED, exclude=patient)) == [double]


async def test_a_hash_that_many_share_is_left_out(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LARGEST_BLOCK", 1)
    patient = await opened(people)
    await opened(people, replace(NADIA, family_name="Lambert", birth_name="", birth_place="", nir=""))
    only_date_and_given_name = Person(given_names="Nadia", family_name="Other", birth_date="1984-03-12")
    assert await candidates(only_date_and_given_name) == []
    assert patient in ids(await candidates(ASKED))


async def test_nobody_is_found_by_nothing(people: Cast) -> None:
    await opened(people)
    assert await candidates(Person(given_names="", family_name="")) == []


async def test_hashes_say_nothing_and_follow_who_the_person_is(people: Cast) -> None:
    patient = await opened(people)
    kept = await tokens_of(patient)
    assert token_of("nir 2840369388123") in kept
    assert not any(word in token.lower() for token in kept for word in (b"nadia", b"hadj", b"1984", b"lyon"))
    await queries.write_blocks(patient, Person(given_names="Nadia", family_name="Benali", birth_date="1984"))
    assert await tokens_of(patient) < kept


async def test_records_of_before_are_hashed_once_and_anew_only_when_asked(people: Cast) -> None:
    patient = await opened(people)
    kept = await tokens_of(patient)
    await index_all()
    await database.execute("DELETE FROM patient_block WHERE patient = $1", patient)
    assert [await index_all(), await index_all()] == [1, 0]
    assert await tokens_of(patient) == kept
    assert await index_all(anew=True) >= 4


async def tokens_of(patient: UUID) -> set[bytes]:
    return {row["token"] for row in await database.fetch("SELECT token FROM patient_block WHERE patient = $1", patient)}


async def test_a_twin_comes_after_the_person_however_much_agrees(people: Cast) -> None:
    """The twin has the whole date and the place; the person an exchanged date, no place, and the birth name alone."""
    twin = await opened(people, replace(NADIA, given_names="Samia", nir=""))
    known = {"family_name": "Hadj-Ahmed", "birth_name": "", "birth_date": PartialDate(1984, 12, 3), "birth_place": ""}
    person = await opened(people, replace(NADIA, **known, nir=""))
    asked = replace(ASKED, birth_date="1984-03-12", birth_place="Lyon", family_name="Benali", birth_name="Hadj-Ahmed")
    found = await candidates(asked)
    assert ids(found) == [person, twin]
    assert found[0][1].weight < found[1][1].weight
