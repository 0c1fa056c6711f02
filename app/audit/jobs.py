"""The sealer as the worker runs it: every few seconds, for as long as the process lives."""

import asyncio
import logging
import time
from contextlib import suppress

from app.audit.actions import seal
from app.lib import clock

EVERY = 3.0
WHOLE_EVERY = 3600.0
"""Between two looks at the whole trail, for what a transaction of hours left behind."""

log = logging.getLogger("cohorte.audit")


async def keep_sealing(stop: asyncio.Event, every: float = EVERY) -> None:
    """Seal what came, rest, seal again, until told to stop. What fails is logged and tried at the next turn."""
    looked = None
    while not stop.is_set():
        whole = looked is None or time.monotonic() - looked > WHOLE_EVERY
        try:
            await seal(at=clock.now(), whole=whole)
            if whole:
                looked = time.monotonic()
        except Exception:
            log.exception("the trail could not be sealed")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every)
