"""Laying visits down as rows, and bringing them to a calendar that changed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.assignments.model import State
from app.assignments.visiting.actions import close_waiting
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.trials.format.calendar import Planned, plan_calendar
from app.trials.format.model import Trial
from app.trials.model import Enrolment, Visit
from app.trials.queries import visits_of, written_asked
from app.trials.visits.planning import Redrawn, anchors_of, redrawn
from app.trials.visits.queries import facts_of, touched_in, under_which

INSERT = """
INSERT INTO visit (id, patient, enrolment, trial, version, organisation, visit, number, place, target, best_from,
                   best_to, permitted_from, permitted_to, asked)
SELECT r.id, $1, $2, $3, $4, $5, r.visit, r.number, r.place, r.target, r.best_from, r.best_to, r.permitted_from,
       r.permitted_to, r.asked::jsonb
FROM unnest($6::uuid[], $7::text[], $8::int[], $9::text[], $10::date[], $11::date[], $12::date[], $13::date[],
            $14::date[], $15::text[])
     AS r(id, visit, number, place, target, best_from, best_to, permitted_from, permitted_to, asked)
"""
CHANGE = """
UPDATE visit SET version = $2, place = $3, target = $4, best_from = $5, best_to = $6, permitted_from = $7,
    permitted_to = $8, asked = $9::jsonb, prepared_at = NULL, revision = revision + 1
WHERE id = $1
"""
KEEP = """
INSERT INTO visit_history (id, patient, visit, revision, former, changed_by, changed_at)
SELECT $2, v.patient, v.id, v.revision, jsonb_build_object('version', v.version, 'place', v.place, 'target', v.target,
       'best_from', v.best_from, 'best_to', v.best_to, 'permitted_from', v.permitted_from,
       'permitted_to', v.permitted_to, 'asked', v.asked, 'removed', $5::boolean), $3, $4
FROM visit v WHERE v.id = $1
"""
REMOVE = "UPDATE visit SET removed_at = $2, revision = revision + 1 WHERE id = $1"


async def draw_calendar(by: UUID, enrolment: Enrolment, trial: Trial, *, at: datetime) -> Redrawn:
    """Bring the visits of an enrolment to what its version says with the days that are known now.

    Called with the enrolment locked, by whatever changes one of those days, the arm or the version.
    """
    async with transaction():
        today = day_in(ZONE, at)
        standing = await visits_of([enrolment.id])
        anchors = anchors_of(enrolment.included_on, enrolment.events, standing)
        wanted = plan_calendar(trial, anchors, await facts_of(enrolment, today))
        todo = redrawn(standing, await touched_in(standing), wanted, today)
        if not todo.nothing:
            await _write(by, enrolment, todo, at)
            await audit.record(
                audit.Action.ENROLMENT_CHANGED,
                by=by,
                at=at,
                subject=enrolment.id,
                patient=enrolment.patient,
                organisation=enrolment.organisation,
                visits_added=len(todo.add),
                visits_changed=len(todo.change),
                visits_removed=len(todo.remove),
            )
        return todo


async def follow_amendment(by: UUID, enrolment: Enrolment, todo: Redrawn, *, at: datetime) -> None:
    """Write what a new version does to the visits of somebody; `enrolment` follows that version already."""
    async with transaction():
        await _write(by, enrolment, todo, at)
        await audit.record(
            audit.Action.ENROLMENT_AMENDED,
            by=by,
            at=at,
            subject=enrolment.id,
            patient=enrolment.patient,
            organisation=enrolment.organisation,
            version=str(enrolment.version),
            visits_added=len(todo.add),
            visits_changed=len(todo.change),
            visits_removed=len(todo.remove),
        )


async def _write(by: UUID, enrolment: Enrolment, todo: Redrawn, at: datetime) -> None:
    await _add(enrolment, todo.add)
    for visit, aim in todo.change:
        await _change(by, visit, aim, enrolment.version, at)
    for visit in todo.remove:
        await db.execute(KEEP, visit.id, new_id(), by, at, True)
        await db.execute(REMOVE, visit.id, at)
    await close_waiting(by, [one.id for one in todo.remove], State.CANCELLED, at=at)


async def _add(enrolment: Enrolment, add: Iterable[Planned]) -> None:
    rows = [
        (
            new_id(),
            one.visit,
            one.number,
            one.place,
            one.target,
            *one.best,
            *one.permitted,
            written_asked(one.questionnaires),
        )
        for one in add
    ]
    if rows:
        patient = await under_which(enrolment.id)
        of = (patient, enrolment.id, enrolment.trial, enrolment.version, enrolment.organisation)
        await db.execute(INSERT, *of, *map(list, zip(*rows, strict=True)))


async def _change(by: UUID, visit: Visit, aim: Planned, version: UUID, at: datetime) -> None:
    """The next preparation asks for what is new; what is asked no longer is taken back."""
    await db.execute(KEEP, visit.id, new_id(), by, at, False)
    asked = written_asked(aim.questionnaires)
    await db.execute(CHANGE, visit.id, version, aim.place, aim.target, *aim.best, *aim.permitted, asked)
    keep = [f"{one.key}:{one.who}" for one in aim.questionnaires]
    await close_waiting(by, [visit.id], State.CANCELLED, at=at, keep=keep, window=aim.permitted)
