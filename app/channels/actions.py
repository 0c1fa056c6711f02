"""Sending by mail, text message and call, and keeping what became of it. Nothing of what was written is kept."""

import logging
from collections.abc import Awaitable
from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.channels.model import Channel, Outcome, Purpose, State
from app.channels.rendering import spoken_code
from app.lib import mail, sms
from app.lib.db import execute, fetch_row, transaction
from app.lib.ids import new_id
from app.lib.mail import Letter, MailRefused

log = logging.getLogger("cohorte.channels")

INSERT = """
INSERT INTO delivery (id, account, channel, purpose, subject, state, provider_id, error, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
"""
# What is known once is not taken back by a report that comes late or twice.
NOTE = """
UPDATE delivery SET state = $2, error = $3, updated_at = $4 WHERE provider_id = $1 AND state = 'sent'
RETURNING id, account, subject, channel, purpose
"""


async def send_letter(to: str, letter: Letter, purpose: Purpose, *, at: datetime) -> State:
    """Hand a letter over: SENT, or BOUNCED when the server knows no such address. Other faults are raised: try again.

    Sent within the caller's transaction, so that what the letter says has happened if and only if it was handed over.
    """
    async with transaction():
        delivery = new_id()
        outcome = await _mailed(to, letter, delivery)
        await _keep(delivery, Channel.EMAIL, purpose, outcome, at)
        await audit.record(
            audit.Action.DELIVERY_NOTED,
            by=audit.WORKER,
            at=at,
            subject=purpose.account or purpose.subject or delivery,
            channel=Channel.EMAIL,
            purpose=purpose.name,
            state=outcome.state,
        )
    return outcome.state


async def send_text(to: str, text: str, purpose: Purpose, *, at: datetime) -> State:
    """Hand a text message over to an international number (+33…), within the caller's transaction.

    SENT; BOUNCED when that number takes none; FAILED when the provider refuses us, which the log says. What may pass
    is raised: try again.
    """
    async with transaction():
        delivery = new_id()
        outcome = await _handed_over(sms.send(to, text))
        await _keep(delivery, Channel.SMS, purpose, outcome, at)
        await audit.record(
            audit.Action.DELIVERY_NOTED,
            by=audit.WORKER,
            at=at,
            subject=purpose.account or purpose.subject or delivery,
            channel=Channel.SMS,
            purpose=purpose.name,
            state=outcome.state,
        )
    return outcome.state


async def call(to: str, language: str, code: str, purpose: Purpose, *, at: datetime) -> State:
    """Have an international number called, and a code read aloud there: slowly, twice. Otherwise as a text message."""
    async with transaction():
        delivery = new_id()
        outcome = await _handed_over(sms.call(to, spoken_code(language, code)))
        await _keep(delivery, Channel.VOICE, purpose, outcome, at)
        await audit.record(
            audit.Action.DELIVERY_NOTED,
            by=audit.WORKER,
            at=at,
            subject=purpose.account or purpose.subject or delivery,
            channel=Channel.VOICE,
            purpose=purpose.name,
            state=outcome.state,
        )
    return outcome.state


async def note_report(provider_id: str, state: State, error: str = "", *, at: datetime) -> bool:
    """Keep what somebody else reports about what we handed over. Whether we ever did."""
    async with transaction():
        row = await fetch_row(NOTE, provider_id, state.value, error, at)
        if row is None:
            return await fetch_row("SELECT FROM delivery WHERE provider_id = $1", provider_id) is not None
        await audit.record(
            audit.Action.DELIVERY_NOTED,
            by=audit.WORKER,
            at=at,
            subject=row["account"] or row["subject"] or row["id"],
            channel=row["channel"],
            purpose=row["purpose"],
            state=state,
        )
    return True


async def _mailed(to: str, letter: Letter, delivery: UUID) -> Outcome:
    try:
        return Outcome(State.SENT, await mail.send(to, letter, delivery))
    except MailRefused as fault:
        if not fault.for_good:
            raise
        return Outcome(State.BOUNCED, error=str(fault))


async def _handed_over(asking: Awaitable[str]) -> Outcome:
    try:
        return Outcome(State.SENT, await asking)
    except sms.TextRefused as refused:
        if refused.fault is sms.Fault.MOMENT:
            raise
        if refused.fault is sms.Fault.NUMBER:
            return Outcome(State.BOUNCED, error=str(refused.code))
        log.error("Text messages and calls do not leave: the provider refuses the settings, code %s.", refused.code)
        return Outcome(State.FAILED, error=str(refused.code))


async def _keep(delivery: UUID, channel: Channel, purpose: Purpose, outcome: Outcome, at: datetime) -> None:
    about = (delivery, purpose.account, channel.value, purpose.name, purpose.subject)
    await execute(INSERT, *about, outcome.state.value, outcome.provider_id, outcome.error, at)
