"""What the worker does about documents. Each reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.files.actions import keeping, upkeep
from app.lib import clock

tasks = Blueprint()


@tasks.task(name="check", queue=keeping.CHECK.queue)
async def check(file: str) -> None:
    await upkeep.check_file(UUID(file), at=clock.now())


@tasks.periodic(cron="53 * * * *")
@tasks.task(name="ask_again", queue="upkeep", pass_context=False)
async def ask_again(timestamp: int) -> None:
    await upkeep.ask_again(at=clock.now())


@tasks.periodic(cron="37 3 * * *")
@tasks.task(name="sweep_orphans", queue="upkeep", pass_context=False)
async def sweep_orphans(timestamp: int) -> None:
    await upkeep.sweep_orphans(at=clock.now())
