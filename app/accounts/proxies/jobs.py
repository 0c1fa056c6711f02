"""What the worker tells about proxies. Reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.accounts.proxies import actions
from app.lib import clock
from app.lib.retrying import FOR_A_DAY

tasks = Blueprint()


@tasks.task(name="tell_of_majority", queue=actions.TELL.queue, retry=FOR_A_DAY)
async def tell_of_majority(patient: str, account: str, audience: str) -> None:
    await actions.tell_of_majority(UUID(patient), UUID(account), audience, at=clock.now())
