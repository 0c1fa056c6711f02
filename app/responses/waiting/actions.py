"""Leaving sent answers unscored while their owner keeps the record closed, and scoring them once it is open again."""

from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib import jobs
from app.lib.db import transaction
from app.responses import queries

SCORE = jobs.Job("responses:score", queue="scoring")


async def note_kept_from(response: UUID, patient: UUID, *, at: datetime) -> None:
    """Nothing is computed about somebody who closed their record. That is said, and not failed silently."""
    async with transaction():
        await audit.record(
            audit.Action.CONSENT_KEPT_FROM, by=audit.WORKER, at=at, subject=response, patient=patient, use="scores"
        )


async def score_waiting(patient: UUID, *, at: datetime) -> None:
    """Have everything scored that was sent while the record was closed, now that it is open again."""
    async with transaction():
        waiting = await queries.list_unscored(patient)
        for response in waiting:
            await jobs.defer(SCORE, lock=f"response:{response}", response_id=str(response))
        await audit.record(
            audit.Action.RESPONSE_SCORED, by=audit.WORKER, at=at, subject=patient, patient=patient, waiting=len(waiting)
        )
