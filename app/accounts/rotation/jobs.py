"""The walk over every table: batch by batch, each a transaction of its own, so that it may stop and go on anywhere."""

from procrastinate import Blueprint

from app.accounts.rotation.actions import ROTATE, rewrap_batch
from app.lib import clock
from app.lib.data_keys import tables
from app.lib.keys import ring

tasks = Blueprint()


class OtherKey(Exception):
    """This worker was started with older settings than whoever asked: start it anew."""


@tasks.task(name="rotate_keys", queue=ROTATE.queue)
async def rotate_keys(key: str) -> None:
    if key != ring().current:
        raise OtherKey(key)
    await rotate_all()


async def rotate_all() -> dict[str, int]:
    """How many rows of each table were wrapped anew."""
    done = {}
    for table in await tables():
        done[table] = 0
        # First what nobody holds, many at once; then one by one what somebody does, so that no two wait in a circle.
        for most, waiting in ((200, False), (1, True)):
            while found := await rewrap_batch(table, most, waiting=waiting, at=clock.now()):
                done[table] += found
    return done
