"""Reading who is enrolled in a trial, as a change of its protocol must see them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from app.access.consent import TRIAL, standing, withheld
from app.assignments.queries import list_of_visits
from app.consents.queries import history_of, list_texts
from app.lib import db
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.questionnaires.head import version_key
from app.trials.applying.model import as_planned
from app.trials.format import planning
from app.trials.format.model import Trial
from app.trials.format.shapes import Amendment
from app.trials.model import Enrolment, Visit
from app.trials.queries import find_enrolment, lock_enrolment, visits_of
from app.trials.visits.queries import facts_of

ACTIVE = "SELECT id FROM enrolment WHERE trial = $1 AND state = 'active' ORDER BY id"
VERSIONS = "SELECT id, version FROM trial_version WHERE trial = $1"
KNOWN = """
SELECT v.version, v.hash, v.id = t.current AS current FROM trial_version v JOIN trial t ON t.id = v.trial
WHERE t.key = $1
"""
APPLIED = """
SELECT v.version, v.applied_at FROM trial_version v JOIN trial t ON t.id = v.trial WHERE t.key = $1
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """An enrolment as a row, its visits, and the same as planning sees it."""

    enrolment: Enrolment
    visits: list[Visit]
    seen: planning.Enrolment


async def versions_of(trial: UUID) -> dict[UUID, str]:
    """The version behind each id of a trial."""
    return {row["id"]: row["version"] for row in await db.fetch(VERSIONS, trial)}


async def applied_versions(trial: UUID) -> list[tuple[str, datetime]]:
    """(version, when it was applied here), the newest first."""
    rows = await db.fetch("SELECT version, applied_at FROM trial_version WHERE trial = $1 ORDER BY id DESC", trial)
    return [(row["version"], row["applied_at"]) for row in rows]


async def active_in(trial: UUID) -> list[UUID]:
    """Everybody who is enrolled now, by id."""
    return [row["id"] for row in await db.fetch(ACTIVE, trial)]


async def followed(enrolment: UUID, enough: Collection[int] | None, today: date, *, lock: bool) -> Followed | None:
    """One active enrolment. `enough`: the texts to which a yes counts (`texts_enough`)."""
    found = await (lock_enrolment(enrolment) if lock else find_enrolment(enrolment))
    if found is None or not found.active:
        return None
    visits = await visits_of([enrolment])
    touched = await _touched(visits)
    consented = enough is None or await _agreed(found, enough, today)
    versions = await versions_of(found.trial)
    facts = await facts_of(found, today)
    return Followed(found, visits, as_planned(found, versions, facts, visits, touched, consented=consented))


async def everybody(trial: UUID, enough: Collection[int] | None, today: date) -> AsyncIterator[Followed]:
    """Each active enrolment of a trial, one after the other."""
    for enrolment in await active_in(trial):
        one = await followed(enrolment, enough, today, lock=False)
        if one is not None:
            yield one


async def _touched(visits: list[Visit]) -> frozenset[str]:
    names = {one.id: one.name for one in visits}
    begun: dict[UUID, bool] = defaultdict(bool)
    for asked in await list_of_visits(names):
        if asked.origin_id is not None and asked.response is not None:
            begun[asked.origin_id] = True
    return frozenset(names[visit] for visit in begun)


async def _agreed(enrolment: Enrolment, enough: Collection[int], today: date) -> bool:
    """Whether the person's word on the trial is a yes to one of these versions of its text, and holds today."""
    history, _ = await history_of(enrolment.patient)
    purpose = f"{TRIAL}{enrolment.key}"
    said = standing(history).get(purpose)
    return said is not None and said.version in enough and purpose not in withheld(history, today)


def asked_again(trial: Trial) -> Amendment | None:
    """The newest amendment that people must agree to."""
    found = [one for one in trial.file.amendments if one.enrolled_people == "reconsent"]
    return max(found, key=lambda one: version_key(one.version) or ()) if found else None


async def texts_enough(trial: Trial) -> frozenset[int] | None:
    """The versions of the trial's text to which a yes counts for all its amendments; None where any does.

    Those published since the amendment was approved, after the last version here that was older than it. A yes to
    an older text is no yes to the amendment, whenever it was said.
    """
    amendment = asked_again(trial)
    if amendment is None:
        return None
    wanted = version_key(amendment.version)
    approved = datetime.combine(date.fromisoformat(amendment.approved), time(), ZoneInfo(ZONE))
    applied = await db.fetch(APPLIED, trial.key)
    older = [row["applied_at"] for row in applied if (version_key(row["version"]) or ()) < (wanted or ())]
    if not older:
        return None  # nobody here ever followed anything older
    return frozenset(
        text.version
        for text in await list_texts()
        if text.purpose == f"{TRIAL}{trial.key}"
        and text.published_at is not None
        and text.published_at >= approved
        and text.published_at > max(older)
    )


async def plan_trial(trial: Trial, *, at: datetime) -> list[planning.Change]:
    """What applying this protocol would do to the people enrolled. Raises ValueError for an older one."""
    found = await db.fetch_value("SELECT id FROM trial WHERE key = $1", trial.key)
    if found is None:
        return []
    today = day_in(ZONE, at)
    changes: list[planning.Change] = []
    async for one in everybody(found, await texts_enough(trial), today):
        changes += planning.plan(trial, [one.seen], today)
    return changes


async def refusal_of(text: str, trial: Trial) -> str:
    """Why this file cannot be applied: the code that applying it would be refused with; "" where it can be."""
    applied = await db.fetch(KNOWN, trial.key)
    if any(row["version"] == trial.version and row["hash"] != sha256(text.encode()).digest() for row in applied):
        return "trial.same_version"
    newest = max((version_key(row["version"]) or () for row in applied if row["current"]), default=())
    return "trial.older" if newest > (version_key(trial.version) or ()) else ""
