"""One answer counts for several visits: those that wait for the same take it for theirs, or ask no longer."""

from datetime import datetime
from uuid import UUID

from app.access.consent import Use, allowed
from app.assignments.model import State
from app.assignments.visiting.actions import Answering, close_waiting, let_count
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.i18n import ZONE
from app.patients.queries import scope_of_patient
from app.responses.queries import lock_response
from app.trials.model import Visit
from app.trials.queries import visits_of
from app.trials.visits.queries import visits_answered


async def share_answer(by: UUID, response: UUID, *, at: datetime) -> int:
    """Somebody began to answer, or sent: let it count for the visits that wait for the same; for how many.

    What was begun in two places at once is found again when the first of them is sent.
    """
    async with transaction():
        found = await lock_response(response)
        scope = await scope_of_patient(found.patient)
        answering = Answering(
            response=response,
            sent=found.submitted_at is not None,
            patient=found.patient,
            questionnaire=found.questionnaire.key,
            version=found.questionnaire.version,
            answered_by=found.answered_by,
            organisation=found.organisation,
            elsewhere=scope is not None and allowed(scope.withheld, Use.SEE_OTHER_CENTRES),
            day=day_in(ZONE, at),
        )
        visits = await let_count(by, answering, at=at)
        if visits:
            person = scope.patient if scope else found.patient
            await audit.record(
                audit.Action.ANSWER_SHARED, by=by, at=at, subject=response, patient=person, visits=len(visits)
            )
        return len(visits)


async def ask_no_more(by: UUID, response: UUID, *, at: datetime) -> list[Visit]:
    """What is asked once in an enrolment was sent: the other visits that wait for it ask no longer; these visits."""
    async with transaction():
        found = await lock_response(response)
        answered, closed = await visits_answered(response), list[Visit]()
        ids = {one.id for one in answered}
        for visit in await visits_of({one.enrolment for one in answered}):
            once = {one.key for one in visit.asked if one.once} & {found.questionnaire.key}
            keep = [f"{one.key}:{one.who}" for one in visit.asked if one.key not in once]
            if once and visit.id not in ids and await close_waiting(by, [visit.id], State.CANCELLED, at=at, keep=keep):
                closed.append(visit)
        for visit in closed:
            await audit.record(
                audit.Action.VISIT_CHANGED,
                by=by,
                at=at,
                subject=visit.id,
                patient=visit.patient,
                organisation=visit.organisation,
                visit=visit.name,
                questionnaire=found.questionnaire.key,
            )
        return closed
