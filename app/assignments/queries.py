"""Reading assignments."""

from collections.abc import Iterable
from uuid import UUID

from app.access.policy import Scope
from app.assignments.model import Assignment, State
from app.lib import db

COLUMNS = """id, patient, questionnaire, answered_by, organisation, opens_on, due_on, state, response, created_at"""


SCOPE = """
SELECT s.patient, s.answered_by,
       ARRAY(SELECT a.organisation FROM affiliation a
             WHERE a.patient = s.patient AND a.status = 'active' AND a.valid_to IS NULL) AS organisations
FROM assignment s JOIN patient p ON p.id = s.patient AND p.removed_at IS NULL AND p.merged_into IS NULL
WHERE s.id = $1
"""


async def scope_of_assignment(assignment: UUID) -> Scope | None:
    row = await db.fetch_row(SCOPE, assignment)
    return None if row is None else Scope(row["patient"], frozenset(row["organisations"]), row["answered_by"])


def _assignment(row: db.Row) -> Assignment:
    return Assignment(**{**dict(row), "state": State(row["state"])})


async def find_assignment(assignment: UUID) -> Assignment | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM assignment WHERE id = $1", assignment)
    return None if row is None else _assignment(row)


async def lock_assignment(assignment: UUID) -> Assignment | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM assignment WHERE id = $1 FOR UPDATE", assignment)
    return None if row is None else _assignment(row)


async def list_of_patient(patient: UUID) -> list[Assignment]:
    """All assignments of one patient, the nearest due date first, those without one last."""
    return await list_of_patients([patient])


async def list_of_patients(patients: Iterable[UUID]) -> list[Assignment]:
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM assignment WHERE patient = ANY($1) ORDER BY due_on NULLS LAST, created_at, id",
        list(patients),
    )
    return [_assignment(row) for row in rows]


async def list_of_response(response: UUID) -> list[Assignment]:
    """The assignments that this response answers."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM assignment WHERE response = $1 ORDER BY created_at", response)
    return [_assignment(row) for row in rows]
