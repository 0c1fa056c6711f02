"""Telling the owner of an account what happened to it."""

from datetime import datetime
from uuid import UUID

from app.accounts import queries
from app.accounts.notices import TEXTED, Notice
from app.audit import actions as audit
from app.channels import sms_available
from app.channels.actions import send_letter, send_text
from app.channels.model import Purpose
from app.channels.rendering import letter, text_message
from app.lib import jobs
from app.lib.db import transaction

TELL = jobs.Job("accounts:tell_owner", queue="mail")
TEXT = jobs.Job("accounts:text_owner", queue="mail")


async def tell_owner(account: UUID, notice: Notice, *, at: datetime) -> None:
    """Have the owner told, by every way there is. Part of the caller's transaction: said if and only if it happened."""
    about = {"account": str(account), "notice": notice.value, "at": at.isoformat()}
    await jobs.defer(TELL, **about)
    # A job of its own: when one of the two ways has to be tried again, the other is not taken twice.
    if notice in TEXTED and sms_available():
        await jobs.defer(TEXT, **about)


async def send_notice(account: UUID, notice: Notice, happened_at: datetime, *, at: datetime) -> None:
    """Write to the owner, in their language, about what happened then; nobody, if the address was nobody's."""
    if account == audit.NOBODY:
        return
    async with transaction():
        language, address = await queries.get_language(account), await queries.get_email(account)
        written = letter(f"accounts/notice_{notice}", language, happened_at=happened_at)
        await send_letter(address, written, Purpose(f"notice:{notice}", account), at=at)
        await audit.record(audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=account, notice=notice)


async def text_notice(account: UUID, notice: Notice, happened_at: datetime, *, at: datetime) -> None:
    """Send the owner a text message, if a telephone is proven: that something happened, and what to do; no details."""
    async with transaction():
        phone = None if account == audit.NOBODY else await queries.get_phone(account)
        if phone is None:
            return
        text = text_message("accounts/text_notice", await queries.get_language(account), happened_at=happened_at)
        await send_text(phone, text, Purpose(f"notice:{notice}", account), at=at)
        await audit.record(audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=account, notice=notice, by_text=1)
