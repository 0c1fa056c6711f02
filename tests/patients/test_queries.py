"""Patients in the database: sealed, found by their own centre alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from app.access.policy import Scope
from app.lib import db as database
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients import actions, queries
from app.patients.dates import PartialDate
from app.patients.model import NewPatient
from tests.people import Cast

pytestmark = pytest.mark.usefixtures("db")
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NADIA = NewPatient(
    given_names="Nadia",
    family_name="Benali",
    birth_name="Hadj",
    birth_date=date(1984, 3, 14),
    sex="female",
    phone="06 00 00 00 00",
)


async def nadia(people: Cast) -> UUID:
    return await actions.create_patient(people["ines"].actor, NADIA, at=AT)


async def test_what_was_entered_is_read_back(people: Cast) -> None:
    patient = await queries.get_patient(await nadia(people))
    told = (patient.full_name, patient.list_name, patient.birth_name, patient.birth_date, patient.phone)
    assert told == ("Nadia Benali", "BENALI Nadia", "Hadj", PartialDate(1984, 3, 14), "06 00 00 00 00")


async def test_a_record_needs_a_centre_and_one_of_the_sexes_offered(people: Cast) -> None:
    ines = people["ines"].actor
    refused = []
    for by, new in ((replace(ines, organisation=None), NADIA), (ines, replace(NADIA, sex="f"))):
        with pytest.raises(Refused) as no:
            await actions.create_patient(by, new, at=AT)
        refused.append(no.value.code)
    assert refused == ["patient.no_centre", "patient.sex_unknown"]
    assert await database.fetch_value("SELECT count(*) FROM patient") == 3


async def test_nothing_that_identifies_lies_open(people: Cast) -> None:
    patient = await nadia(people)
    row = await database.fetch_row("SELECT * FROM patient WHERE id = $1", patient)
    tokens = await database.fetch("SELECT token FROM patient_token WHERE patient = $1", patient)
    assert row is not None
    kept = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for value in [*row.values(), *(token["token"] for token in tokens)]
    ).lower()
    open_words = [word for word in (b"nadia", b"benali", b"hadj", b"1984", b"00 00") if word in kept]
    assert open_words == []


async def test_a_sealed_name_moved_to_another_column_does_not_open(people: Cast) -> None:
    patient = await nadia(people)
    await database.execute("UPDATE patient SET family_name = given_names WHERE id = $1", patient)
    with pytest.raises(InvalidTag):
        await queries.get_patient(patient)


@pytest.mark.parametrize("query", ["ben", "BENALI", "nad ben", "hadj", "  Nadia  "])
async def test_the_own_centre_finds_by_name(people: Cast, query: str) -> None:
    patient = await nadia(people)
    assert [one.id for one in await queries.list_found(people["ines"].actor, query)] == [patient]


async def test_the_own_centre_finds_by_code(people: Cast) -> None:
    patient = await queries.get_patient(await nadia(people))
    typed = patient.code.replace("-", "").lower()
    assert [one.id for one in await queries.list_found(people["ines"].actor, typed)] == [patient.id]


@pytest.mark.parametrize(
    "query",
    [
        "nobody",
        "enali",
        "nadia lambert",
        "",
        "  ",
        "%",
        "'; --",
        f"nadia benali {'x' * 90} a b c d e f g h i j k l m n",
    ],
)
async def test_nothing_else_finds(people: Cast, query: str) -> None:
    await nadia(people)
    assert await queries.list_found(people["ines"].actor, query) == []


@pytest.mark.capability("A8")
async def test_another_centre_finds_nobody(people: Cast) -> None:
    patient = await queries.get_patient(await nadia(people))
    found = [await queries.list_found(people["zoe"].actor, asked) for asked in ("benali", patient.code)]
    assert found == [[], []]


async def test_a_list_holds_the_patients_of_the_centre_by_code(people: Cast) -> None:
    own = {people.paul_patient, people.lea_patient, await nadia(people)}
    listed = await queries.list_patients(people["ines"].actor)
    assert [one.code for one in listed] == sorted(one.code for one in listed)
    assert {one.id for one in listed} == own
    after = await queries.list_patients(people["ines"].actor, after=listed[0].code)
    assert [one.id for one in after] == [one.id for one in listed[1:]]


async def test_who_may_see_is_who_follows_now(people: Cast) -> None:
    patient = await nadia(people)
    withheld = frozenset({"genetics", "research"})  # nobody has been asked for these yet
    assert await queries.scope_of_patient(patient) == Scope(patient, frozenset({people.lyon}), withheld=withheld)
    await database.execute("UPDATE affiliation SET valid_to = '2026-04-01' WHERE patient = $1", patient)
    assert await queries.scope_of_patient(patient) == Scope(patient, frozenset(), withheld=withheld)
    assert await queries.scope_of_patient(new_id()) is None


async def test_a_removed_record_is_out_of_sight(people: Cast) -> None:
    patient = await nadia(people)
    await database.execute("UPDATE patient SET removed_at = $2 WHERE id = $1", patient, AT)
    assert await queries.scope_of_patient(patient) is None
    assert await queries.list_found(people["ines"].actor, "benali") == []
    with pytest.raises(LookupError):
        await queries.get_patient(patient)


async def test_facts_for_scoring_are_of_the_day(people: Cast) -> None:
    patient = await nadia(people)
    days = (date(2026, 3, 13), date(2026, 3, 14))
    assert [(await queries.facts_of_patient(patient, day))["age"] for day in days] == [41, 42]


async def test_readings_and_searches_leave_an_event_without_words(people: Cast) -> None:
    patient = await nadia(people)
    await actions.note_reading(people["ines"].actor, patient, "summary", at=AT)
    await actions.note_search(people["ines"].actor, 1, at=AT)
    events = await database.fetch(
        "SELECT action, subject, details FROM audit_event WHERE actor = $1 AND at = $2 ORDER BY id",
        people["ines"].account,
        AT,
    )
    assert [tuple(event) for event in events] == [
        ("patient.created", patient, "{}"),
        ("patient.read", patient, '{"page": "summary"}'),
        ("patients.searched", people["ines"].account, '{"found": 1}'),
    ]


@pytest.mark.capability("T7")
async def test_a_code_of_the_former_network_finds_its_record_in_its_centre_alone(people: Cast) -> None:
    patient = await nadia(people)
    digits = "0102000123"
    await database.execute(
        "INSERT INTO patient_identifier (id, patient, system, value, value_hash, added_by, added_at)"
        " VALUES ($1, $2, 'legacy', 'sealed', $3, $4, $5)",
        new_id(),
        patient,
        queries.identifier_hash("legacy", digits),
        people["ines"].account,
        AT,
    )
    found = [[one.id for one in await queries.list_found(people[who].actor, "01 02 000123")] for who in ("ines", "zoe")]
    assert found == [[patient], []]


@pytest.mark.parametrize("query", ["14/03/1984", "14 mars 1984", "1984", "benali 03/1984", "1984-03-14 nadia"])
async def test_the_own_centre_finds_by_birth_date(people: Cast, query: str) -> None:
    patient = await nadia(people)
    assert [one.id for one in await queries.list_found(people["ines"].actor, query)] == [patient]
    assert await queries.list_found(people["zoe"].actor, query) == []


async def test_a_birth_date_known_in_part_is_kept_found_and_no_age_is_made_of_it(people: Cast) -> None:
    new = replace(NADIA, birth_date=PartialDate(1984, 3))
    patient = await actions.create_patient(people["ines"].actor, new, at=AT)
    assert (await queries.get_patient(patient)).birth_date == PartialDate(1984, 3)
    ines = people["ines"].actor
    found = [await queries.list_found(ines, asked) for asked in ("mars 1984", "benali 1984", "14/03/1984")]
    assert [[one.id for one in part] for part in found] == [[patient], [patient], []]
    known = [await queries.facts_of_patient(patient, date(2026, month, 1)) for month in (3, 4)]
    assert [(one["age"], one["birth_date"]) for one in known] == [(None, None), (42, None)]


async def test_a_code_that_is_taken_is_drawn_again(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [5, 5, 5, 6]
    monkeypatch.setattr(actions, "randbelow", lambda _: numbers.pop(0))
    codes = [(await queries.get_patient(await nadia(people))).code for _ in range(2)]
    assert (codes[0] != codes[1], numbers) == (True, [])
