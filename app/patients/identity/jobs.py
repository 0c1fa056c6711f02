"""What the worker does about records that were begun. Calls one action."""

from procrastinate import Blueprint

from app.lib import clock
from app.patients.identity import actions

tasks = Blueprint()


@tasks.periodic(cron="23 * * * *")
@tasks.task(name="forget_entries", queue="upkeep", pass_context=False)
async def forget_entries(timestamp: int) -> None:
    await actions.forget_entries(at=clock.now())
