"""Raising an alert, telling people, taking it up. Each action is one transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from app.access.policy import Actor
from app.alerts import queries
from app.alerts.model import BOUNCED, MAILED, SEEN, Addressee, Cause
from app.alerts.rendering import alert_letter, untold_letter
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose, State
from app.lib import db, jobs
from app.lib.db import transaction
from app.lib.ids import new_id

MAIL = jobs.Job("alerts:mail", queue="mail")

RAISE = """
INSERT INTO alert (id, patient, response, flag, urgency, raised_at, note, read_from)
SELECT $1, $2, $3, $4, $5, $6, '', $7::jsonb
WHERE $7::jsonb IS DISTINCT FROM (
    SELECT l.read_from FROM alert l WHERE l.response = $3 AND l.flag = $4 ORDER BY l.raised_at DESC, l.id DESC LIMIT 1)
ON CONFLICT (response, flag) WHERE acknowledged_at IS NULL DO NOTHING RETURNING id
"""
RECEIVE = """
INSERT INTO alert_receipt (id, patient, alert, account, kind, at)
SELECT $1, l.patient, l.id, $3, $4, $5 FROM alert l WHERE l.id = $2
ON CONFLICT (alert, account, kind) DO NOTHING RETURNING patient
"""


async def raise_alert(by: UUID, cause: Cause, *, at: datetime) -> bool:
    """Open the alert of a flag; whether it is new. Called inside what made the flag true.

    One that waits is enough. After it was taken up the flag raises the next one only from other answers.
    """
    async with transaction():
        alert, patient = new_id(), cause.patient
        read_from = msgspec.json.encode(cause.read_from).decode()
        values = (cause.patient, cause.response, cause.flag, cause.urgency, at, read_from)
        if await db.fetch_value(RAISE, alert, *values) is None:
            return False
        await audit.record(audit.Action.ALERT_RAISED, by=by, at=at, subject=alert, patient=patient, flag=cause.flag)
        await jobs.defer(MAIL, lock=f"alert:{alert}", alert_id=str(alert))
        return True


async def tell_by_mail(alert: UUID, to: Addressee, *, at: datetime) -> None:
    """Mail one person that something waits, or that nobody is there for it; nothing clinical, no name."""
    written = alert_letter(to.language) if to.follows else untold_letter(to.language)
    async with transaction():
        receipt = new_id()
        patient = await db.fetch_value(RECEIVE, receipt, alert, to.account, MAILED, at)
        if patient is None:
            return
        await audit.record(
            audit.Action.ALERT_MAILED,
            by=audit.WORKER,
            at=at,
            subject=alert,
            patient=patient,
            account=str(to.account),
        )
        # Sent before the commit: if the server refuses, nothing was written and the job comes back.
        sent = await send_letter(to.email, written, Purpose("alert", to.account, alert), at=at)
        if sent is State.BOUNCED:
            await db.execute("UPDATE alert_receipt SET kind = $2 WHERE id = $1", receipt, BOUNCED)


async def note_untold(alert: UUID, *, at: datetime) -> None:
    """No practitioner could be told of this alert: that is said in the trail, and waits on the administrators' page."""
    async with transaction():
        held = await queries.get_alert(alert)
        await audit.record(audit.Action.ALERT_UNTOLD, by=audit.WORKER, at=at, subject=alert, patient=held.patient)


async def note_seen(by: Actor, alerts: Collection[UUID], *, at: datetime) -> None:
    """The alerts stood on a page that this member of the team opened."""
    async with transaction():
        for alert in alerts:
            patient = await db.fetch_value(RECEIVE, new_id(), alert, by.id, SEEN, at)
            if patient is not None:
                await audit.record(
                    audit.Action.ALERT_SEEN,
                    by=by.id,
                    at=at,
                    subject=alert,
                    patient=patient,
                    organisation=by.organisation,
                )


async def acknowledge_alert(by: Actor, alert: UUID, note: str, *, at: datetime) -> bool:
    """Take an alert up; False if somebody else already has, whose name then stays."""
    async with transaction():
        held = await queries.lock_open_alert(alert)
        if held is None:
            return False
        await db.execute(
            "UPDATE alert SET acknowledged_at = $2, acknowledged_by = $3, note = $4 WHERE id = $1",
            alert,
            at,
            by.id,
            note,
        )
        await audit.record(
            audit.Action.ALERT_ACKNOWLEDGED,
            by=by.id,
            at=at,
            subject=alert,
            patient=held.patient,
            organisation=by.organisation,
        )
        return True
