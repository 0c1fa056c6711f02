"""What the worker does about trials. Each calls actions; the work of a night is done in small transactions."""

from procrastinate import Blueprint

from app.lib import clock
from app.trials.visits.actions.preparing import AT_ONCE, prepare_due

tasks = Blueprint()


# Each hour, a little after it: wherever midnight is, what opens that day is asked soon after.
@tasks.periodic(cron="6 * * * *")
@tasks.task(name="prepare_visits", queue="upkeep", pass_context=False)
async def prepare_visits(timestamp: int) -> None:
    """Ask for what the visits ask whose window has opened; doing it again asks for nothing more."""
    while await prepare_due(at=clock.now()) == AT_ONCE:
        pass
