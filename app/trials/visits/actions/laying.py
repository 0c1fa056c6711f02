"""Laying visits down as rows, and bringing them to a calendar that changed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from app.assignments.model import State
from app.assignments.queries import list_of_visits
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
from app.trials.visits.planning import Redrawn, anchors_of, counted_otherwise, redrawn
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
UPDATE visit v SET version = $1, place = r.place, target = r.target, best_from = r.best_from, best_to = r.best_to,
    permitted_from = r.permitted_from, permitted_to = r.permitted_to, asked = r.asked::jsonb, prepared_at = NULL,
    revision = v.revision + 1
FROM unnest($2::uuid[], $3::text[], $4::date[], $5::date[], $6::date[], $7::date[], $8::date[], $9::text[])
     AS r(id, place, target, best_from, best_to, permitted_from, permitted_to, asked)
WHERE v.id = r.id
"""
KEEP = """
INSERT INTO visit_history (id, patient, visit, revision, former, changed_by, changed_at)
SELECT r.row, v.patient, v.id, v.revision, jsonb_build_object('version', v.version, 'place', v.place,
       'target', v.target, 'best_from', v.best_from, 'best_to', v.best_to, 'permitted_from', v.permitted_from,
       'permitted_to', v.permitted_to, 'asked', v.asked, 'removed', r.removed), $4, $5
FROM unnest($1::uuid[], $2::uuid[], $3::boolean[]) AS r(row, visit, removed) JOIN visit v ON v.id = r.visit
"""
FOLLOW = "UPDATE visit SET version = $2 WHERE id = ANY($1)"
REMOVE = "UPDATE visit SET removed_at = $2, revision = revision + 1 WHERE id = ANY($1)"


async def draw_calendar(
    by: UUID, enrolment: Enrolment, trial: Trial, *, at: datetime, changed: Collection[str] | None = None
) -> Redrawn:
    """Bring the visits of an enrolment to what its version says with the days that are known now.

    Called with the enrolment locked, by whatever changes one of those days, the arm or the version. `changed`: the
    only days that did, such as `visit:start`: what counts from others and is over was left out on purpose.
    """
    async with transaction():
        today = day_in(ZONE, at)
        standing = await visits_of([enrolment.id])
        anchors = anchors_of(enrolment.included_on, enrolment.events, standing)
        wanted = plan_calendar(trial, anchors, await facts_of(enrolment, today))
        kept = counted_otherwise(trial, changed)
        todo = redrawn(standing, await touched_in(standing), wanted, today, unchanged=kept)
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
        await db.execute(FOLLOW, [one.id for one in todo.follow], enrolment.version)
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
    """A few statements for all visits, however many: an amendment reaches a thousand people in one transaction."""
    await _add(enrolment, todo.add)
    gone = [one.id for one in todo.remove]
    former = [(new_id(), visit.id, False) for visit, _aim in todo.change] + [(new_id(), one, True) for one in gone]
    if former:
        await db.execute(KEEP, *map(list, zip(*former, strict=True)), by, at)
    await _change(by, todo.change, enrolment.version, at)
    if gone:
        await db.execute(REMOVE, gone, at)
        await close_waiting(by, gone, State.CANCELLED, at=at)


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


async def _change(by: UUID, change: Iterable[tuple[Visit, Planned]], version: UUID, at: datetime) -> None:
    """The next preparation asks for what is new; what is asked no longer is taken back."""
    aims = {visit.id: aim for visit, aim in change}
    rows = [
        (visit, aim.place, aim.target, *aim.best, *aim.permitted, written_asked(aim.questionnaires))
        for visit, aim in aims.items()
    ]
    if not rows:
        return
    await db.execute(CHANGE, version, *map(list, zip(*rows, strict=True)))
    for visit in {one.origin_id for one in await list_of_visits(list(aims)) if one.origin_id}:
        keep = [f"{one.key}:{one.who}" for one in aims[visit].questionnaires]
        await close_waiting(by, [visit], State.CANCELLED, at=at, keep=keep, window=aims[visit].permitted)
