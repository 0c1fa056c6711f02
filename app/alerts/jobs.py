"""What the worker does about alerts."""

from uuid import UUID

from procrastinate import Blueprint

from app.alerts import actions, queries
from app.lib import clock

tasks = Blueprint()


@tasks.task(name="mail", queue=actions.MAIL.queue)
async def mail(alert_id: str) -> None:
    """Tell every member of the centres that follow the patient. One bad address keeps nobody else from knowing."""
    alert, failures = UUID(alert_id), []
    for person in await queries.list_unmailed(alert):
        try:
            await actions.tell_by_mail(alert, person, at=clock.now())
        except Exception as failure:  # the job comes back for those who remain
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some of the team were not told", failures)
