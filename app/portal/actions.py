"""Writing down who looked at what. The portal changes nothing else."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.db import transaction


async def note_reading(by: Actor, response: UUID, patient: UUID, *, at: datetime) -> None:
    """Somebody of a team has opened a patient's answers."""
    async with transaction():
        await audit.record(
            audit.Action.RESPONSE_READ,
            by=by.id,
            at=at,
            subject=response,
            patient=patient,
            organisation=by.organisation,
        )
