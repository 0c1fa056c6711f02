"""Reading the trail itself, link by link: how far it is sealed, and whether it holds. Searching it is elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from app.audit.checking import Check, Event, Finding, Head, Link
from app.audit.hashing import COLUMNS, COLUMNS_ADDED
from app.lib import db

EVENT = ", ".join(f"e.{column}" for column in (*COLUMNS, *COLUMNS_ADDED, "content_hash"))
LINKS = f"""
SELECT c.seq, c.event, c.event_hash, c.chain_hash, c.sealed_at, {EVENT}
FROM audit_chain c LEFT JOIN audit_event e ON e.id = c.event ORDER BY c.seq
"""
UNSEALED = f"""
SELECT {EVENT} FROM audit_event e WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.event = e.id) ORDER BY e.at, e.id
"""
HEAD = """
SELECT c.seq, c.chain_hash, c.sealed_at, e.at FROM audit_chain c LEFT JOIN audit_event e ON e.id = c.event
ORDER BY c.seq DESC LIMIT 1
"""
AT_ONCE = 2_000


async def last_link() -> Head | None:
    """Where the sealed trail ends; None where nothing is sealed yet."""
    row = await db.fetch_row(HEAD)
    return None if row is None else Head(*row)


async def verify(check: Check) -> AsyncIterator[Finding]:
    """Read the whole trail as it stands at one moment and say what is wrong with it; `check` counts what was read."""
    async with _one_moment() as link:
        async for row in link.cursor(LINKS, prefetch=AT_ONCE):
            values = tuple(row)
            for finding in check.follow(Link(*values[:5]), _event(values[5:])):
                yield finding
        for finding in check.end_of_chain():
            yield finding
        async for row in link.cursor(UNSEALED, prefetch=AT_ONCE):
            event = _event(tuple(row))
            for finding in check.unsealed(event) if event else ():
                yield finding


@asynccontextmanager
async def _one_moment() -> AsyncIterator[Any]:
    """A connection that sees what was there when it began, whatever is sealed meanwhile."""
    async with db.connection() as link, link.transaction(isolation="repeatable_read", readonly=True):
        yield link


def _event(values: tuple[Any, ...]) -> Event | None:
    *parts, content_hash = values
    if parts[0] is None:
        return None
    at: datetime = parts[1]
    return Event(parts[0], at, parts[len(COLUMNS)], tuple(parts), content_hash)
