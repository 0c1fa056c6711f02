"""Limits on how often something is tried, counted in the database, so that they hold over several web processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.lib.db import execute, fetch_value
from app.lib.keys import ring

# A window that is over begins anew with this try.
COUNT = """
INSERT INTO throttle (key, since, hits) VALUES ($1, $2, 1)
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN throttle.since <= $3 THEN 1 ELSE throttle.hits + 1 END,
    since = CASE WHEN throttle.since <= $3 THEN $2 ELSE throttle.since END
RETURNING hits
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries of one kind within a window that begins with the first."""

    kind: str
    tries: int
    window: timedelta


def _key(limit: Limit, who: str) -> bytes:
    return ring().lookup("throttle", f"{limit.kind}:{who}")


async def within(limit: Limit, who: str, at: datetime) -> bool:
    """Count one try of `who` (an address, an account); whether it is still allowed. Nobody is not counted."""
    if not who:
        return True
    hits: int = await fetch_value(COUNT, _key(limit, who), at, at - limit.window)
    return hits <= limit.tries


async def is_spent(limit: Limit, who: str, at: datetime) -> bool:
    """Whether the next try would be refused. Counts nothing."""
    held = "SELECT hits FROM throttle WHERE key = $1 AND since > $2"
    hits = await fetch_value(held, _key(limit, who), at - limit.window)
    return bool(who) and hits is not None and hits >= limit.tries


async def forgive(limit: Limit, who: str) -> None:
    """Begin to count anew, as after success."""
    await execute("DELETE FROM throttle WHERE key = $1", _key(limit, who))


async def forget(before: datetime) -> None:
    """Remove what began before then."""
    await execute("DELETE FROM throttle WHERE since < $1", before)
