"""Reading who is enrolled in a trial, as a change of its protocol must see them."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access.consent import TRIAL
from app.assignments.queries import list_of_visits
from app.consents.queries import history_of
from app.lib import db
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.trials.applying.model import as_planned
from app.trials.format import planning
from app.trials.format.model import Trial
from app.trials.model import Enrolment, Visit
from app.trials.queries import find_enrolment, lock_enrolment, visits_of
from app.trials.visits.queries import facts_of

ACTIVE = "SELECT id FROM enrolment WHERE trial = $1 AND state = 'active' ORDER BY id"
VERSIONS = "SELECT id, version FROM trial_version WHERE trial = $1"


@dataclass(frozen=True, slots=True)
class Followed:
    """An enrolment as a row, its visits, and the same as planning sees it."""

    enrolment: Enrolment
    visits: list[Visit]
    seen: planning.Enrolment


async def versions_of(trial: UUID) -> dict[UUID, str]:
    """The version behind each id of a trial."""
    return {row["id"]: row["version"] for row in await db.fetch(VERSIONS, trial)}


async def active_in(trial: UUID) -> list[UUID]:
    """Everybody who is enrolled now, by id."""
    return [row["id"] for row in await db.fetch(ACTIVE, trial)]


async def followed(enrolment: UUID, approved: date | None, today: date, *, lock: bool) -> Followed | None:
    """One active enrolment. `approved`: the day of the newest amendment that asks for a new consent."""
    found = await (lock_enrolment(enrolment) if lock else find_enrolment(enrolment))
    if found is None or not found.active:
        return None
    visits = await visits_of([enrolment])
    touched = await _touched(visits)
    consented = approved is None or await _agreed_since(found, approved)
    versions = await versions_of(found.trial)
    facts = await facts_of(found, today)
    return Followed(found, visits, as_planned(found, versions, facts, visits, touched, consented=consented))


async def everybody(trial: UUID, approved: date | None, today: date) -> AsyncIterator[Followed]:
    """Each active enrolment of a trial, one after the other."""
    for enrolment in await active_in(trial):
        one = await followed(enrolment, approved, today, lock=False)
        if one is not None:
            yield one


async def _touched(visits: list[Visit]) -> frozenset[str]:
    names = {one.id: one.name for one in visits}
    begun: dict[UUID, bool] = defaultdict(bool)
    for asked in await list_of_visits(names):
        if asked.origin_id is not None and asked.response is not None:
            begun[asked.origin_id] = True
    return frozenset(names[visit] for visit in begun)


async def _agreed_since(enrolment: Enrolment, approved: date) -> bool:
    """Whether the person said yes to the trial on that day or later."""
    history, _ = await history_of(enrolment.patient)
    purpose = f"{TRIAL}{enrolment.key}"
    said: list[tuple[datetime, bool]] = [(one.at, one.given) for one in history.decisions if one.purpose == purpose]
    if not said:
        return False
    at, given = max(said)
    return given and day_in(ZONE, at) >= approved


def asked_again(trial: Trial) -> date | None:
    """The day on which the newest amendment was approved that people must agree to."""
    days = [one.approved for one in trial.file.amendments if one.enrolled_people == "reconsent"]
    return date.fromisoformat(max(days)) if days else None


async def plan_trial(trial: Trial, *, at: datetime) -> list[planning.Change]:
    """What applying this protocol would do to the people enrolled. Raises ValueError for an older one."""
    found = await db.fetch_value("SELECT id FROM trial WHERE key = $1", trial.key)
    if found is None:
        return []
    today = day_in(ZONE, at)
    changes: list[planning.Change] = []
    async for one in everybody(found, asked_again(trial), today):
        changes += planning.plan(trial, [one.seen], today)
    return changes
