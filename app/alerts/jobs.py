"""What the worker does about alerts."""

from uuid import UUID

from procrastinate import Blueprint, RetryStrategy

from app.alerts import actions, queries
from app.lib import clock

# Nobody may remain untold because a mail server was down for a night: 20 tries, the last a day after the first.
FOR_A_DAY = RetryStrategy(max_attempts=19, wait=30, linear_wait=500)

tasks = Blueprint()


@tasks.task(name="mail", queue=actions.MAIL.queue, retry=FOR_A_DAY)
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
