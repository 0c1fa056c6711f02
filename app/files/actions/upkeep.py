"""What the worker does about documents: has them looked at, sweeps objects that no document names."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from app.audit import actions as audit
from app.files.actions.keeping import CHECK
from app.files.model import State
from app.files.queries import content_of
from app.lib import clamd, db
from app.lib.db import transaction
from app.lib.jobs import defer
from app.lib.storage import Held, store
from app.patients.queries import keys_of

WAITING = "SELECT id, patient, object, content_key, organisation FROM file WHERE id = $1 AND state = 'received'"
SETTLE = "UPDATE file SET state = $2 WHERE id = $1 AND state = 'received' RETURNING id"
FORGOTTEN = "SELECT id FROM file WHERE state = 'received' AND uploaded_at < $1 ORDER BY uploaded_at LIMIT 1000"
KNOWN = "SELECT object FROM file WHERE object = ANY($1)"
AT_ONCE = 1000
ORPHANED_AFTER = timedelta(hours=24)
"""A transaction that puts an object and names it lasts seconds."""
FORGOTTEN_AFTER = timedelta(hours=3)


async def check_file(file: UUID, *, at: datetime) -> None:
    """Have the scanner look at a document that waits for it. One where it finds something is opened by nobody.

    ScannerFailed and Refused leave it waiting; the job is tried again.
    """
    row = await db.fetch_row(WAITING, file)
    if row is None:
        return
    content = await content_of(row, (await keys_of([row["patient"]]))[row["patient"]])
    state = State.CHECKED if not clamd.is_there() or await clamd.is_clean(content) else State.REFUSED
    async with transaction():
        if await db.fetch_value(SETTLE, file, state) is None:
            return
        await audit.record(
            audit.Action.DOCUMENT_CHECKED,
            by=audit.WORKER,
            at=at,
            subject=file,
            patient=row["patient"],
            organisation=row["organisation"],
            state=state,
        )


async def ask_again(*, at: datetime) -> None:
    """Queue what has waited long for the scanner: its job gave up, or the scanner was switched off."""
    async with transaction():
        waiting = await db.fetch(FORGOTTEN, at - FORGOTTEN_AFTER)
        for row in waiting:
            await defer(CHECK, lock=f"file:{row['id']}", file=str(row["id"]))
        if waiting:
            await audit.record(
                audit.Action.DOCUMENTS_ASKED_AGAIN, by=audit.WORKER, at=at, subject=audit.WORKER, found=len(waiting)
            )


async def sweep_orphans(*, at: datetime) -> int:
    """Delete the objects that no document names, a day after they were put there; how many."""
    old = [one for one in await asyncio.to_thread(_all_held) if one.modified < at - ORPHANED_AFTER]
    orphans: list[str] = []
    for start in range(0, len(old), AT_ONCE):
        names = [one.name for one in old[start : start + AT_ONCE]]
        known = {row["object"] for row in await db.fetch(KNOWN, names)}
        orphans += [name for name in names if name not in known]
    for name in orphans:
        await asyncio.to_thread(store().delete, name)
    if orphans:
        async with transaction():
            await audit.record(
                audit.Action.OBJECTS_SWEPT, by=audit.WORKER, at=at, subject=audit.WORKER, swept=len(orphans)
            )
    return len(orphans)


def _all_held() -> list[Held]:
    return list(store().held())
