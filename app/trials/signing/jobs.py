"""What the worker does about signatures. Each reads its arguments and calls actions."""

from uuid import UUID

from procrastinate import Blueprint

from app.lib import clock
from app.lib.retrying import FOR_A_DAY
from app.trials.signing import actions

tasks = Blueprint()


@tasks.task(name="tell_signer", queue=actions.TELL_SIGNER.queue, retry=FOR_A_DAY)
async def tell_signer(signature: str) -> None:
    await actions.tell_by_mail(UUID(signature), at=clock.now())
