"""What the worker does about reminders: plans them each hour, and sends every few minutes what is due."""

from collections.abc import Callable
from datetime import datetime

from procrastinate import Blueprint

from app.lib import clock
from app.trials.reminders.actions.planning import plan_reminders
from app.trials.reminders.actions.sending import remind, remind_nobody
from app.trials.reminders.queries import accounts_due

tasks = Blueprint()


# After the visits were prepared: what is asked from today on is reminded of from today on.
@tasks.periodic(cron="9 * * * *")
@tasks.task(name="plan_reminders", queue="upkeep", pass_context=False)
async def plan_all(timestamp: int) -> None:
    after = await plan_reminders(at=clock.now())
    while after is not None:
        after = await plan_reminders(at=clock.now(), after=after)


@tasks.periodic(cron="*/5 * * * *")
@tasks.task(name="send_reminders", queue="upkeep", pass_context=False)
async def send_due(timestamp: int) -> None:
    await send_all(clock.now)


async def send_all(now: Callable[[], datetime]) -> None:
    """Each account by itself: one address that fails keeps nobody else from being reminded."""
    failures = []
    for account in await accounts_due(now()):
        try:
            await remind(account, at=now())
        except Exception as failure:  # the next round tries again
            failures.append(failure)
    while await remind_nobody(at=now()):
        pass
    if failures:
        raise ExceptionGroup("some reminders were not sent", failures)
