"""Telling the team that somebody said no: by mail, without a name or a purpose."""

from datetime import datetime, timedelta
from uuid import UUID

from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.rendering import letter
from app.lib import db, jobs
from app.lib.db import transaction
from app.lib.ids import new_id
from app.settings import settings

TELL_TEAM = jobs.Job("consents:tell_team", queue="mail")
TEAM = "team"
# Somebody who changes their mind several times on end is one thing to look at.
BETWEEN = timedelta(minutes=10)
TOLD = """
INSERT INTO consent_notice (id, patient, consent, account, kind, at)
SELECT $1, c.patient, c.id, $3, $4, $5 FROM consent c
WHERE c.id = $2 AND NOT EXISTS (
    SELECT FROM consent_notice n WHERE n.patient = c.patient AND n.account = $3 AND n.kind = $4 AND n.at > $6)
ON CONFLICT (consent, account, kind) DO NOTHING RETURNING patient
"""


async def tell_by_mail(consent: UUID, to: tuple[UUID, str, str], *, at: datetime) -> None:
    """Mail one member of the team, once for what was decided within minutes. `to`: account, address, language."""
    account, email, language = to
    async with transaction():
        patient = await db.fetch_value(TOLD, new_id(), consent, account, TEAM, at, at - BETWEEN)
        if patient is None:
            return
        await audit.record(
            audit.Action.CONSENT_TOLD, by=audit.WORKER, at=at, subject=consent, patient=patient, account=str(account)
        )
        written = letter("consents/mail_team", language, address=f"{settings().base_url}/today")
        # Sent before the commit: if the server refuses, nothing was written and the job comes back.
        await send_letter(email, written, Purpose("consent", account, consent), at=at)
