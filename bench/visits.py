"""The night of trials at 1,000, 10,000 and 100,000 enrolments with twenty visits each: how long it takes to ask for
what open windows ask, on the first night and the next ones, and to end what is over. `python -m bench.visits`."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from bench.house import House, opened
from bench.patients import Reader, _analyse, _reader
from bench.progress import ASKED, VISIT, VISITS, _grow, _trial

SIZES = (1_000, 10_000, 100_000)
# Of each size everything is asked anew.
FORGET = "DELETE FROM assignment WHERE origin_kind = 'visit'"
ANEW = "UPDATE visit SET prepared_at = NULL WHERE prepared_at IS NOT NULL AND permitted_to >= current_date"
# A visit whose window is over asked what it asks, on a night of its own.
ASKED_BEFORE = "UPDATE visit SET prepared_at = now() WHERE prepared_at IS NULL AND permitted_to < current_date"
# Everybody agreed to the trial.
AGREED = "UPDATE patient SET withheld = '{}' WHERE withheld <> '{}'"


def main(sizes: tuple[int, ...] = SIZES) -> None:
    with opened() as house:
        print(f"{'seconds':<58}" + "".join(f"{size:>11,}" for size in sizes) + f"{'growth':>9}")
        for name, figures in measure(house, sizes).items():
            growth = f"{figures[-1] / figures[0]:>9.2f}" if figures[0] else ""
            print(f"{name:<58}" + "".join(f"{one:>11.2f}" for one in figures) + growth)


def measure(house: House, sizes: tuple[int, ...] = SIZES) -> dict[str, list[float]]:
    """Seconds of each part of the night, and how many visits it was about."""
    logging.disable(logging.INFO)
    reader = asyncio.run(_reader())
    trial, version = asyncio.run(_trial(reader))
    found: dict[str, list[float]] = {}
    before = 0
    for size in sizes:
        asyncio.run(_grow(reader, trial, version, before, size))
        _hold(house)
        _analyse(house)
        before = size
        for name, figure in asyncio.run(_nights(reader, trial)).items():
            found.setdefault(name, []).append(figure)
    return found


def _hold(house: House) -> None:
    """Their visits, asked anew; millions of rows whose keys are known to be right are not looked up one by one."""
    import psycopg

    from app.lib.postgres import ADMIN

    with psycopg.connect(house.server.dsn(ADMIN)) as link:
        link.execute("SET session_replication_role = replica")
        link.execute(VISIT, {"asked": ASKED, "visits": VISITS})
        for statement in (FORGET, ANEW, ASKED_BEFORE, AGREED):
            link.execute(statement)


async def _nights(reader: Reader, trial: UUID) -> dict[str, float]:
    """The first night, on which every open window asks at once; the next one; an hour later; and a month later."""
    from app.lib import clock, db

    await db.start_pool()
    now, figures = clock.now(), {}
    for name, at, work in (
        ("first night: ask for every open window", now, _ask),
        ("next night: ask for what opened", now + timedelta(days=1), _ask),
        ("an hour later: nothing more", now + timedelta(days=1, hours=1), _ask),
        ("two weeks later: end what is over", now + timedelta(days=14), _end),
    ):
        took, visits = await _timed(work, at)
        figures[name] = took
        figures[f"  visits, {name.partition(':')[0]}"] = visits
    await db.close_pool()
    return figures


async def _timed(work: Callable[[datetime], Awaitable[int]], at: datetime) -> tuple[float, float]:
    began = time.perf_counter()
    count = await work(at)
    return time.perf_counter() - began, float(count)


async def _ask(at: datetime) -> int:
    from app.trials.visits.actions.preparing import prepare_due

    count = 0
    while done := await prepare_due(at=at):
        count += done
    return count


async def _end(at: datetime) -> int:
    from app.lib import db
    from app.trials.visits.actions.expiring import expire_over

    after = await expire_over(at=at)
    while after is not None:
        after = await expire_over(at=at, after=after)
    count: int = await db.fetch_value("SELECT count(DISTINCT origin_id) FROM assignment WHERE state = 'expired'")
    return count


if __name__ == "__main__":
    main()
