"""What the worker does about alerts."""

from uuid import UUID

from procrastinate import Blueprint

from app.alerts import actions, queries
from app.alerts.model import Addressee
from app.lib import clock
from app.lib.retrying import FOR_A_DAY

tasks = Blueprint()


@tasks.task(name="mail", queue=actions.MAIL.queue, retry=FOR_A_DAY)
async def mail(alert_id: str) -> None:
    """Tell every member of the centres that follow the patient. One bad address keeps nobody else from knowing.

    Where nobody of the team can be told, others are, circle by circle; that nobody was is never taken for success.
    """
    alert = UUID(alert_id)
    while people := await queries.list_unmailed(alert):
        failures = await _tell(alert, people)
        if failures:
            raise ExceptionGroup("some of the team were not told", failures)
    if await queries.is_untold(alert):
        await actions.note_untold(alert, at=clock.now())


async def _tell(alert: UUID, people: list[Addressee]) -> list[Exception]:
    failures = []
    for person in people:
        try:
            await actions.tell_by_mail(alert, person, at=clock.now())
        except Exception as failure:  # the job comes back for those who remain
            failures.append(failure)
    return failures
