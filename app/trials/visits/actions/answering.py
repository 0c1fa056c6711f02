"""What answering does to visits: a visit at home begins and ends by itself; one answer counts for several visits."""

from datetime import datetime
from uuid import UUID

from app.access.consent import Purpose
from app.assignments.queries import list_of_response, list_of_visits
from app.assignments.visiting.actions import Answering, let_count
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.hearing import tell
from app.lib.i18n import ZONE
from app.patients.queries import ids_of, scope_of_patient
from app.responses.queries import get_response
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.news import VisitSettled
from app.trials.visits.actions.laying import draw_calendar
from app.trials.visits.model import standing_of
from app.trials.visits.queries import hold

BEGIN = "UPDATE visit SET started_on = $2, revision = revision + 1 WHERE id = $1 AND started_on IS NULL"
END = """
UPDATE visit SET completed_on = $2, completed_by = $3, revision = revision + 1
WHERE id = $1 AND completed_on IS NULL AND skipped_on IS NULL
"""


async def share_answer(by: UUID, response: UUID, assignment: UUID, *, at: datetime) -> int:
    """Somebody began to answer: let it count for the other visits that wait for the same; for how many."""
    async with transaction():
        found = await get_response(response)
        scope = await scope_of_patient(found.patient)
        answering = Answering(
            response=response,
            assignment=assignment,
            patients=await ids_of(found.patient),
            questionnaire=found.questionnaire.key,
            version=found.questionnaire.version,
            answered_by=found.answered_by,
            organisation=found.organisation,
            elsewhere=scope is not None and Purpose.SHARING not in scope.withheld,
            day=day_in(ZONE, at),
        )
        visits = await let_count(by, answering, at=at)
        if visits:
            await audit.record(
                audit.Action.ANSWER_SHARED, by=by, at=at, subject=response, patient=found.patient, visits=len(visits)
            )
        return len(visits)


async def note_answer(by: UUID, response: UUID, *, at: datetime) -> None:
    """A response was begun or sent: visits held at home that it belongs to begin with the first answer, and are over
    once everything required has been sent."""
    async with transaction():
        asked = await list_of_response(response)
        for visit in sorted({one.origin_id for one in asked if one.origin_kind == "visit" and one.origin_id}):
            held, enrolment = await hold(visit)
            if held.place != "remote" or not enrolment.active or held.completed_on or held.skipped_on:
                continue
            today = day_in(ZONE, at)
            if held.started_on is None:
                await db.execute(BEGIN, visit, today)
                await audit.record(audit.Action.VISIT_OPENED, by=by, at=at, subject=visit, patient=held.patient)
            if await _is_whole(held):
                await db.execute(END, visit, today, by)
                await audit.record(audit.Action.VISIT_COMPLETED, by=by, at=at, subject=visit, patient=held.patient)
                await tell(VisitSettled(visit, by, at))
            await draw_calendar(by, enrolment, await trial_at(enrolment.version), at=at)


async def _is_whole(visit: Visit) -> bool:
    """Everything required was sent, and something was at all."""
    standing = standing_of(await list_of_visits([visit.id]))
    return standing.whole and not standing.begun and bool(standing.done)
