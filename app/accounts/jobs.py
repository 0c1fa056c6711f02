"""What the worker does about accounts. Each reads its arguments and calls one action."""

from datetime import datetime, timedelta
from uuid import UUID

from procrastinate import Blueprint

from app.accounts.actions import forgetting, notices, signing_in
from app.accounts.notices import Notice
from app.lib import clock

KEPT_AFTER_THE_END = timedelta(days=7)

tasks = Blueprint()


@tasks.task(name="mail_code", queue=signing_in.MAIL_CODE.queue)
async def mail_code(attempt_id: str) -> None:
    await signing_in.mail_code(UUID(attempt_id), at=clock.now())


@tasks.task(name="tell_owner", queue=notices.TELL.queue)
async def tell_owner(account: str, notice: str, at: str) -> None:
    await notices.send_notice(UUID(account), Notice(notice), datetime.fromisoformat(at), at=clock.now())


@tasks.periodic(cron="17 * * * *")
@tasks.task(name="forget_old_sign_ins", queue="upkeep", pass_context=False)
async def forget_old_sign_ins(timestamp: int) -> None:
    at = clock.now()
    await forgetting.forget_old_sign_ins(before=at - KEPT_AFTER_THE_END, at=at)
