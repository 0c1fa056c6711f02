"""What the worker does about resets. Each reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.accounts.resets import actions
from app.lib import clock
from app.lib.retrying import FOR_A_DAY

tasks = Blueprint()


@tasks.task(name="mail_reset_asked", queue=actions.MAIL_OBJECTION.queue, retry=FOR_A_DAY)
async def mail_reset_asked(reset: str) -> None:
    await actions.mail_objection(UUID(reset), at=clock.now())


@tasks.task(name="mail_reset_link", queue=actions.MAIL_LINK.queue, retry=FOR_A_DAY)
async def mail_reset_link(reset: str) -> None:
    await actions.mail_link(UUID(reset), at=clock.now())
