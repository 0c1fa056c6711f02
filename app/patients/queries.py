"""Reads of patients: one record, lists of a centre, search. Identity is opened here and nowhere else."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from app.access.policy import Actor, Scope
from app.lib import db
from app.lib.keys import ring
from app.patients.codes import read_code
from app.patients.model import Patient, facts
from app.patients.names import asked, fold, matches

TOKEN = "patient.name"  # noqa: S105 - the kind of a look-up, not a secret
MOST_FOUND = 200
PAGE = 50
COLUMNS = """p.id, p.code, p.data_key, p.given_names, p.family_name, p.birth_name, p.birth_date, p.phone, p.sex,
p.created_at"""
STANDING = "p.removed_at IS NULL AND p.merged_into IS NULL"
FOLLOWED = """EXISTS (SELECT 1 FROM affiliation f WHERE f.patient = p.id AND f.organisation = $1
AND f.status = 'active' AND f.valid_to IS NULL)"""

SCOPE = f"""
SELECT ARRAY(SELECT f.organisation FROM affiliation f
             WHERE f.patient = p.id AND f.status = 'active' AND f.valid_to IS NULL) AS organisations
FROM patient p WHERE p.id = $1 AND {STANDING}
"""

PAGE_OF_LIST = f"""
SELECT {COLUMNS} FROM patient p WHERE {FOLLOWED} AND {STANDING} AND p.code > $2 ORDER BY p.code LIMIT $3
"""

BY_CODE = f"SELECT {COLUMNS} FROM patient p WHERE {FOLLOWED} AND {STANDING} AND p.code = $2"

BY_NAME = f"""
SELECT {COLUMNS} FROM patient p
JOIN (SELECT t.patient FROM patient_token t WHERE t.token = ANY($2)
      GROUP BY t.patient HAVING count(*) = cardinality($2)) found ON found.patient = p.id
WHERE {FOLLOWED} AND {STANDING} ORDER BY p.code LIMIT $3
"""


async def scope_of_patient(patient: UUID) -> Scope | None:
    """Which centres follow this patient now; None where there is no such record."""
    row = await db.fetch_row(SCOPE, patient)
    return None if row is None else Scope(patient, frozenset(row["organisations"]))


async def get_patient(patient: UUID) -> Patient:
    """One record; LookupError when there is none."""
    found = await find_patient(patient)
    if found is None:
        raise LookupError(f"no patient {patient}")
    return found


async def find_patient(patient: UUID) -> Patient | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM patient p WHERE p.id = $1", patient)
    return None if row is None else _patient(row)


async def patients_by_id(patients: Collection[UUID]) -> dict[UUID, Patient]:
    """These records, for a list whose rows were already found to be the reader's to see."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM patient p WHERE p.id = ANY($1)", list(patients))
    return {row["id"]: _patient(row) for row in rows}


def _patient(row: db.Row) -> Patient:
    person = row["id"]
    key = ring().open(row["data_key"], person)
    return Patient(
        person,
        row["code"],
        key.open(row["given_names"], person, "patient.given_names"),
        key.open(row["family_name"], person, "patient.family_name"),
        key.open_or_empty(row["birth_name"], person, "patient.birth_name"),
        _birth_date(row),
        row["sex"],
        key.open_or_empty(row["phone"], person, "patient.phone"),
        row["created_at"],
    )


def _birth_date(row: db.Row) -> date:
    key = ring().open(row["data_key"], row["id"])
    return date.fromisoformat(key.open(row["birth_date"], row["id"], "patient.birth_date"))


async def facts_of_patient(patient: UUID, day: date) -> dict[str, Any]:
    """What scoring may know of the person on that day: age, birth date, and sex where it is female or male."""
    row = await db.fetch_row("SELECT id, data_key, birth_date, sex FROM patient WHERE id = $1", patient)
    if row is None:
        raise LookupError(f"no patient {patient}")
    return facts(_birth_date(row), row["sex"], day)


async def organisations_of_patient(patient: UUID) -> list[UUID]:
    """The centres that follow this patient now."""
    rows = await db.fetch(
        "SELECT organisation FROM affiliation WHERE patient = $1 AND status = 'active' AND valid_to IS NULL"
        " ORDER BY valid_from, id",
        patient,
    )
    return [row["organisation"] for row in rows]


async def list_patients(by: Actor, *, after: str = "", limit: int = PAGE) -> list[Patient]:
    """A page of those the actor's centre follows, by code; `after` is the last code of the page before."""
    return [_patient(row) for row in await db.fetch(PAGE_OF_LIST, by.organisation, after, limit)]


async def search_patients(by: Actor, text: str) -> list[Patient]:
    """Those of the actor's centre with this code, or whose names begin with these words; in name order.

    At most MOST_FOUND: whoever gets as many should type more.
    """
    code = read_code(text)
    if code is not None:
        found = [_patient(row) for row in await db.fetch(BY_CODE, by.organisation, code)]
        if found:
            return found
    beginnings = set(asked(text))
    if not beginnings:
        return []
    tokens = [name_token(word) for word in beginnings]
    rows = await db.fetch(BY_NAME, by.organisation, tokens, MOST_FOUND)
    people = [one for one in map(_patient, rows) if matches(text, _names(one))]
    return sorted(people, key=lambda one: (fold(one.family_name), fold(one.given_names), one.code))


def _names(patient: Patient) -> tuple[str, str, str]:
    return patient.given_names, patient.family_name, patient.birth_name


def name_token(prefix: str) -> bytes:
    """By what a folded beginning of a name is found without being readable."""
    return ring().lookup(TOKEN, prefix)


async def is_code_taken(code: str) -> bool:
    taken: bool = await db.fetch_value("SELECT EXISTS (SELECT 1 FROM patient WHERE code = $1)", code)
    return taken
