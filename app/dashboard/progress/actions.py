"""Writing down who read how a trial goes, or took it away as a file. Changes nothing else."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.db import transaction


async def note_progress(by: Actor, trial: UUID, key: str, page: str, listed: int, *, at: datetime) -> None:
    """Somebody of a team opened a page of a trial's progress that lists so many participants."""
    async with transaction():
        await audit.record(
            audit.Action.PROGRESS_READ,
            by=by.id,
            at=at,
            subject=trial,
            organisation=by.organisation,
            trial=key,
            page=page,
            listed=listed,
        )


async def note_export(by: Actor, trial: UUID, key: str, show: str, *, at: datetime) -> None:
    """Somebody of a team takes the list of participants away as a file."""
    async with transaction():
        await audit.record(
            audit.Action.PROGRESS_EXPORTED,
            by=by.id,
            at=at,
            subject=trial,
            organisation=by.organisation,
            trial=key,
            form=show,
        )
