"""Reading which centres take part in a trial, and how many people each has enrolled."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from app.access.policy import Scope
from app.lib import db
from app.trials.model import Site
from app.trials.queries import SITE

THERE = "SELECT organisation FROM trial_site WHERE id = $1"
OPEN_IN = """
SELECT DISTINCT t.key FROM trial_site s JOIN trial t ON t.id = s.trial
WHERE s.organisation = ANY($1) AND s.opened_on <= $2 AND (s.closed_on IS NULL OR s.closed_on > $2)
  AND t.closed_at IS NULL
"""
ENROLLED = """
SELECT organisation, count(*) AS everybody, count(*) FILTER (WHERE state = 'active') AS active
FROM enrolment WHERE trial = $1 GROUP BY organisation
"""
EVERY = f"{SITE} ORDER BY s.opened_on, s.id"
REASONS = "SELECT id, closed_reason FROM trial_site WHERE trial = $1 AND closed_reason <> ''"


async def scope_of_site(site: UUID) -> Scope | None:
    """A centre of a trial is the business of those who look after the network."""
    return None if await db.fetch_value(THERE, site) is None else Scope(None)


async def keys_open_in(organisations: Collection[UUID], day: date) -> frozenset[str]:
    """The trials in which any of these centres may enrol on that day, by key."""
    return frozenset(row["key"] for row in await db.fetch(OPEN_IN, list(organisations), day))


async def every_site() -> list[Site]:
    """The centres of every trial, the first opened first."""
    return [Site(**dict(row)) for row in await db.fetch(EVERY)]


async def find_site(site: UUID) -> Site | None:
    row = await db.fetch_row(f"{SITE} WHERE s.id = $1", site)
    return None if row is None else Site(**dict(row))


async def enrolled_in(trial: UUID) -> dict[UUID, tuple[int, int]]:
    """By centre: how many people it ever enrolled in the trial, and how many of them take part now."""
    return {row["organisation"]: (row["everybody"], row["active"]) for row in await db.fetch(ENROLLED, trial)}


async def reasons_of(trial: UUID) -> dict[UUID, str]:
    """Why centres were closed, by the id of the site."""
    return {row["id"]: row["closed_reason"] for row in await db.fetch(REASONS, trial)}
