"""Asking somebody to answer, and taking it back. Opening and sending are the responses' business."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor
from app.assignments import queries
from app.assignments.model import State
from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """`organisation` is the centre that asks; `due_on` may be open."""

    patient: UUID
    questionnaire: str
    answered_by: str
    organisation: UUID
    opens_on: date
    due_on: date | None = None


INSERT = """
INSERT INTO assignment (id, patient, questionnaire, answered_by, origin_kind, origin_id, organisation, opens_on, due_on,
                        state, created_at)
VALUES ($1, $2, $3, $4, 'by_hand', $5, $6, $7, $8, 'to_do', $9)
"""


async def assign_questionnaire(by: Actor, new: NewAssignment, *, at: datetime) -> UUID:
    """Ask for a questionnaire; the id of the assignment."""
    async with transaction():
        assignment = new_id()
        await db.execute(
            INSERT,
            assignment,
            new.patient,
            new.questionnaire,
            new.answered_by,
            by.id,
            new.organisation,
            new.opens_on,
            new.due_on,
            at,
        )
        await audit.record(
            audit.Action.ASSIGNMENT_CREATED,
            by=by.id,
            at=at,
            subject=assignment,
            patient=new.patient,
            organisation=by.organisation,
            questionnaire=new.questionnaire,
        )
        return assignment


async def cancel_assignment(by: Actor, assignment: UUID, *, at: datetime) -> None:
    """Take back what was asked; Refused once it has been opened, because answers may stand there.

    What a visit asks is asked until the visit is over: `assignment.of_visit`.
    """
    async with transaction():
        found = await queries.lock_assignment(assignment)
        if found is not None and found.origin_kind == "visit":
            raise Refused("assignment.of_visit")
        if found is None or found.state is not State.TO_DO:
            raise Refused("assignment.opened")
        await db.execute("UPDATE assignment SET state = 'cancelled', closed_at = $2 WHERE id = $1", assignment, at)
        await audit.record(
            audit.Action.ASSIGNMENT_CANCELLED,
            by=by.id,
            at=at,
            subject=assignment,
            patient=found.patient,
            organisation=by.organisation,
        )
