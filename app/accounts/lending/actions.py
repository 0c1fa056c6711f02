"""Lending a session to whoever holds its screen, and taking it back."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts.lending.model import NewHandover, Returned
from app.accounts.model import Session, idle_end
from app.audit import actions as audit
from app.lib.db import execute, fetch, fetch_row, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id

HOLD = "SELECT id FROM session WHERE id = $1 AND closed_at IS NULL FOR UPDATE"
OPEN = "SELECT id FROM handover WHERE session = $1 AND ended_at IS NULL"
INSERT = """
INSERT INTO handover (id, session, account, visit, voice, relative, relative_account, lent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
# The factor that its owner gave before is not the factor of whoever holds the tablet now.
LOCK = "UPDATE session SET second_factor_at = NULL, last_seen_at = $2, idle_until = $3 WHERE id = $1"
END = """
UPDATE handover SET ended_at = $2, ended_how = $3 WHERE session = $1 AND ended_at IS NULL RETURNING id, account
"""
UNLOCK = "UPDATE session SET last_seen_at = $2, idle_until = $3 WHERE id = $1"
OVER = """
SELECT h.session, s.id IS NULL OR s.closed_at IS NOT NULL AS closed
FROM handover h LEFT JOIN session s ON s.id = h.session
WHERE h.ended_at IS NULL
  AND (s.id IS NULL OR s.closed_at IS NOT NULL OR s.idle_until <= $1 OR s.valid_until <= $1)
ORDER BY h.id LIMIT 500
"""
CLOSE = "UPDATE session SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL"


async def lend(by: Actor, session: Session, new: NewHandover, patient: UUID, *, at: datetime) -> UUID:
    """From now on this session answers for one visit and does nothing else. Asked twice, it is lent once."""
    async with transaction():
        if await fetch_row(HOLD, session.id) is None:
            raise Refused("session.closed")
        standing = await fetch_row(OPEN, session.id)
        if standing is not None:
            already: UUID = standing["id"]
            return already
        made = new_id()
        values = (new.visit, new.voice, new.relative, new.relative_account, at)
        await execute(INSERT, made, session.id, by.id, *values)
        await execute(LOCK, session.id, at, idle_end(True, at))
        await audit.record(
            audit.Action.TABLET_LENT,
            by=by.id,
            at=at,
            subject=made,
            patient=patient,
            organisation=by.organisation,
            visit=str(new.visit),
            answered_by=new.voice,
        )
        return made


async def take_back(by: UUID, session: UUID, *, at: datetime) -> None:
    """Its owner proved to be there: the session is theirs again. One that was not lent stays as it is."""
    async with transaction():
        ended = await fetch_row(END, session, at, Returned.FACTOR.value)
        if ended is None:
            return
        await execute(UNLOCK, session, at, idle_end(False, at))
        await audit.record(audit.Action.TABLET_RETURNED, by=by, at=at, subject=ended["id"], how=Returned.FACTOR.value)


async def end_abandoned(*, at: datetime) -> int:
    """Close what was left alone while it was lent, and note the handovers whose session is over; how many."""
    async with transaction():
        rows = await fetch(OVER, at)
        for row in rows:
            how = Returned.CLOSED if row["closed"] else Returned.IDLE
            await execute(CLOSE, row["session"], at)
            ended = await fetch_row(END, row["session"], at, how.value)
            if ended is not None:
                by = audit.WORKER
                await audit.record(audit.Action.TABLET_RETURNED, by=by, at=at, subject=ended["id"], how=how.value)
        return len(rows)
