"""Telling the owner of an account what happened to it."""

from datetime import datetime
from uuid import UUID

from app.accounts import queries
from app.accounts.notices import Notice
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.rendering import letter
from app.lib import jobs
from app.lib.db import transaction

TELL = jobs.Job("accounts:tell_owner", queue="mail")


async def tell_owner(account: UUID, notice: Notice, *, at: datetime) -> None:
    """Have the owner told. Part of the caller's transaction: said if and only if it happened."""
    await jobs.defer(TELL, account=str(account), notice=notice.value, at=at.isoformat())


async def send_notice(account: UUID, notice: Notice, happened_at: datetime, *, at: datetime) -> None:
    """Write to the owner, in their language, about what happened then."""
    async with transaction():
        language, address = await queries.get_language(account), await queries.get_email(account)
        written = letter(f"accounts/notice_{notice}", language, happened_at=happened_at)
        await send_letter(address, written, Purpose(f"notice:{notice}", account), at=at)
        await audit.record(audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=account, notice=notice)
