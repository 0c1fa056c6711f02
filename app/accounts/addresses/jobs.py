"""What the worker does about changes of address. Each reads its arguments and calls one action."""

from datetime import timedelta
from uuid import UUID

from procrastinate import Blueprint

from app.accounts.addresses import actions
from app.lib import clock
from app.lib.retrying import FOR_A_DAY

KEPT_AFTER_THE_END = timedelta(days=7)

tasks = Blueprint()


@tasks.task(name="send_address_code", queue=actions.SEND_CODE.queue)
async def send_address_code(change: str) -> None:
    await actions.send_code(UUID(change), at=clock.now())


@tasks.task(name="tell_former_address", queue=actions.TELL_FORMER.queue, retry=FOR_A_DAY)
async def tell_former_address(change: str) -> None:
    await actions.tell_former(UUID(change), at=clock.now())


@tasks.periodic(cron="23 * * * *")
@tasks.task(name="forget_address_changes", queue="upkeep", pass_context=False)
async def forget_address_changes(timestamp: int) -> None:
    at = clock.now()
    await actions.forget_changes(before=at - KEPT_AFTER_THE_END, at=at)
