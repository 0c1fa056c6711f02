"""When the data checks of a visit run. Imported by every process that acts."""

from app.assignments.queries import list_of_response
from app.audit.actions import WORKER
from app.lib.hearing import hears
from app.responses.news import ResponseScored
from app.trials.checks.actions import run_checks
from app.trials.news import VisitSettled
from app.trials.queries import find_visit


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
