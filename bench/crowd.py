"""A centre that follows very many people: made in bulk, sealed as the product seals, with something awaited of some."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

COPIED_AT_ONCE = 5_000
GIVEN = "Paul Léa Yann Nadia Karim Emma Zoé Hugo Louis Jade Gabriel Alice Raphaël Rose Arthur Anna Adam Lina Jules Mia"
STARTS = (
    "Ma Le Du Ber Lam Ro Pe Gar Mo Fon Che Gi Bo Car Del Fer Hen Jo Ler Mas Noi Oli Poi Ren Sau Tho Val Wei Col Bar"
)
MIDDLES = "r l n t v ss rd mb nt ch ll rr c d g"
ENDS = "ard et in on eau ier ot ac elle ais oux ent ille aud ain ez"
PATIENT = (
    "id", "root", "code", "data_key", "given_names", "family_name", "birth_date", "sex", "created_at",
)  # fmt: skip
TOKEN = ("id", "patient", "token")
AFFILIATION = ("id", "patient", "organisation", "status", "valid_from", "active_at", "practitioner")
ASSIGNMENT = (
    "id", "patient", "questionnaire", "answered_by", "organisation", "origin_kind", "origin_id", "opens_on",
    "due_on", "state", "created_at",
)  # fmt: skip


def families() -> list[str]:
    """7,200 family names that are spelt like French ones."""
    return [a + b + c for a in STARTS.split() for b in MIDDLES.split() for c in ENDS.split()]


async def grow(centre: UUID, doctor: UUID, begin: int, end: int) -> None:
    """People number `begin` to `end`; every fifth has something awaited, every tenth is followed by the doctor."""
    from app.lib import db

    people = _people(centre, doctor, begin, end)
    while batch := list(islice(people, COPIED_AT_ONCE)):
        async with db.transaction(), db.connection() as link:
            for table, columns, rows in (
                ("patient", PATIENT, [one[0] for one in batch]),
                ("patient_token", TOKEN, [token for one in batch for token in one[1]]),
                ("affiliation", AFFILIATION, [one[2] for one in batch]),
                ("assignment", ASSIGNMENT, [one[3] for one in batch if one[3]]),
            ):
                await link.copy_records_to_table(table, records=rows, columns=columns)


def _people(centre: UUID, doctor: UUID, begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    from app.lib import clock
    from app.lib.ids import new_id
    from app.lib.keys import ring
    from app.patients.queries import tokens_of

    now, given, family = clock.now(), GIVEN.split(), families()
    for number in range(begin, end):
        chance, patient = Random(number), new_id()  # noqa: S311 - the same crowd each time
        names = chance.choice(given), chance.choice(family)
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
        wrapped = ring().new_key(patient)
        key = ring().open(wrapped, patient)
        sealed = [
            key.seal(text, patient, f"patient.{column}")
            for column, text in zip(PATIENT[4:7], (*names, born.isoformat()), strict=True)
        ]
        at = now - timedelta(minutes=chance.randrange(600_000))
        yield (
            (
                patient,
                patient,
                _code(number),
                wrapped,
                *sealed,
                chance.choice(("female", "male")),
                at,
            ),
            [(new_id(), patient, token) for token in tokens_of(_known(*names, born))],
            (new_id(), patient, centre, "active", at.date(), at, doctor if number % 10 == 0 else None),
            _awaited(patient, centre, doctor, now, chance) if number % 5 == 0 else None,
        )


def _code(number: int) -> str:
    """As the product writes them, each once."""
    from app.patients.coding.generators import new_code
    from app.settings import PatientCodes

    return new_code(PatientCodes.OPAQUE, lambda most: number * 104_729 % most)


def _known(given: str, family: str, born: date) -> Any:
    from app.patients.model import NewPatient

    return NewPatient(given_names=given, family_name=family, birth_date=born, sex="unknown")


def _awaited(patient: UUID, centre: UUID, doctor: UUID, now: datetime, chance: Random) -> tuple[Any, ...]:
    from app.lib.ids import new_id

    due = now.date() + timedelta(days=chance.randrange(-30, 60))
    opens = due - timedelta(days=7)
    return (new_id(), patient, "phq9", "patient", centre, "by_hand", doctor, opens, due, "to_do", now)
