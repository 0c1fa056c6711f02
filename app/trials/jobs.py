"""What the worker does about trials. Each calls actions; the work of a night is done in small transactions."""

from procrastinate import Blueprint

from app.lib import clock
from app.trials.visits.actions.expiring import expire_over
from app.trials.visits.actions.preparing import AT_ONCE, prepare_due

tasks = Blueprint()


# Each hour, a little after it: wherever midnight is, what opens that day is asked soon after.
@tasks.periodic(cron="6 * * * *")
@tasks.task(name="prepare_visits", queue="upkeep", pass_context=False)
async def prepare_visits(timestamp: int) -> None:
    """Ask no more for what is over, then for what the visits ask whose window has opened; twice is once."""
    after = await expire_over(at=clock.now())
    while after is not None:
        after = await expire_over(at=clock.now(), after=after)
    while await prepare_due(at=clock.now()) == AT_ONCE:
        pass
