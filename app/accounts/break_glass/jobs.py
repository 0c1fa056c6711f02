"""What the worker does when an identity was opened. Reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.accounts.break_glass import actions
from app.lib import clock
from app.lib.retrying import FOR_A_DAY

tasks = Blueprint()


@tasks.task(name="tell_centre", queue=actions.TELL.queue, retry=FOR_A_DAY)
async def tell_centre(opening: str, account: str) -> None:
    await actions.tell_centre(UUID(opening), UUID(account), at=clock.now())
