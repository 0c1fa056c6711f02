"""Opening who a patient is, and telling the centre. Each action is one transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.accounts.break_glass import queries
from app.accounts.break_glass.model import LASTS, is_enough
from app.accounts.queries import get_email, get_language, names_of
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.rendering import letter
from app.lib import jobs
from app.lib.clock import day_in
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.throttle import Limit, within
from app.settings import settings

TELL = jobs.Job("break_glass:tell_centre", queue="mail")
# Whoever needs more than this in a day does something else than an exception.
BY_ONE_PERSON = Limit("break_glass", 20, timedelta(days=1))

INSERT = """
INSERT INTO break_glass (id, account, patient, reason, opened_at, valid_until) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def open_identity(by: Actor, patient: UUID, reason: str, centres: Collection[UUID], *, at: datetime) -> UUID:
    """Let this person see who the patient is for a quarter of an hour; the centres that follow the patient are told."""
    if not is_enough(reason):
        raise Refused("identity.no_reason")
    async with transaction():
        if not await within(BY_ONE_PERSON, str(by.id), at):
            raise Refused("identity.too_many")
        opening = new_id()
        sealed = (await queries.key_of_patient(patient)).seal(reason, opening, queries.SEALED_AS)
        await execute(INSERT, opening, by.id, patient, sealed, at, at + LASTS)
        for account in await queries.administrators_of(centres, day_in(ZONE, at)):
            await jobs.defer(TELL, opening=str(opening), account=str(account))
        await audit.record(audit.Action.IDENTITY_OPENED, by=by.id, at=at, subject=opening, patient=patient)
    return opening


async def tell_centre(opening: UUID, account: UUID, *, at: datetime) -> None:
    """Write to one administrator of a centre. The letter names the patient by code, and not the reason: it may say
    more than a mail should; both stand on the pages of the centre."""
    async with transaction():
        found = await queries.find_opening(opening)
        if found is None:
            return
        who = (await names_of([found.account])).get(found.account, "")
        written = letter(
            "accounts/mail_identity_opened",
            await get_language(account),
            who=who,
            code=await queries.code_of_patient(found.patient),
            opened_at=found.opened_at,
            link=f"{settings().base_url}/",
        )
        purpose = Purpose("identity_opened", account, opening)
        await send_letter(await get_email(account), written, purpose, at=at)
        await audit.record(audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=account, notice="identity_opened")
