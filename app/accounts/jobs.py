"""What the worker does about accounts. Each reads its arguments and calls one action."""

from datetime import datetime, timedelta
from uuid import UUID

from procrastinate import Blueprint

from app.accounts.actions import codes, forgetting, notices
from app.accounts.notices import Notice
from app.lib import clock
from app.lib.retrying import FOR_A_DAY

KEPT_AFTER_THE_END = timedelta(days=7)

tasks = Blueprint()


@tasks.task(name="mail_code", queue=codes.MAIL_CODE.queue)
async def mail_code(attempt_id: str) -> None:
    await codes.send_code(UUID(attempt_id), at=clock.now())


@tasks.task(name="tell_owner", queue=notices.TELL.queue, retry=FOR_A_DAY)
async def tell_owner(account: str, notice: str, at: str) -> None:
    await notices.send_notice(UUID(account), Notice(notice), datetime.fromisoformat(at), at=clock.now())


@tasks.task(name="text_owner", queue=notices.TEXT.queue, retry=FOR_A_DAY)
async def text_owner(account: str, notice: str, at: str) -> None:
    await notices.text_notice(UUID(account), Notice(notice), datetime.fromisoformat(at), at=clock.now())


@tasks.periodic(cron="17 * * * *")
@tasks.task(name="forget_old_sign_ins", queue="upkeep", pass_context=False)
async def forget_old_sign_ins(timestamp: int) -> None:
    at = clock.now()
    await forgetting.forget_old_sign_ins(before=at - KEPT_AFTER_THE_END, at=at)
