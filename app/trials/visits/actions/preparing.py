"""Asking for what visits ask, as windows open or visits are held; and visits at home, which go on by themselves."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import OWN_VOICE
from app.assignments.queries import list_of_visits
from app.assignments.visiting.actions import Asked as Made
from app.assignments.visiting.actions import VisitAsk, ask_for_visits
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.hearing import tell
from app.lib.i18n import ZONE
from app.responses.model import State
from app.responses.queries import Sought, counting_for
from app.trials.format.calendar import Asked
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.news import VisitSettled
from app.trials.visits.actions.laying import draw_calendar
from app.trials.visits.model import Standing, standing_of
from app.trials.visits.queries import answered_once, hold, waiting_visits

AT_ONCE = 500
PREPARED = "UPDATE visit SET prepared_at = $2 WHERE id = ANY($1)"
UNDER = "SELECT id, patient FROM visit WHERE id = ANY($1)"
BEGIN = "UPDATE visit SET started_on = $2, revision = revision + 1 WHERE id = $1 AND started_on IS NULL"
END = """
UPDATE visit SET completed_on = $2, completed_by = $3, revision = revision + 1
WHERE id = $1 AND completed_on IS NULL AND skipped_on IS NULL
"""


async def prepare_visits(by: UUID, visits: Sequence[Visit], *, team: bool, at: datetime) -> int:
    """Make the assignments of these visits, held by the caller with their enrolments; how many. `team`: also what the
    team fills in.

    An answer that is recent enough counts at once, whichever trial asked for it. Doing it again asks for nothing more.
    """
    async with transaction():
        today = day_in(ZONE, at)
        asks = await _asks(visits, today, team=team)
        made = await ask_for_visits(by, await _with_answers(asks, today), at=at)
        await db.execute(PREPARED, [one.id for one in visits], at)
        if visits:
            await audit.record(
                audit.Action.VISITS_PREPARED,
                by=by,
                at=at,
                subject=visits[0].enrolment if len(visits) == 1 else audit.WORKER,
                patient=visits[0].patient if len(visits) == 1 else None,
                visits=len(visits),
                questionnaires=made.made,
            )
        for visit in _answered_at_home(visits, made):
            await go_on_at_home(by, visit.id, at=at)
        return made.made


def _answered_at_home(visits: Sequence[Visit], made: Made) -> list[Visit]:
    """Visits at home for which an answer was there already: nobody will send one that makes them begin."""
    return [one for one in visits if one.place == "remote" and one.untouched and one.id in made.answered]


async def prepare_due(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Ask for what the visits ask whose window is open, as many as `limit`; how many visits. For the night's job."""
    async with transaction():
        visits = await waiting_visits(day_in(ZONE, at), limit)
        # One that has begun asks the team too: the person took back what allows the trial, and allows it again.
        begun = [one for one in visits if one.started_on is not None]
        await prepare_visits(audit.WORKER, [one for one in visits if one.started_on is None], team=False, at=at)
        await prepare_visits(audit.WORKER, begun, team=True, at=at)
        if visits:
            await audit.record(
                audit.Action.VISITS_PREPARED, by=audit.WORKER, at=at, subject=audit.WORKER, visits=len(visits)
            )
        return len(visits)


async def go_on_at_home(by: UUID, visit: UUID, *, at: datetime) -> None:
    """A visit held at home begins with the first answer, and is over once everything required has been sent.

    What the team fills in of such a visit (answered on paper, by telephone) is asked of it once the visit has begun.
    """
    async with transaction():
        held, enrolment = await hold(visit)
        standing = standing_of(await list_of_visits([visit]))
        settled = held.completed_on or held.skipped_on or not enrolment.active
        if held.place != "remote" or settled or not (standing.done or standing.begun):
            return
        today = day_in(ZONE, at)
        if held.started_on is None:
            standing = await _begin(by, held, today, at)
        if standing.whole and standing.done and not standing.begun:
            await db.execute(END, visit, max(today, held.started_on or today), by)
            await audit.record(
                audit.Action.VISIT_COMPLETED,
                by=by,
                at=at,
                subject=visit,
                patient=held.patient,
                organisation=held.organisation,
                visit=held.name,
            )
            await tell(VisitSettled(visit, by, at))
        await _redraw(by, enrolment, held, at)


async def _begin(by: UUID, visit: Visit, today: date, at: datetime) -> Standing:
    await db.execute(BEGIN, visit.id, today)
    await audit.record(
        audit.Action.VISIT_OPENED,
        by=by,
        at=at,
        subject=visit.id,
        patient=visit.patient,
        organisation=visit.organisation,
        visit=visit.name,
    )
    if any(one.who not in OWN_VOICE for one in visit.asked):
        await prepare_visits(by, [replace(visit, started_on=today)], team=True, at=at)
    return standing_of(await list_of_visits([visit.id]))


async def _redraw(by: UUID, enrolment: Enrolment, visit: Visit, at: datetime) -> None:
    """Other visits may count from the day on which this one began."""
    trial = await trial_at(enrolment.version)
    await draw_calendar(by, enrolment, trial, at=at, changed={f"visit:{visit.visit}"})


async def _asks(visits: Sequence[Visit], today: date, *, team: bool) -> list[VisitAsk]:
    under = {row["id"]: row["patient"] for row in await db.fetch(UNDER, [one.id for one in visits])}
    once = {
        enrolment: await answered_once(enrolment)
        for enrolment in {one.enrolment for one in visits if any(asked.once for asked in one.asked)}
    }
    return [
        _ask(visit, under[visit.id], asked, today)
        for visit in visits
        for asked in visit.asked
        if (team or asked.who in OWN_VOICE) and not (asked.once and asked.key in once.get(visit.enrolment, ()))
    ]


def _ask(visit: Visit, patient: UUID, asked: Asked, today: date) -> VisitAsk:
    opens, due = visit.window.permitted if visit.window else (visit.started_on or today, None)
    return VisitAsk(
        patient=patient,
        visit=visit.id,
        questionnaire=asked.key,
        answered_by=asked.who,
        organisation=visit.organisation,
        opens_on=min(opens, today),
        due_on=due,
        position=asked.order,
        required=asked.required,
        version=asked.version,
        reuse_days=asked.reuse.days if asked.reuse else None,
    )


async def _with_answers(asks: Collection[VisitAsk], today: date) -> list[VisitAsk]:
    """The same, each with the answer that counts for it, where there is one."""
    every = list(asks)
    reusing = [n for n, ask in enumerate(every) if ask.reuse_days is not None]
    sought = [
        Sought(
            ask.patient,
            ask.questionnaire,
            ask.answered_by,
            today - timedelta(days=ask.reuse_days or 0),
            ask.version,
            ask.organisation,
        )
        for ask in (every[n] for n in reusing)
    ]
    for position, (response, state) in (await counting_for(sought, ZONE)).items():
        n = reusing[position]
        every[n] = replace(every[n], response=response, sent=state is not State.DRAFT)
    return every
