"""Making the keyed hashes of records that have none: those from before there were any. Some at a time."""

from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction
from app.patients.matching.queries import COLUMNS, opened, write_blocks_of

AT_ONCE = 200
# What somebody is changing now is left: changing it makes its hashes. What was erased has no key, and needs none.
NEXT = f"""
SELECT {COLUMNS} FROM patient p
WHERE ($1::uuid IS NULL OR p.id > $1) AND octet_length(p.data_key) > 0
    AND ($2 OR NOT EXISTS (SELECT FROM patient_block b WHERE b.patient = p.id))
ORDER BY p.id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
"""


async def index_some(after: UUID | None, *, anew: bool, at: datetime) -> tuple[int, UUID | None]:
    """Hash the next records after that one; how many there were, and the last of them. None of both: it is done.

    `anew` takes those that have hashes too, which is needed after the keys or their making have changed.
    """
    async with transaction():
        rows = await db.fetch(NEXT, after, anew, AT_ONCE)
        if rows:
            await write_blocks_of({row["id"]: opened(row) for row in rows})
            await audit.record(
                audit.Action.PATIENTS_INDEXED, by=audit.WORKER, at=at, subject=audit.WORKER, rows=len(rows)
            )
    return len(rows), rows[-1]["id"] if rows else None
