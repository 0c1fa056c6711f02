"""What trials do when something happens below them. Imported by every process that acts."""

from datetime import datetime
from uuid import UUID

from app.access.consent import TRIAL
from app.consents.news import ConsentSettled
from app.lib.hearing import hears, tell
from app.responses.news import ResponseCorrected, ResponseOpened, ResponseSent
from app.trials.applying.actions import resume_enrolment
from app.trials.enrolling.actions import stop_asking
from app.trials.library import trial_at
from app.trials.news import AnswerChanged, VisitSettled
from app.trials.queries import enrolments_of
from app.trials.visits.actions.answering import ask_no_more, share_answer
from app.trials.visits.actions.preparing import go_on_at_home
from app.trials.visits.queries import visits_answered


@hears(ResponseOpened)
async def count_for_others(news: ResponseOpened) -> None:
    await share_answer(news.by, news.response, at=news.at)
    await go_on(news.by, news.response, at=news.at)


@hears(ResponseSent)
async def end_visits_at_home(news: ResponseSent) -> None:
    await share_answer(news.by, news.response, at=news.at)
    spared = await ask_no_more(news.by, news.response, at=news.at)
    await go_on(news.by, news.response, at=news.at)
    for visit in spared:
        await go_on_at_home(news.by, visit.id, at=news.at)


async def go_on(by: UUID, response: UUID, *, at: datetime) -> None:
    """Visits at home begin and end with what is answered in them."""
    for visit in await visits_answered(response):
        if visit.place == "remote":
            await go_on_at_home(by, visit.id, at=at)


@hears(ResponseCorrected)
async def tell_of_change(news: ResponseCorrected) -> None:
    """Every visit for which this answer counts holds something else now; those that were settled are so anew."""
    visits = await visits_answered(news.response)
    if not visits:
        return
    await tell(AnswerChanged(news.response, tuple(one.id for one in visits), news.by, news.at))
    for one in visits:
        if one.completed_on is not None or one.skipped_on is not None:
            await tell(VisitSettled(one.id, news.by, news.at))


@hears(ConsentSettled)
async def stop_what_is_not_allowed(news: ConsentSettled) -> None:
    keys = {one.removeprefix(TRIAL) for one in news.taken_back if one.startswith(TRIAL)}
    if keys or "care" in news.taken_back:
        await stop_asking(news.by, news.patient, keys, at=news.at)
    await follow(news.by, news.patient, at=news.at)


async def follow(by: UUID, patient: UUID, *, at: datetime) -> None:
    """Somebody agreed: enrolments that waited for it follow the version that waited."""
    for one in await enrolments_of(patient):
        if one.active and one.held is not None:
            await resume_enrolment(by, one.id, await trial_at(one.held), at=at)
