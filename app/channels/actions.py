"""Sending by mail, and keeping what became of it. Nothing of what was written is kept."""

from datetime import datetime

from app.audit import actions as audit
from app.channels.model import Channel, Purpose, State
from app.lib import mail
from app.lib.db import execute, transaction
from app.lib.ids import new_id
from app.lib.mail import Letter, MailRefused

INSERT = """
INSERT INTO delivery (id, account, channel, purpose, subject, state, error, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
"""


async def send_letter(to: str, letter: Letter, purpose: Purpose, *, at: datetime) -> State:
    """Hand a letter over: SENT, or BOUNCED when the server knows no such address. Other faults are raised: try again.

    Sent within the caller's transaction, so that what the letter says has happened if and only if it was handed over.
    """
    state, error = State.SENT, ""
    async with transaction():
        try:
            await mail.send(to, letter)
        except MailRefused as fault:
            if not fault.for_good:
                raise
            state, error = State.BOUNCED, str(fault)
        delivery = new_id()
        values = (delivery, purpose.account, Channel.EMAIL.value, purpose.name, purpose.subject, state.value, error, at)
        await execute(INSERT, *values)
        await audit.record(
            audit.Action.DELIVERY_NOTED,
            by=audit.WORKER,
            at=at,
            subject=purpose.account or purpose.subject or delivery,
            channel=Channel.EMAIL,
            purpose=purpose.name,
            state=state,
        )
    return state
