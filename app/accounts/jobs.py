"""What the worker does about accounts. Each reads its arguments and calls one action."""

from datetime import timedelta
from uuid import UUID

from procrastinate import Blueprint

from app.accounts import actions
from app.lib import clock

KEPT_AFTER_THE_END = timedelta(days=7)

tasks = Blueprint()


@tasks.task(name="mail_code", queue=actions.MAIL_CODE.queue)
async def mail_code(attempt_id: str) -> None:
    await actions.mail_code(UUID(attempt_id), at=clock.now())


@tasks.periodic(cron="17 * * * *")
@tasks.task(name="forget_old_sign_ins", queue="upkeep", pass_context=False)
async def forget_old_sign_ins(timestamp: int) -> None:
    at = clock.now()
    await actions.forget_old_sign_ins(before=at - KEPT_AFTER_THE_END, at=at)
