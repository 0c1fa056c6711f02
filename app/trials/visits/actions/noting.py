"""Notes of the team about a visit: written, and taken out of sight; never changed."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction
from app.lib.errors import Refused
from app.trials.visits.model import LONGEST_NOTE
from app.trials.visits.queries import hold, key_of, under_which

WRITE = """
INSERT INTO visit_note (id, patient, visit, text, written_by, written_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING
"""
REMOVE = """
UPDATE visit_note SET removed_at = $3, removed_by = $4, removed_reason = $5
WHERE id = $1 AND visit = $2 AND removed_at IS NULL
"""


async def write_note(by: Actor, visit: UUID, note: UUID, text: str, *, at: datetime) -> None:
    """Add a note under this id; sent twice, it stands there once. Refused: `visit.note` where it says nothing."""
    async with transaction():
        found, _enrolment = await hold(visit)
        if not text.strip():
            raise Refused("visit.note")
        under = await under_which(found.enrolment)
        sealed = (await key_of(under)).seal(text.strip()[:LONGEST_NOTE], note, "visit_note.text")
        await db.execute(WRITE, note, under, visit, sealed, by.id, at)
        await audit.record(
            audit.Action.VISIT_CHANGED,
            by=by.id,
            at=at,
            subject=visit,
            patient=found.patient,
            organisation=found.organisation,
            visit=found.name,
            note="added",
        )


async def remove_note(by: Actor, visit: UUID, note: UUID, reason: str, *, at: datetime) -> None:
    """Take a note out of sight; it stays in the database, with the reason. Refused: `visit.reason` without one."""
    async with transaction():
        found, _enrolment = await hold(visit)
        if not reason.strip():
            raise Refused("visit.reason")
        under = await under_which(found.enrolment)
        sealed = (await key_of(under)).seal(reason.strip()[:LONGEST_NOTE], note, "visit_note.removed_reason")
        await db.execute(REMOVE, note, visit, at, by.id, sealed)
        await audit.record(
            audit.Action.VISIT_CHANGED,
            by=by.id,
            at=at,
            subject=visit,
            patient=found.patient,
            organisation=found.organisation,
            visit=found.name,
            note="removed",
        )
