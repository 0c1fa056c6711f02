"""How an open page learns that something has changed: it asks again for a while, then stops. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SOON, LATER = 2, 10
"""Seconds between two questions: while the worker computes, and while somebody may be answering."""
LONGEST = timedelta(minutes=10)
"""A forgotten page stops asking, so that the session of whoever left it can run out."""


@dataclass(frozen=True, slots=True)
class Watch:
    """`seen` names what the page shows, `since` the second at which it was opened; `every` 0 asks no more."""

    seen: str
    since: int
    every: int


def watch(seen: str, since: str | None, at: datetime, *, pending: bool, waiting: bool) -> Watch:
    """When to ask next, for a page opened at `since` (the address of the last question says it, else now)."""
    now = int(at.timestamp())
    start = min(int(since), now) if since and since.isdecimal() and len(since) <= 12 else now
    if now - start > LONGEST.total_seconds():
        return Watch(seen, start, 0)
    return Watch(seen, start, SOON if pending else LATER if waiting else 0)
