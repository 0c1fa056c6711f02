"""Reading assignments."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.access.policy import Scope
from app.assignments.model import Assignment, State
from app.lib import db
from app.patients.queries import ids_of

# Under which record it was written: what is written with it must stand there too. To read, whose it is now.
OWN = """id, patient, questionnaire, answered_by, organisation, opens_on, due_on, state, response, created_at,
origin_kind, origin_id, position, required, version, reuse_days"""
COLUMNS = (
    OWN.replace("patient", "(SELECT p.root FROM patient p WHERE p.id = patient) AS patient") + ", patient AS written"
)


SCOPE = """
SELECT p.root, s.answered_by, p.withheld, seen_by(p.organisations, p.withheld, s.organisation) AS organisations,
       s.origin_kind, s.origin_id
FROM assignment s JOIN patient_scope p ON p.patient = s.patient
WHERE s.id = $1
"""


async def scope_of_assignment(assignment: UUID) -> Scope | None:
    row = await db.fetch_row(SCOPE, assignment)
    if row is None:
        return None
    withheld = frozenset(row["withheld"])
    visits = frozenset({row["origin_id"]}) if row["origin_kind"] == "visit" else frozenset[UUID]()
    organisations = frozenset(row["organisations"])
    return Scope(row["root"], organisations, row["answered_by"], withheld=withheld, visits=visits)


def _assignment(row: db.Row) -> Assignment:
    return Assignment(**{**dict(row), "state": State(row["state"])})


async def find_assignment(assignment: UUID) -> Assignment | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM assignment WHERE id = $1", assignment)
    return None if row is None else _assignment(row)


async def lock_assignment(assignment: UUID) -> Assignment | None:
    """The same, held; `patient` is the record under which it was written, for what is written with it."""
    row = await db.fetch_row(f"SELECT {OWN} FROM assignment WHERE id = $1 FOR UPDATE", assignment)
    return None if row is None else _assignment(row)


ALIKE = """
SELECT id FROM assignment
WHERE patient = ANY($1) AND questionnaire = $2 AND answered_by = $3 AND state = 'to_do'
ORDER BY id FOR UPDATE
"""


async def lock_to_open(assignment: Assignment) -> Assignment | None:
    """One, and with it all of the same person that wait for the same answers: what opens one may answer the others.

    Always in one order, so that two who open two of them at once wait for each other, and not in a circle.
    """
    await db.fetch(ALIKE, await ids_of(assignment.patient), assignment.questionnaire, assignment.answered_by)
    return await lock_assignment(assignment.id)


WAITING_PAST = """
SELECT DISTINCT a.origin_id FROM assignment a
WHERE a.state IN ('to_do', 'in_progress') AND a.due_on < $1 AND a.state = 'to_do' AND a.origin_kind = 'visit'
  AND ($2::uuid IS NULL OR a.origin_id > $2)
ORDER BY a.origin_id LIMIT $3
"""


async def visits_waiting_past(day: date, after: UUID | None, limit: int) -> list[UUID]:
    """The visits that still wait for something that was due before this day, in the order of their ids."""
    return [row["origin_id"] for row in await db.fetch(WAITING_PAST, day, after, limit)]


async def list_of_patient(patient: UUID) -> list[Assignment]:
    """All assignments of one patient, the nearest due date first, those without one last."""
    return await list_of_patients(await ids_of(patient))


async def list_of_patients(patients: Iterable[UUID]) -> list[Assignment]:
    """Assignments written under any of these ids."""
    rows = await db.fetch(
        f"""SELECT {COLUMNS} FROM assignment WHERE patient = ANY($1)
            ORDER BY due_on NULLS LAST, created_at, position, id""",
        list(patients),
    )
    return [_assignment(row) for row in rows]


async def list_of_visits(visits: Iterable[UUID]) -> list[Assignment]:
    """The assignments of these visits that were not taken back, in the order in which they are asked."""
    rows = await db.fetch(
        f"""SELECT {COLUMNS} FROM assignment
            WHERE origin_kind = 'visit' AND origin_id = ANY($1) AND state <> 'cancelled'
            ORDER BY origin_id, position, id""",
        list(visits),
    )
    return [_assignment(row) for row in rows]


async def list_of_response(response: UUID) -> list[Assignment]:
    """The assignments that this response answers."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM assignment WHERE response = $1 ORDER BY created_at", response)
    return [_assignment(row) for row in rows]
