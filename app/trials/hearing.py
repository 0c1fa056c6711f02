"""What trials do when something happens below them. Imported by every process that acts."""

from datetime import datetime
from uuid import UUID

from app.access.consent import TRIAL
from app.consents.news import ConsentSettled
from app.lib.hearing import hears
from app.responses.news import ResponseOpened, ResponseSent
from app.trials.applying.actions import resume_enrolment
from app.trials.enrolling.actions import stop_asking
from app.trials.library import trial_at
from app.trials.queries import enrolments_of
from app.trials.visits.actions.answering import note_answer, share_answer


@hears(ResponseOpened)
async def count_for_others(news: ResponseOpened) -> None:
    await share_answer(news.by, news.response, news.assignment, at=news.at)
    await note_answer(news.by, news.response, at=news.at)


@hears(ResponseSent)
async def end_visits_at_home(news: ResponseSent) -> None:
    await note_answer(news.by, news.response, at=news.at)


@hears(ConsentSettled)
async def stop_what_is_not_allowed(news: ConsentSettled) -> None:
    keys = {one.removeprefix(TRIAL) for one in news.taken_back if one.startswith(TRIAL)}
    if keys or "care" in news.taken_back:
        await stop_asking(news.by, news.patient, keys, at=news.at)
    await go_on(news.by, news.patient, at=news.at)


async def go_on(by: UUID, patient: UUID, *, at: datetime) -> None:
    """Somebody agreed: enrolments that waited for it follow the version that waited."""
    for one in await enrolments_of(patient):
        if one.active and one.held is not None:
            await resume_enrolment(by, one.id, await trial_at(one.held), at=at)
