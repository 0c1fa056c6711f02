"""Holding visits: opening, completing, taking up again, skipping, and visits out of plan."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.access.policy import Actor
from app.assignments.model import State
from app.assignments.queries import list_of_visits
from app.assignments.visiting.actions import close_waiting, reopen_asked
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.hearing import tell
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients.queries import note_activity
from app.trials.format.calendar import questionnaires_of
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.news import VisitSettled
from app.trials.queries import find_visit, lock_enrolment, visits_of, written_asked
from app.trials.visits.actions.laying import draw_calendar
from app.trials.visits.actions.preparing import prepare_visits
from app.trials.visits.model import LONGEST_NOTE, SkipReason, standing_of
from app.trials.visits.queries import facts_of, hold, key_of, reason_of, under_which

KEEP = """
INSERT INTO visit_history (id, patient, visit, revision, former, reason, note, changed_by, changed_at)
SELECT $2, v.patient, v.id, v.revision, $3::jsonb, $4, $5, $6, $7 FROM visit v WHERE v.id = $1
"""
SET = "UPDATE visit SET {}, revision = revision + 1 WHERE id = $1"
OPEN = SET.format("started_on = $2, started_by = $3")
COMPLETE = SET.format("completed_on = $2, completed_by = $3, note = $4, started_on = coalesce(started_on, $2)")
REOPEN = SET.format(
    "completed_on = NULL, completed_by = NULL, skipped_on = NULL, skipped_by = NULL, skip_reason = '', note = NULL"
)
SKIP = SET.format("skipped_on = $2, skipped_by = $3, skip_reason = $4, note = $5, prepared_at = NULL")
OUT_OF_PLAN = 1_000
"""Visits out of plan are numbered from here, so that a longer protocol never meets them."""
UNSCHEDULED = """
INSERT INTO visit (id, patient, enrolment, trial, version, organisation, visit, number, unscheduled, place, asked,
                   started_on, started_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $10::jsonb, $11, $12)
"""


def _running(enrolment: Enrolment) -> None:
    if not enrolment.active:
        raise Refused("enrolment.ended")


def _not_signed(visit: Visit) -> None:
    if visit.locked:
        raise Refused("visit.signed")


def _day(on: date, today: date, enrolment: Enrolment) -> None:
    """A visit is held on a day that has come, in the course of the enrolment or while it was prepared."""
    if on > today:
        raise Refused("visit.in_future")
    if (enrolment.included_on - on).days > 366:
        raise Refused("visit.too_early")


def _said(by: Actor, visit: Visit, at: datetime) -> dict[str, Any]:
    """What every event of a visit says."""
    return {
        "by": by.id,
        "at": at,
        "subject": visit.id,
        "patient": visit.patient,
        "organisation": visit.organisation,
        "visit": visit.name,
    }


async def _sealed(visit: Visit, note: str) -> bytes | None:
    if not note.strip():
        return None
    key = await key_of(await under_which(visit.enrolment))
    return key.seal(note.strip()[:LONGEST_NOTE], visit.id, "visit.note")


async def _keep(by: Actor, visit: Visit, reason: str, at: datetime) -> None:
    """What the visit was, before it changes; reason and former note are sealed under the row they stand in."""
    former = {
        name: getattr(visit, name)
        for name in ("started_on", "completed_on", "completed_by", "skipped_on", "skipped_by", "skip_reason")
    }
    row, note = new_id(), await reason_of(visit.id)
    key = await key_of(await under_which(visit.enrolment))
    why = key.seal(reason.strip()[:LONGEST_NOTE], row, "visit_history.reason") if reason.strip() else None
    kept = key.seal(note, row, "visit_history.note") if note else None
    await db.execute(KEEP, visit.id, row, msgspec.json.encode(former).decode(), why, kept, by.id, at)


async def open_visit(by: Actor, visit: UUID, on: date, *, at: datetime) -> None:
    """The visit begins: its questionnaires are asked of everybody. Opened again, only its day changes."""
    async with transaction():
        found, enrolment = await hold(visit)
        _running(enrolment)
        if found.completed_on or found.skipped_on:
            raise Refused("visit.settled")
        _day(on, day_in(ZONE, at), enrolment)
        if found.started_on == on:
            return
        if found.started_on is not None:
            await _keep(by, found, "", at)
        await db.execute(OPEN, visit, on, by.id)
        await reopen_asked(by.id, [visit], at=at)
        await prepare_visits(by.id, [await _again(visit)], team=True, at=at)
        await _redraw(by, enrolment, found, at)
        await note_activity(found.patient, found.organisation, at)
        await audit.record(audit.Action.VISIT_OPENED, **_said(by, found, at), on=on.isoformat())


async def _redraw(by: Actor, enrolment: Enrolment, visit: Visit, at: datetime) -> None:
    """Other visits may count from the day on which this one is held, or do so no longer."""
    trial = await trial_at(enrolment.version)
    await draw_calendar(by.id, enrolment, trial, at=at, changed={f"visit:{visit.visit}"})


async def _again(visit: UUID) -> Visit:
    found = await find_visit(visit)
    if found is None:
        raise Refused("visit.gone")
    return found


async def complete_visit(by: Actor, visit: UUID, on: date, why_missing: str = "", *, at: datetime) -> None:
    """The visit is over. What is required and was not answered needs a reason; it is asked no longer.

    What somebody has begun stays open to them. Refused: `visit.missing` without that reason, `visit.settled` once it
    is over.
    """
    async with transaction():
        found, enrolment = await hold(visit)
        _running(enrolment)
        if found.completed_on or found.skipped_on:
            raise Refused("visit.settled")
        _day(on, day_in(ZONE, at), enrolment)
        if found.started_on is None or on < found.started_on:
            raise Refused("visit.not_begun")
        standing = standing_of(await list_of_visits([visit]))
        if not standing.whole and not why_missing.strip():
            raise Refused("visit.missing")
        await _keep(by, found, "", at)
        await db.execute(COMPLETE, visit, on, by.id, await _sealed(found, why_missing))
        await close_waiting(by.id, [visit], State.EXPIRED, at=at)
        await _redraw(by, enrolment, found, at)
        await note_activity(found.patient, found.organisation, at)
        missing = len(standing.missing) + len(standing.begun)
        await audit.record(audit.Action.VISIT_COMPLETED, **_said(by, found, at), on=on.isoformat(), missing=missing)
        await tell(VisitSettled(visit, by.id, at))


async def reopen_visit(by: Actor, visit: UUID, reason: str, *, at: datetime) -> None:
    """Take up a visit again that was completed or skipped; a signed one is unsigned first. It needs a reason."""
    async with transaction():
        found, enrolment = await hold(visit)
        _running(enrolment)
        _not_signed(found)
        if found.completed_on is None and found.skipped_on is None:
            return
        if not reason.strip():
            raise Refused("visit.reason")
        await _keep(by, found, reason, at)
        await db.execute(REOPEN, visit)
        await reopen_asked(by.id, [visit], at=at)
        if found.started_on is not None:
            await prepare_visits(by.id, [await _again(visit)], team=True, at=at)
            await _redraw(by, enrolment, found, at)
        await audit.record(audit.Action.VISIT_REOPENED, **_said(by, found, at))
        await tell(VisitSettled(visit, by.id, at))


async def skip_visit(by: Actor, visit: UUID, reason: SkipReason, note: str, *, at: datetime) -> None:
    """The visit does not take place, and why; what it asked and nobody began is asked no longer."""
    async with transaction():
        found, enrolment = await hold(visit)
        _running(enrolment)
        if found.completed_on or found.skipped_on:
            raise Refused("visit.settled")
        if reason is SkipReason.OTHER and not note.strip():
            raise Refused("visit.reason")
        today = day_in(ZONE, at)
        await _keep(by, found, "", at)
        await db.execute(SKIP, visit, today, by.id, reason.value, await _sealed(found, note))
        await close_waiting(by.id, [visit], State.CANCELLED, at=at)
        await _redraw(by, enrolment, found, at)
        await audit.record(audit.Action.VISIT_SKIPPED, **_said(by, found, at), reason=reason.value)
        await tell(VisitSettled(visit, by.id, at))


async def add_visit(
    by: Actor, enrolment: UUID, visit_id: str, on: date, *, at: datetime, new: UUID | None = None
) -> UUID:
    """A visit out of plan, of a kind that the protocol allows; it enters as begun, without a window.

    `new`: its id, made with the form, so that a form sent twice adds one visit. Refused: `visit.not_allowed` where the
    protocol has no such kind or it is held once only.
    """
    async with transaction():
        held = await lock_enrolment(enrolment)
        if held is None:
            raise Refused("enrolment.gone")
        if new is not None and new in {one.id for one in await visits_of([enrolment])}:
            return new
        _running(held)
        today = day_in(ZONE, at)
        _day(on, today, held)
        trial = await trial_at(held.version)
        standing = await visits_of([enrolment])
        same = [one for one in standing if one.visit == visit_id]
        if visit_id not in trial.modules or not trial.may_open(visit_id, len([one for one in same if one.started_on])):
            raise Refused("visit.not_allowed")
        made, number = new or new_id(), max((one.number for one in same), default=-1) + 1
        facts = (await facts_of(held, today)).on(on, first_time=not same)
        asked = written_asked(questionnaires_of(trial, visit_id, facts))
        under = await under_which(enrolment)
        of = (made, under, enrolment, held.trial, held.version, held.organisation)
        place = trial.visit(visit_id).place
        await db.execute(UNSCHEDULED, *of, visit_id, max(number, OUT_OF_PLAN), place, asked, on, by.id)
        added = await _again(made)
        await prepare_visits(by.id, [added], team=True, at=at)
        await note_activity(held.patient, held.organisation, at)
        await audit.record(audit.Action.VISIT_ADDED, **_said(by, added, at), on=on.isoformat())
        return made
