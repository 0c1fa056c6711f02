"""Telling teams, askers and patients by mail what waits for them or was decided."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.accounts.links.queries import accounts_to_tell
from app.accounts.queries import (
    get_email,
    get_language,
    list_administrator_addresses,
    list_network_addresses,
    list_team_addresses,
)
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.lib import jobs
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.i18n import ZONE
from app.patients.affiliations.notices import Notice
from app.patients.affiliations.queries import find_request, record_asked_about
from app.patients.affiliations.rendering import notice_letter
from app.patients.queries import ids_of

TELL = jobs.Job("affiliations:tell", queue="mail")
ANSWER = jobs.Job("affiliations:answer", queue="mail")
ASK_NETWORK = jobs.Job("affiliations:ask_network", queue="mail")


async def tell(accounts: Collection[UUID], notice: Notice) -> None:
    """Have these people told. Part of the caller's transaction: said if and only if it happened."""
    for account in sorted(accounts):
        await jobs.defer(TELL, account=str(account), notice=notice.value)


async def tell_centres(organisations: Collection[UUID], notice: Notice) -> None:
    """The same of whoever follows patients in each of these centres; where nobody does, its administrators."""
    people = set()
    for organisation in organisations:
        found = await list_team_addresses([organisation]) or await list_administrator_addresses([organisation])
        people |= {account for account, _, _ in found}
    await tell(people, notice)


async def tell_patient(patient: UUID, notice: Notice, *, at: datetime) -> None:
    """The same of the patient and whoever answers for them, if they have accounts."""
    await tell(await accounts_to_tell(await ids_of(patient), day_in(ZONE, at)), notice)


async def send_notice(account: UUID, notice: Notice, *, at: datetime) -> None:
    """Write to one person, in their language."""
    async with transaction():
        written = notice_letter(notice, await get_language(account))
        await send_letter(await get_email(account), written, Purpose(f"notice:{notice}", account), at=at)
        await audit.record(audit.Action.NOTICE_SENT, by=audit.WORKER, at=at, subject=account, notice=notice)


async def ask_network(question: UUID, *, at: datetime) -> None:
    """Tell those who look after the network that a centre asks about a record that nobody follows.

    The event is the worker's: one of the asking itself would be in the asking centre's trail, with the record.
    """
    async with transaction():
        record = await record_asked_about(question)
        if record is None:
            return
        await tell([account for account, _, _ in await list_network_addresses()], Notice.ORPHAN)
        await audit.record(
            audit.Action.AFFILIATION_ASKED_NETWORK, by=audit.WORKER, at=at, subject=question, patient=record
        )


async def answer_asker(request: UUID, *, at: datetime) -> None:
    """Tell whoever asked that there is an answer.

    The event is the worker's: one of the decision itself would give away who decided, and from which network.
    """
    async with transaction():
        found = await find_request(request)
        if found is None:
            return
        await tell([found.asked_by], Notice.ANSWERED)
        await audit.record(
            audit.Action.AFFILIATION_ANSWERED,
            by=audit.WORKER,
            at=at,
            subject=request,
            organisation=found.organisation,
            state=found.state,
        )
