"""Noting what administrators read. Each action is one transaction; nothing else is written here."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.db import transaction


async def note_reading(by: Actor, subject: UUID, page: str, *, at: datetime) -> None:
    """An administrator opened what is known of an account."""
    async with transaction():
        await audit.record(
            audit.Action.ADMINISTRATION_READ,
            by=by.id,
            at=at,
            subject=subject,
            organisation=by.organisation,
            page=page,
        )


async def note_coded_reading(by: Actor, shown: int, organisation: UUID | None, *, at: datetime) -> None:
    """Somebody who looks after the network listed patients by code. How many is kept, and of which centre."""
    async with transaction():
        await audit.record(
            audit.Action.CODED_PATIENTS_READ, by=by.id, at=at, subject=by.id, organisation=organisation, shown=shown
        )
