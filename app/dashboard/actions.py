"""Writing down who looked at the day. The dashboard changes nothing else."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.db import transaction


async def note_day(by: Actor, alarming: Collection[UUID], listed: int, *, at: datetime) -> None:
    """Somebody of a team opened the day: how many patients it listed, and those whose alerts gave away their answers.

    The lists are one event; an alert is read like a record, patient by patient.
    """
    async with transaction():
        await audit.record(
            audit.Action.TODAY_READ, by=by.id, at=at, subject=by.id, organisation=by.organisation, listed=listed
        )
        for patient in sorted(alarming):
            await audit.record(
                audit.Action.PATIENT_READ,
                by=by.id,
                at=at,
                subject=patient,
                patient=patient,
                organisation=by.organisation,
                page="today",
            )
