"""Wrapping data keys anew, some at a time. Nothing that is sealed changes: only the key of its key does."""

from datetime import datetime

from app.audit import actions as audit
from app.lib import jobs
from app.lib.data_keys import rewrap_some
from app.lib.db import transaction
from app.lib.keys import ring

ROTATE = jobs.Job("accounts:rotate_keys", queue="upkeep")
AT_ONCE = 200


async def ask_for_rotation(*, at: datetime) -> None:
    """Have the worker put everything under the current key."""
    async with transaction():
        await jobs.defer(ROTATE, lock=ROTATE.name, key=ring().current)
        await audit.record(
            audit.Action.KEYS_ROTATED, by=audit.NOBODY, at=at, subject=audit.WORKER, step="asked", key=ring().current
        )


async def rewrap_batch(table: str, most: int = AT_ONCE, *, waiting: bool = False, at: datetime) -> int:
    """Wrap some keys of one table under the current key; how many there were. 0: none is left, or all are held."""
    async with transaction():
        done = await rewrap_some(table, most, waiting=waiting)
        if done:
            await audit.record(
                audit.Action.KEYS_ROTATED,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                step="wrapped",
                table=table,
                rows=done,
                key=ring().current,
            )
    return done
