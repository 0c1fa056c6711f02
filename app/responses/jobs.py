"""Worker entry points. Each reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.lib import clock
from app.responses import actions

tasks = Blueprint()


@tasks.task(name="score", queue=actions.SCORE.queue)
async def score(response_id: str) -> None:
    await actions.score_response(UUID(response_id), at=clock.now())
