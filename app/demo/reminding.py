"""The reminders of the demonstration: those of the last days go out as soon as the worker runs, others are to come."""

from datetime import timedelta

from app.demo.telling import Stage
from app.trials.reminders import hearing
from app.trials.reminders.actions.planning import plan_reminders

HEARS = (hearing,)
"""A visit that is settled needs no reminder here either."""
LATELY = timedelta(days=2)


async def plan_visits(stage: Stage) -> None:
    """Planned as they would have been two days ago, and what was added since."""
    for at in (stage.at - LATELY, stage.at):
        after = await plan_reminders(at=at)
        while after is not None:
            after = await plan_reminders(at=at, after=after)
