"""Patients as those see them who look after the network: a code, and nothing that names a person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.policy import Scope
from app.administration.ages import band_of
from app.lib import db
from app.lib.keys import ring
from app.patients.dates import PartialDate, ages_on

PRESENT = "p.removed_at IS NULL AND p.merged_into IS NULL"
# Of what is sealed only the birth date is opened, and leaves this module as a band of ages.
LIST = f"""
SELECT p.id, p.code, p.data_key, p.birth_date, p.sex,
       ARRAY(SELECT o.name FROM patient_scope s JOIN organisation o ON o.id = ANY (s.organisations)
             WHERE s.patient = p.id ORDER BY o.name) AS centres,
       (SELECT count(*) FROM patient m JOIN response r ON r.patient = m.id AND r.submitted_at IS NOT NULL
        WHERE m.root = p.id) AS responses
FROM patient p
WHERE {PRESENT} AND p.code > $2
  AND ($1::uuid IS NULL OR EXISTS (SELECT FROM following f WHERE f.patient = p.id AND f.organisation = $1))
ORDER BY p.code LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Coded:
    """One patient, by code. `youngest` and `oldest` bound the age; the last band has no end."""

    id: UUID
    code: str
    sex: str
    youngest: int
    oldest: int | None
    centres: tuple[str, ...]
    responses: int


async def list_coded(centre: UUID | None, day: date, *, after: str, most: int) -> list[Coded]:
    """The patients of a centre, or of all, by code, after that code."""
    return [_coded(row, day) for row in await db.fetch(LIST, centre, after, most)]


def _coded(row: db.Row, day: date) -> Coded:
    key, patient = ring().open(row["data_key"], row["id"]), row["id"]
    born = PartialDate.of(key.open(row["birth_date"], patient, "patient.birth_date"))
    return Coded(
        patient, row["code"], row["sex"], *band_of(ages_on(born, day)[0]), tuple(row["centres"]), row["responses"]
    )


async def scope_of_coded(patient: UUID) -> Scope | None:
    """A patient as a code: of no centre, so that those alone see it who look after the whole network."""
    there = await db.fetch_value(f"SELECT EXISTS (SELECT FROM patient p WHERE p.id = $1 AND {PRESENT})", patient)
    return Scope(None) if there else None


async def centres_of_patient(patient: UUID) -> list[str]:
    """The names of the centres that follow a patient."""
    rows = await db.fetch(
        "SELECT o.name FROM patient_scope s JOIN organisation o ON o.id = ANY (s.organisations)"
        " WHERE s.patient = $1 ORDER BY o.name",
        patient,
    )
    return [row["name"] for row in rows]


async def code_of(patient: UUID) -> str:
    code: str = await db.fetch_value("SELECT code FROM patient WHERE id = $1", patient)
    return code
