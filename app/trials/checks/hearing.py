"""When the data checks of a visit run. Imported by every process that acts."""

from app.access.consent import Purpose
from app.assignments.queries import list_of_response
from app.audit.actions import WORKER
from app.consents.news import ConsentSettled
from app.lib.hearing import hears
from app.responses.news import ResponseScored
from app.trials.checks.actions import run_checks
from app.trials.news import VisitSettled
from app.trials.queries import find_visit, visits_of_patient


@hears(ResponseScored)
async def check_what_was_scored(news: ResponseScored) -> None:
    """Told for each response that was sent or corrected, also where there is nothing to score."""
    asked = await list_of_response(news.response)
    for visit in sorted({one.origin_id for one in asked if one.origin_kind == "visit" and one.origin_id}):
        if await find_visit(visit) is not None:
            await run_checks(WORKER, visit, at=news.at)


@hears(VisitSettled)
async def check_what_was_settled(news: VisitSettled) -> None:
    await run_checks(news.by, news.visit, at=news.at)


@hears(ConsentSettled)
async def check_what_is_shared_otherwise(news: ConsentSettled) -> None:
    """What a check read of another centre it may read no longer, or again."""
    if Purpose.SHARING not in news.before ^ news.now:
        return
    for visit in await visits_of_patient(news.patient):
        if visit.started_on is not None and visit.signed_at is None:
            await run_checks(news.by, visit.id, at=news.at)
