"""What the worker does about invitations of patients. Reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.lib import clock
from app.lib.retrying import FOR_A_DAY
from app.patients.invitations import actions

tasks = Blueprint()


@tasks.task(name="mail_patient_invitation", queue=actions.MAIL.queue, retry=FOR_A_DAY)
async def mail_patient_invitation(invitation: str) -> None:
    await actions.mail_invitation(UUID(invitation), at=clock.now())
