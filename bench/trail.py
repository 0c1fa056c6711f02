"""The trail: how fast events are sealed, and how fast the whole of it is verified."""

import asyncio
import time
from typing import Any

EVENTS = 100_000
COPIED_AT_ONCE = 5_000


def measure(events: int = EVENTS) -> tuple[float, float]:
    """Seconds to seal and to verify this many events on top of what is there; the trail must be whole."""
    return asyncio.run(_measure(events))


async def _measure(events: int) -> tuple[float, float]:
    from app.audit.checking import Check
    from app.audit.queries import verify
    from app.lib import db

    await db.start_pool()
    seconds_to_seal = await _seal(events)
    began, check = time.perf_counter(), Check()
    faults = [finding async for finding in verify(check)]
    seconds_to_verify = time.perf_counter() - began
    await db.close_pool()
    if faults or check.events < events:
        raise RuntimeError(f"the trail is not whole: {len(faults)} faults, {check.events} sealed events read")
    return seconds_to_seal, seconds_to_verify


async def _seal(events: int) -> float:
    """In one transaction with the writing, behind the sealer's lock: a worker that runs beside takes none of it."""
    from app.audit.actions import SEALER, seal
    from app.lib import clock, db

    async with db.transaction(), db.connection() as link:
        await link.execute("SELECT pg_advisory_xact_lock($1)", SEALER)
        for start in range(0, events, COPIED_AT_ONCE):
            rows = [_event(number) for number in range(start, min(start + COPIED_AT_ONCE, events))]
            await link.copy_records_to_table("audit_event", records=rows, columns=COLUMNS)
        began = time.perf_counter()
        sealed = await seal(at=clock.now())
    if sealed < events:
        raise RuntimeError(f"only {sealed} of {events} were sealed")
    return time.perf_counter() - began


COLUMNS = (
    "id", "at", "actor", "action", "subject", "patient", "organisation", "details",
    "version", "role", "request", "network", "content_hash",
)  # fmt: skip


def _event(number: int) -> tuple[Any, ...]:
    """As `audit.actions.record` writes it when somebody opens a page of a record."""
    from app.audit.actions import Action
    from app.audit.hashing import VERSION, content_hash
    from app.lib import clock
    from app.lib.ids import new_id

    who, whom, centre = new_id(), new_id(), new_id()
    where = (VERSION, "practitioner", f"{number:016x}", "203.0.113.0")
    parts = (new_id(), clock.now(), who, str(Action.PATIENT_READ), whom, whom, centre, '{"page": "summary"}', *where)
    return (*parts, content_hash(parts))
