"""Loading the demonstration once. What is in it stands in accounts.py, cast.py and others.py."""

from app.demo.accounts import CENTRES
from app.lib import clock, db
from app.lib.db import transaction

ONE_AT_A_TIME = 2026_1122
"""The number of the lock that a loading holds: a second one waits, then finds everything there."""


async def load() -> bool:
    """Everything or nothing; False where it is there already."""
    if await _is_there():
        return False
    # Imported only now: every start asks, and nearly every one finds the data there.
    from app.demo.cast import CAST  # noqa: PLC0415
    from app.demo.close import bring_close  # noqa: PLC0415
    from app.demo.consenting import consent  # noqa: PLC0415
    from app.demo.following import follow  # noqa: PLC0415
    from app.demo.identities import identify  # noqa: PLC0415
    from app.demo.lending import hand_over  # noqa: PLC0415
    from app.demo.merging import meet_twice  # noqa: PLC0415
    from app.demo.others import OTHERS  # noqa: PLC0415
    from app.demo.reminding import plan_visits  # noqa: PLC0415
    from app.demo.signing import sign_visits  # noqa: PLC0415
    from app.demo.telling import set_stage, tell  # noqa: PLC0415
    from app.demo.trials import take_part  # noqa: PLC0415

    async with transaction():
        await db.execute("SELECT pg_advisory_xact_lock($1)", ONE_AT_A_TIME)
        if await _is_there():
            return False
        stage = await set_stage(clock.now())
        for story in (*CAST, *OTHERS):
            await tell(stage, story)
        await bring_close(stage)
        await follow(stage)
        await identify(stage)
        await consent(stage)
        await meet_twice(stage)
        await take_part(stage)
        await hand_over(stage)
        await sign_visits(stage)
        await plan_visits(stage)
    return True


async def _is_there() -> bool:
    there: bool = await db.fetch_value("SELECT EXISTS (SELECT FROM organisation WHERE code = $1)", CENTRES[0].code)
    return there
