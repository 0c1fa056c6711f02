"""Screening, enrolling, changing what an enrolment stands on, ending it. Each action is one transaction."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import msgspec

from app.access.consent import Use
from app.access.policy import Actor
from app.assignments.model import State
from app.assignments.visiting.actions import close_waiting
from app.audit import actions as audit
from app.consents.queries import allowed
from app.lib import db
from app.lib.clock import day_in
from app.lib.crypto import PersonKey
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.hearing import tell
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients.queries import ids_of, lock_patient, note_activity
from app.trials.enrolling.arms import ARMS, Drawing
from app.trials.enrolling.model import LONGEST_NOTE, Joining, Outcome, Screening, failed, in_reach, judge
from app.trials.enrolling.queries import agreed, candidate
from app.trials.library import Applied, find_trial, trial_at
from app.trials.model import Ended, Enrolment, SiteState
from app.trials.news import EnrolmentEnded
from app.trials.queries import enrolments_of, lock_enrolment, sites_of_centre, visits_of
from app.trials.visits.actions.laying import draw_calendar
from app.trials.visits.actions.preparing import prepare_visits
from app.trials.visits.queries import facts_of, key_of, under_which

__all__ = [
    "Joining",
    "Screening",
    "change_enrolment",
    "end_enrolment",
    "enrol",
    "note_event",
    "note_log_read",
    "note_screening",
    "reopen_enrolment",
    "stop_asking",
]

SCREEN = """
INSERT INTO screening (id, patient, trial, version, organisation, answers, failed, outcome, note, screened_by,
                       screened_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11)
"""
ENROL = """
INSERT INTO enrolment (id, patient, trial, version, organisation, screening, arm, included_on, enrolled_by, enrolled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
KEEP = """
INSERT INTO enrolment_history (id, patient, enrolment, revision, version, arm, included_on, state, ended_on, held,
                               reason, end_note, changed_by, changed_at)
SELECT $2, patient, id, revision, version, arm, included_on, state, ended_on, held, $3, $4, $5, $6
FROM enrolment WHERE id = $1
"""
SET = "UPDATE enrolment SET {}, revision = revision + 1 WHERE id = $1"
END = SET.format("state = $2, ended_on = $3, ended_by = $4, end_note = $5")
REOPEN = SET.format("state = 'active', ended_on = NULL, ended_by = NULL, end_note = NULL")
EVENT = """
INSERT INTO enrolment_event (id, patient, enrolment, event, happened_on, noted_by, noted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
NO_EVENT = """
UPDATE enrolment_event SET removed_at = $3, removed_by = $4
WHERE enrolment = $1 AND event = $2 AND removed_at IS NULL RETURNING id
"""
WRITTEN = "SELECT EXISTS (SELECT FROM screening WHERE id = $1 AND patient = ANY($2))"
OPEN_VISITS = """
SELECT v.id FROM visit v JOIN enrolment e ON e.id = v.enrolment JOIN trial t ON t.id = e.trial
WHERE v.patient = ANY($1) AND v.removed_at IS NULL AND v.completed_on IS NULL AND v.skipped_on IS NULL
  AND e.state = 'active' AND ($2::text[] IS NULL OR t.key = ANY($2))
"""
UNPREPARED = "UPDATE visit SET prepared_at = NULL WHERE id = ANY($1)"


async def note_screening(by: Actor, screening: Screening, outcome: Outcome, *, at: datetime) -> UUID:
    """A line of the screening log for somebody who does not join; the id of the line. Sent twice it is one."""
    async with transaction():
        trial = await _open_trial(by, screening.trial, day_in(ZONE, at))
        person, key = await lock_patient(screening.patient)
        if screening.line and await db.fetch_value(WRITTEN, screening.line, await ids_of(person.id)):
            return screening.line
        made, out = await _screened(by, trial, screening, outcome, key, at)
        await audit.record(
            audit.Action.PATIENT_SCREENED,
            by=by.id,
            at=at,
            subject=made,
            patient=screening.patient,
            organisation=by.organisation,
            trial=trial.key,
            outcome=outcome.value,
            failed=len(out),
        )
        return made


async def enrol(by: Actor, screening: Screening, joining: Joining, *, at: datetime) -> UUID:
    """Somebody joins a trial at the actor's centre, with their visits as rows; the id of the enrolment.

    Refused: `trial.not_open` here today, `enrolment.there` already, `enrolment.no_consent`, `enrolment.not_eligible`,
    `enrolment.arm`, `enrolment.day`, `enrolment.event`.
    """
    async with transaction():
        today = day_in(ZONE, at)
        trial = await _open_trial(by, screening.trial, today)
        person, key = await lock_patient(screening.patient)
        if any(one.active and one.key == trial.key for one in await enrolments_of(person.id)):
            raise Refused("enrolment.there")
        if not await agreed(person.id, trial, today):
            raise Refused("enrolment.no_consent")
        line, out = await _screened(by, trial, screening, Outcome.ELIGIBLE, key, at)
        if out:
            raise Refused("enrolment.not_eligible")
        made = new_id()
        arm = await _arm(by, trial, (made, person.id), joining, today)
        _joining(trial, replace(joining, arm=arm), today)
        of = (made, person.id, trial.id, trial.version, by.organisation, line, arm, joining.included_on)
        await db.execute(ENROL, *of, by.id, at)
        for event, day in (joining.events or {}).items():
            await db.execute(EVENT, new_id(), person.id, made, event, day, by.id, at)
        await _lay_down(by.id, made, at)
        await note_activity(person.id, by.organisation, at)
        await audit.record(
            audit.Action.ENROLMENT_MADE,
            by=by.id,
            at=at,
            subject=made,
            patient=person.id,
            organisation=by.organisation,
            trial=trial.key,
            version=trial.trial.version,
        )
        return made


async def _open_trial(by: Actor, key: str, today: date) -> Applied:
    trial = await find_trial(key)
    open_here = [one for one in await sites_of_centre(by.organisation) if one.key == key] if by.organisation else []
    if trial is None or trial.closed_at or not any(one.state(today) is SiteState.OPEN for one in open_here):
        raise Refused("trial.not_open")
    return trial


def _joining(trial: Applied, joining: Joining, today: date) -> None:
    arms, events = trial.trial.file.arms, {one.id for one in trial.trial.file.events}
    if (joining.arm not in arms) if arms else joining.arm is not None:
        raise Refused("enrolment.arm")
    if not in_reach(joining.included_on, today):
        raise Refused("enrolment.day")
    if not set(joining.events or {}) <= events or any(day > today for day in (joining.events or {}).values()):
        raise Refused("enrolment.event")


async def _arm(by: Actor, trial: Applied, ids: tuple[UUID, UUID], joining: Joining, today: date) -> str | None:
    """The arm that was chosen, or the one that is drawn. `ids`: of the enrolment and of the person."""
    if trial.key not in ARMS:
        return joining.arm
    facts = await facts_of(candidate(trial, ids[1], today), today)
    return await ARMS[trial.key](
        Drawing(
            enrolment=ids[0],
            trial=trial.key,
            version=trial.trial.version,
            organisation=by.organisation or UUID(int=0),
            included_on=joining.included_on,
            sex=facts.sex,
            birth_date=facts.birth_date,
        )
    )


async def _screened(
    by: Actor, trial: Applied, screening: Screening, outcome: Outcome, key: PersonKey, at: datetime
) -> tuple[UUID, list[str]]:
    """Write the line of the log; its id and the rules that are not met."""
    today, line = day_in(ZONE, at), screening.line or new_id()
    facts = await facts_of(candidate(trial, screening.patient, today), today)
    judged = judge(trial.trial, facts, screening.answers, today)
    found = msgspec.json.encode({one.rule.id: one.found for one in judged}).decode()
    note = screening.note.strip()[:LONGEST_NOTE]
    sealed = key.seal(note, line, "screening.note") if note else None
    of = (line, screening.patient, trial.id, trial.version, by.organisation)
    await db.execute(SCREEN, *of, found, failed(judged), outcome.value, sealed, by.id, at)
    return line, failed(judged)


async def _lay_down(by: UUID, enrolment: UUID, at: datetime, changed: Collection[str] | None = None) -> None:
    """The visits of an enrolment that is new or changed, and what those ask whose window is open.

    `changed`: the only days that did, else any may have.
    """
    held = await lock_enrolment(enrolment)
    if held is None:
        raise Refused("enrolment.gone")
    await draw_calendar(by, held, await trial_at(held.version), at=at, changed=changed)
    today = day_in(ZONE, at)
    due = [
        one
        for one in await visits_of([enrolment])
        if one.window and one.prepared_at is None and one.untouched
        and one.window.permitted[0] <= today <= one.window.permitted[1]
    ]  # fmt: skip
    if due and await allowed(held.patient, Use.JOIN_TRIAL, held.key):
        await prepare_visits(by, due, team=False, at=at)


async def _hold(enrolment: UUID, *, active: bool = True) -> Enrolment:
    held = await lock_enrolment(enrolment)
    if held is None:
        raise Refused("enrolment.gone")
    if active and not held.active:
        raise Refused("enrolment.ended")
    return held


async def _keep(by: UUID, enrolment: UUID, reason: str, at: datetime) -> None:
    """What it was, before it changes; what was noted at an end that is taken back stays too."""
    row, key = new_id(), await key_of(await under_which(enrolment))
    held = await db.fetch_value("SELECT end_note FROM enrolment WHERE id = $1", enrolment)
    note = key.open_or_empty(held, enrolment, "enrolment.end_note")
    said = reason.strip()[:LONGEST_NOTE]
    sealed = key.seal(said, row, "enrolment_history.reason") if said else None
    kept = key.seal(note, row, "enrolment_history.end_note") if note else None
    await db.execute(KEEP, enrolment, row, sealed, kept, by, at)


async def change_enrolment(
    by: Actor, enrolment: UUID, wanted: Joining, reason: str, *, at: datetime, revision: int | None = None
) -> None:
    """Correct the day that visits count from, or the arm; visits to come follow. It needs a reason.

    `revision`: the one that was on the page. Refused: `enrolment.changed` by somebody else meanwhile.
    """
    async with transaction():
        held = await _hold(enrolment)
        included_on, arm = wanted.included_on, wanted.arm
        if (held.included_on, held.arm) == (included_on, arm):
            return
        if revision not in {None, held.revision}:
            raise Refused("enrolment.changed")
        if not reason.strip():
            raise Refused("enrolment.reason")
        trial = await find_trial(held.key)
        if trial is None:
            raise Refused("trial.not_open")
        pinned = replace(trial, trial=await trial_at(held.version))
        _joining(pinned, Joining(included_on=included_on, arm=arm), day_in(ZONE, at))
        await _keep(by.id, enrolment, reason, at)
        await db.execute(SET.format("included_on = $2, arm = $3"), enrolment, included_on, arm)
        await _lay_down(by.id, enrolment, at)
        await audit.record(
            audit.Action.ENROLMENT_CHANGED,
            by=by.id,
            at=at,
            subject=enrolment,
            patient=held.patient,
            organisation=held.organisation,
        )


async def note_event(by: Actor, enrolment: UUID, event: str, day: date | None, *, at: datetime) -> None:
    """A day that visits count from is known, corrected, or (None) was noted in error; visits to come follow."""
    async with transaction():
        held = await _hold(enrolment)
        trial = await trial_at(held.version)
        if event not in {one.id for one in trial.file.events} or (day is not None and day > day_in(ZONE, at)):
            raise Refused("enrolment.event")
        if held.events.get(event) == day:
            return
        await db.fetch(NO_EVENT, enrolment, event, at, by.id)
        if day is not None:
            of = (new_id(), await under_which(enrolment), enrolment)
            await db.execute(EVENT, *of, event, day, by.id, at)
        await _lay_down(by.id, enrolment, at, {f"event:{event}"})
        action = audit.Action.ENROLMENT_EVENT_NOTED if day else audit.Action.ENROLMENT_EVENT_REMOVED
        await audit.record(
            action,
            by=by.id,
            at=at,
            subject=enrolment,
            patient=held.patient,
            organisation=held.organisation,
            event=event,
        )


async def end_enrolment(by: Actor, enrolment: UUID, how: Ended, on: date, note: str, *, at: datetime) -> None:
    """Somebody leaves the trial, or it is over for them: what visits still ask is asked no longer.

    What was answered stays, and so does what was begun, for the team to see. Refused: `enrolment.ended` already,
    `enrolment.day` before it began or in the future, `enrolment.reason` where leaving needs one.
    """
    async with transaction():
        held = await _hold(enrolment)
        if how is Ended.ACTIVE or not held.begins <= on <= day_in(ZONE, at):
            raise Refused("enrolment.day")
        if how in {Ended.WITHDRAWN, Ended.EXCLUDED} and not note.strip():
            raise Refused("enrolment.reason")
        await _keep(by.id, enrolment, "", at)
        key, sealed = await key_of(await under_which(enrolment)), None
        if note.strip():
            sealed = key.seal(note.strip()[:LONGEST_NOTE], enrolment, "enrolment.end_note")
        await db.execute(END, enrolment, how.value, on, by.id, sealed)
        still = [one.id for one in await visits_of([enrolment]) if not one.completed_on and not one.skipped_on]
        await close_waiting(by.id, still, State.CANCELLED, at=at)
        await note_activity(held.patient, held.organisation, at)
        await audit.record(
            audit.Action.ENROLMENT_ENDED,
            by=by.id,
            at=at,
            subject=enrolment,
            patient=held.patient,
            organisation=held.organisation,
            how=how.value,
        )
        await tell(EnrolmentEnded(enrolment, by.id, at))


async def reopen_enrolment(by: Actor, enrolment: UUID, reason: str, *, at: datetime) -> None:
    """An end was noted in error: the person takes part after all, and what is due is asked again.

    Refused: `enrolment.reason` without one, `enrolment.there` where they joined this trial again meanwhile.
    """
    async with transaction():
        held = await _hold(enrolment, active=False)
        if held.active:
            return
        if not reason.strip():
            raise Refused("enrolment.reason")
        await lock_patient(held.patient)
        if any(one.active and one.trial == held.trial for one in await enrolments_of(held.patient)):
            raise Refused("enrolment.there")
        await _keep(by.id, enrolment, reason, at)
        await db.execute(REOPEN, enrolment)
        standing = [one for one in await visits_of([enrolment]) if not one.completed_on and not one.skipped_on]
        await db.execute(UNPREPARED, [one.id for one in standing])
        await _lay_down(by.id, enrolment, at, ())
        begun = [one for one in standing if one.started_on is not None]
        if begun and await allowed(held.patient, Use.JOIN_TRIAL, held.key):
            for one in begun:
                await prepare_visits(by.id, [one], team=one.place == "site", at=at)
        await audit.record(
            audit.Action.ENROLMENT_CHANGED,
            by=by.id,
            at=at,
            subject=enrolment,
            patient=held.patient,
            organisation=held.organisation,
            how=Ended.ACTIVE.value,
        )


async def stop_asking(by: UUID, patient: UUID, trials: Collection[str], *, at: datetime) -> int:
    """Somebody took back what allowed these trials (none: any): nothing more is asked of them; of how many visits.

    The enrolment stays until the team ends it; if the person agrees again, what is due is asked again by the night.
    """
    async with transaction():
        rows = await db.fetch(OPEN_VISITS, await ids_of(patient), sorted(trials) or None)
        visits = [row["id"] for row in rows]
        await close_waiting(by, visits, State.CANCELLED, at=at)
        await db.execute(UNPREPARED, visits)
        if visits:
            await audit.record(
                audit.Action.ENROLMENT_CHANGED, by=by, at=at, subject=patient, patient=patient, visits=len(visits)
            )
        return len(visits)


async def note_log_read(by: Actor, trial: str, *, exported: bool, at: datetime) -> None:
    """Somebody of a team read the screening log of their centre, or took it as a file."""
    async with transaction():
        await audit.record(
            audit.Action.PROGRESS_EXPORTED if exported else audit.Action.PROGRESS_READ,
            by=by.id,
            at=at,
            subject=by.id,
            organisation=by.organisation,
            trial=trial,
            page="screening_log",
        )
