"""What the worker does about records that people ask for."""

from procrastinate import Blueprint

from app.lib import clock
from app.patients.asks import actions

tasks = Blueprint()


@tasks.periodic(cron="29 4 * * *")
@tasks.task(name="forget_asks", queue="upkeep", pass_context=False)
async def forget_asks(timestamp: int) -> None:
    await actions.forget_asks(at=clock.now())
