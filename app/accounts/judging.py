"""Whether a password may be chosen: judged in threads of its own, so often from one network. Sign-in is elsewhere.

Judging costs more than anything else that strangers can ask for. Two threads do it, apart from those that hash, so that
however many passwords wait to be judged, signing in goes on; and a network may ask for it so many times an hour.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from app.accounts.passwords import misshapen, weakness
from app.accounts.problems import Problem
from app.lib.origin import origin
from app.lib.throttle import Limit, within

OF_A_NETWORK = Limit("password_judged", 120, timedelta(hours=1))
_POOL = ThreadPoolExecutor(2, thread_name_prefix="judging")


async def judged(password: str, about: Iterable[str], *, at: datetime) -> Problem | None:
    """Why this password is not taken. Comes last: after the other fields, and whatever keeps programs out."""
    problem = misshapen(password)
    if problem is not None:
        return problem
    if not await within(OF_A_NETWORK, origin.get().address, at):
        return Problem.TOO_MANY_PASSWORDS
    return await asyncio.get_running_loop().run_in_executor(_POOL, weakness, password, tuple(about))
