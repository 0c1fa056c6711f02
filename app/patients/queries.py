"""Reading patients: rows come in sealed, people go out."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor, Scope
from app.lib import db
from app.lib.keys import ring
from app.patients.codes import code_in
from app.patients.model import Patient, facts
from app.patients.names import answers_to, looked_up

COLUMNS = """p.id, p.code, p.data_key, p.given_names, p.family_name, p.birth_name, p.birth_date, p.sex,
p.phone, p.created_at"""
PRESENT = "p.removed_at IS NULL AND p.merged_into IS NULL"
FOLLOWED = f"""
SELECT {COLUMNS} FROM patient p
WHERE {PRESENT} AND EXISTS (SELECT FROM followed f WHERE f.patient = p.id AND f.organisation = $1)
"""
# From the tokens to the people, so that a search costs what it finds and not how many the centre follows.
SEARCH = f"""{FOLLOWED} AND (p.code = $2 OR p.id IN (
    SELECT m.root FROM patient_token t JOIN patient m ON m.id = t.patient WHERE t.token = ANY($3)
    GROUP BY m.root, t.patient HAVING count(*) = cardinality($3::bytea[])))
LIMIT $4
"""
SCOPE = "SELECT organisations, withheld FROM patient_scope WHERE patient = $1 AND root = $1"
ACTIVE = """
UPDATE affiliation a SET active_at = greatest(a.active_at, $2)
FROM patient m JOIN patient o ON o.root = m.root
WHERE m.id = $1 AND a.patient = o.id AND a.status = 'active' AND a.valid_to IS NULL
"""
MOST_FOUND = 200


def token_of(beginning: str) -> bytes:
    """The keyed hash under which a beginning of a name is kept."""
    return ring().lookup("patient.name", beginning)


def _patient(row: db.Row) -> Patient:
    key, patient = ring().open(row["data_key"], row["id"]), row["id"]
    return Patient(
        patient,
        row["code"],
        key.open(row["given_names"], patient, "patient.given_names"),
        key.open(row["family_name"], patient, "patient.family_name"),
        key.open_or_empty(row["birth_name"], patient, "patient.birth_name"),
        date.fromisoformat(key.open(row["birth_date"], patient, "patient.birth_date")),
        row["sex"],
        key.open_or_empty(row["phone"], patient, "patient.phone"),
        row["created_at"],
    )


async def scope_of_patient(patient: UUID) -> Scope | None:
    row = await db.fetch_row(SCOPE, patient)
    if row is None:
        return None
    return Scope(patient, frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


async def ids_of(patient: UUID) -> list[UUID]:
    """Every id under which something of this person was written: the record's own, and those merged into it."""
    return [row["id"] for row in await db.fetch("SELECT id FROM patient WHERE root = $1", patient)]


async def find_patient(patient: UUID) -> Patient | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM patient p WHERE p.id = $1 AND {PRESENT}", patient)
    return None if row is None else _patient(row)


async def get_patient(patient: UUID) -> Patient:
    found = await find_patient(patient)
    if found is None:
        raise LookupError(f"no patient {patient}")
    return found


async def patients_by_id(patients: Collection[UUID]) -> dict[UUID, Patient]:
    """These patients, names opened; for lists whose ids were already found for the actor."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM patient p WHERE p.id = ANY($1) AND {PRESENT}", list(patients))
    return {row["id"]: _patient(row) for row in rows}


async def list_patients(by: Actor, *, after: str = "", limit: int = 25) -> list[Patient]:
    """The patients that the actor's centre follows, by code, after that code."""
    rows = await db.fetch(f"{FOLLOWED} AND p.code > $2 ORDER BY p.code LIMIT $3", by.organisation, after, limit)
    return [_patient(row) for row in rows]


async def list_found(by: Actor, query: str) -> list[Patient]:
    """Patients of the actor's centre with this code or these beginnings of names, in the order of names.

    At most MOST_FOUND + 1, so that the reader can be told that there are more.
    """
    code, tokens = code_in(query), [token_of(beginning) for beginning in looked_up(query)]
    rows = await db.fetch(SEARCH, by.organisation, code, tokens, MOST_FOUND + 1)
    found = [_patient(row) for row in rows]
    right = [
        one for one in found if one.code == code or answers_to(query, one.given_names, one.family_name, one.birth_name)
    ]
    return sorted(right, key=lambda one: (one.list_name.casefold(), one.code))


async def organisations_of_patient(patient: UUID) -> frozenset[UUID]:
    """The centres that follow the patient now."""
    scope = await scope_of_patient(patient)
    return scope.organisations if scope else frozenset()


async def facts_of_patient(patient: UUID, day: date) -> dict[str, int | str | date | None]:
    """What conditions and scores may know of the person on a day: `age`, `sex`, `birth_date`."""
    row = await db.fetch_row("SELECT data_key, birth_date, sex FROM patient WHERE id = $1", patient)
    if row is None:
        raise LookupError(f"no patient {patient}")
    key = ring().open(row["data_key"], patient)
    return facts(date.fromisoformat(key.open(row["birth_date"], patient, "patient.birth_date")), row["sex"], day)


async def note_activity(patient: UUID, at: datetime) -> None:
    """The person was active at that moment: lists of the centres that follow them say so. Part of what they did."""
    await db.execute(ACTIVE, patient, at)
