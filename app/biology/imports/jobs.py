"""What the worker does about files of results that were looked at. Calls one action."""

from procrastinate import Blueprint

from app.biology.imports import actions
from app.lib import clock

tasks = Blueprint()


@tasks.periodic(cron="37 * * * *")
@tasks.task(name="forget_imports", queue="upkeep", pass_context=False)
async def forget_imports(timestamp: int) -> None:
    await actions.forget_imports(at=clock.now())
