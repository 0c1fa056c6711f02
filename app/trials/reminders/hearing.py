"""What becomes of planned reminders when something happens to a visit, an enrolment or a consent."""

from app.access.consent import TRIAL, Purpose
from app.consents.news import ConsentSettled
from app.lib.hearing import hears
from app.trials.model import Ended
from app.trials.news import EnrolmentEnded, VisitSettled
from app.trials.queries import enrolments_of, find_enrolment, find_visit, visits_of, visits_of_patient
from app.trials.reminders.actions.planning import hold_back
from app.trials.reminders.model import Audience, Why


@hears(VisitSettled)
async def stop_what_is_settled(news: VisitSettled) -> None:
    """Taken up again, a visit is planned for anew by the next hour."""
    visit = await find_visit(news.visit)
    if visit is not None and (visit.completed_on or visit.skipped_on):
        await hold_back(news.by, [visit.id], Why.SETTLED, at=news.at)


@hears(EnrolmentEnded)
async def stop_what_has_ended(news: EnrolmentEnded) -> None:
    """Nobody close to somebody who has died is reminded of anything, whichever trial noted it."""
    ended = await find_enrolment(news.enrolment)
    if ended is None:
        return
    if ended.state is Ended.DIED:
        every = [one.id for one in await enrolments_of(ended.patient)]
        await hold_back(news.by, [one.id for one in await visits_of(every)], Why.DIED, at=news.at)
        return
    await hold_back(news.by, [one.id for one in await visits_of([ended.id])], Why.ENDED, at=news.at)


@hears(ConsentSettled)
async def stop_what_is_not_allowed(news: ConsentSettled) -> None:
    """At once, and not when the next one is due: what is taken back counts from now on."""
    taken = news.taken_back
    if not taken:
        return
    visits = await visits_of_patient(news.patient)
    if Purpose.CARE in taken:
        await hold_back(news.by, [one.id for one in visits], Why.CLOSED, at=news.at)
    refused = [one.id for one in visits if f"{TRIAL}{one.key}" in taken]
    if refused:
        await hold_back(news.by, refused, Why.TRIAL, at=news.at)
    if Purpose.CONTACT in taken:
        own = (Audience.PATIENT, Audience.PROXY)
        await hold_back(news.by, [one.id for one in visits], Why.CONTACT, at=news.at, audiences=own)
