"""Closing requests that nobody decided on, and forgetting what was typed for those that are over."""

from datetime import datetime

from app.audit import actions as audit
from app.lib import jobs
from app.lib.db import execute, fetch, transaction
from app.patients.affiliations.actions.telling import ANSWER
from app.patients.affiliations.model import KEPT_AFTER_THE_END

EXPIRE = """
UPDATE affiliation_request SET state = 'expired', closed_at = $1 WHERE state = 'pending' AND valid_until <= $1
RETURNING id
"""
EXPIRE_RECORDS = """
UPDATE affiliation_request_record SET state = 'expired' WHERE request = ANY($1) AND state = 'pending'
"""
# What is sealed can no longer be read once its key is gone, which an older copy of the row would not lose by a NULL.
FORGET = """
UPDATE affiliation_request SET typed = NULL, note = NULL, data_key = ''
WHERE closed_at < $1 AND typed IS NOT NULL RETURNING id
"""


async def expire_requests(*, at: datetime) -> int:
    """Close what nobody decided in time, tell whoever asked, forget what is long over; how many were closed."""
    async with transaction():
        over = [row["id"] for row in await fetch(EXPIRE, at)]
        await execute(EXPIRE_RECORDS, over)
        for request in over:
            await jobs.defer(ANSWER, request=str(request))
        forgotten = await fetch(FORGET, at - KEPT_AFTER_THE_END)
        if over or forgotten:
            await audit.record(
                audit.Action.AFFILIATIONS_EXPIRED,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                rows=len(over) + len(forgotten),
            )
    return len(over)
