"""The walk over the records that cannot be found yet: batch by batch, so that it may stop and go on anywhere."""

from procrastinate import Blueprint

from app.lib import clock
from app.patients.matching.actions import index_some

tasks = Blueprint()


@tasks.periodic(cron="*/10 * * * *")
@tasks.task(name="index", queue="upkeep", lock="patients:index", pass_context=False)
async def index(timestamp: int) -> None:
    await index_all()


async def index_all(*, anew: bool = False) -> int:
    """How many records were hashed: those that had no hash, or every one."""
    done, after = 0, None
    while True:
        found, after = await index_some(after, anew=anew, at=clock.now())
        if not found:
            return done
        done += found
