"""Reading which centres take part in a trial, how many people each has enrolled, and whom a trial concerns."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from app.access.consent import TRIAL, Use, allowed, standing
from app.access.policy import Scope
from app.consents.queries import history_of, list_forms
from app.lib import db
from app.trials.model import Site
from app.trials.queries import SITE, enrolments_of, sites_of_centre

T = TypeVar("T")

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


async def concerning(texts: Mapping[str, T], patient: UUID, centres: Collection[UUID], day: date) -> dict[str, T]:
    """The texts that may be put before somebody, by purpose, in their order.

    Of trials: those open in one of these centres, those the person is or was in, and what they decided on before.
    """
    history, _ = await history_of(patient)
    keys = await keys_open_in(centres, day) | {one.key for one in await enrolments_of(patient)}
    decided = standing(history).keys()
    return {
        purpose: text
        for purpose, text in texts.items()
        if not purpose.startswith(TRIAL) or purpose in decided or trial_of(purpose) in keys
    }


async def told_of(organisation: UUID | None, record: Scope | None) -> Callable[[str], bool]:
    """Whether a team may read what somebody decided on a purpose; of no `record` in particular, as if not shared.

    That somebody was asked about a trial, by its title often an illness, concerns the centres of that trial, and others
    where the person lets centres share.
    """
    shared = record is not None and allowed(record.withheld, Use.SEE_OTHER_CENTRES)
    keys = {one.key for one in await sites_of_centre(organisation)} if organisation else set()
    return lambda purpose: shared or not purpose.startswith(TRIAL) or trial_of(purpose) in keys


async def copies_untold(organisation: UUID | None, record: Scope) -> frozenset[UUID]:
    """The documents of a record that are copies of consents which this team may not read of."""
    if record.patient is None or allowed(record.withheld, Use.SEE_OTHER_CENTRES):
        return frozenset()
    told, forms = await told_of(organisation, record), await list_forms(record.patient)
    return frozenset(one.copy for one in forms if one.copy and not all(map(told, one.purposes)))


def trial_of(purpose: str) -> str:
    """The key of the trial that a purpose belongs to; an option of it has a name after a colon.

    >>> trial_of("trial:emma"), trial_of("trial:emma:interview")
    ('emma', 'emma')
    """
    return purpose.removeprefix(TRIAL).partition(":")[0]
