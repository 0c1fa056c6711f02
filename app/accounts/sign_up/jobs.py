"""What the worker does about sign-ups. Each reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.accounts.sign_up import actions
from app.accounts.sign_up.model import KEPT_AFTER_THE_END
from app.lib import clock

tasks = Blueprint()


@tasks.task(name="mail_code", queue=actions.MAIL_CODE.queue)
async def mail_code(sign_up: str) -> None:
    await actions.mail_code(UUID(sign_up), at=clock.now())


@tasks.task(name="text_code", queue=actions.TEXT_CODE.queue)
async def text_code(account: str) -> None:
    await actions.text_code(UUID(account), at=clock.now())


@tasks.periodic(cron="27 * * * *")
@tasks.task(name="forget_sign_ups", queue="upkeep", pass_context=False)
async def forget_sign_ups(timestamp: int) -> None:
    at = clock.now()
    await actions.forget_sign_ups(before=at - KEPT_AFTER_THE_END, at=at)
