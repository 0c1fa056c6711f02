"""What the worker does about tablets that nobody gave back. Reads its arguments and calls one action."""

from procrastinate import Blueprint

from app.accounts.lending import actions
from app.lib import clock

tasks = Blueprint()


@tasks.periodic(cron="*/10 * * * *")
@tasks.task(name="end_abandoned_handovers", queue="upkeep", pass_context=False)
async def end_abandoned_handovers(timestamp: int) -> None:
    await actions.end_abandoned(at=clock.now())
