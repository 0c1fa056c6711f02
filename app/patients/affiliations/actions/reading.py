"""Noting who read what is asked of their centre."""

from datetime import datetime

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib.db import transaction


async def note_requests(by: Actor, listed: int, *, at: datetime) -> None:
    """Somebody read the list of requests; how many people stood in it."""
    async with transaction():
        await audit.record(
            audit.Action.REQUESTS_READ, by=by.id, at=at, subject=by.id, organisation=by.organisation, listed=listed
        )
