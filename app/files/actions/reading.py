"""Noting who opened a document. What it holds is read by queries."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction

# A reading is noted on its own: nothing else hangs on it, so it need not wait for the disk.
NO_WAIT = "SET LOCAL synchronous_commit = off"


async def note_reading(by: Actor, file: UUID, patient: UUID, page: str, *, at: datetime) -> None:
    """Somebody was shown a document (`document`) or took it along (`document_download`)."""
    async with transaction():
        await db.execute(NO_WAIT)
        await audit.record(
            audit.Action.DOCUMENT_READ,
            by=by.id,
            at=at,
            subject=file,
            patient=patient,
            organisation=by.organisation,
            page=page,
        )
