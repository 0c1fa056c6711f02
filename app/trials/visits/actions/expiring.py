"""Asking no longer for what a visit asked, once its window is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.assignments.model import State
from app.assignments.queries import visits_waiting_past
from app.assignments.visiting.actions import close_waiting
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.i18n import ZONE
from app.trials.visits.queries import visits_by_id

AT_ONCE = 500


async def expire_over(*, at: datetime, after: UUID | None = None, limit: int = AT_ONCE) -> UUID | None:
    """What nobody has begun of visits whose window is over is asked no longer; where to go on, None at the end.

    A visit that the team is holding at the centre stays as it is until they complete it. What was begun stays open to
    whoever began it. Opening the visit late asks anew.
    """
    async with transaction():
        today = day_in(ZONE, at)
        waiting = await visits_waiting_past(today, after, limit)
        over = [one.id for one in await visits_by_id(waiting) if one.is_over(today)]
        closed = await close_waiting(audit.WORKER, over, State.EXPIRED, at=at)
        if closed:
            await audit.record(
                audit.Action.VISITS_PREPARED, by=audit.WORKER, at=at, subject=audit.WORKER, expired=closed
            )
        return _following(waiting, limit)


def _following(waiting: Sequence[UUID], limit: int) -> UUID | None:
    return waiting[-1] if len(waiting) == limit else None
