"""Worker entry points. Each reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.lib import clock
from app.responses import actions
from app.responses.facts.actions import score_those_that_use
from app.responses.waiting import actions as waiting

tasks = Blueprint()


@tasks.task(name="score", queue=waiting.SCORE.queue)
async def score(response_id: str) -> None:
    await actions.score_response(UUID(response_id), at=clock.now())
    await score_those_that_use(UUID(response_id), at=clock.now())


@tasks.task(name="score_waiting", queue=waiting.SCORE.queue)
async def score_waiting(patient: str) -> None:
    await waiting.score_waiting(UUID(patient), at=clock.now())
