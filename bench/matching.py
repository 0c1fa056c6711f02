"""`python -m bench.matching`: how long looking for a person takes among 1,000, 10,000 and 100,000, and how that grows.

Half of those asked for are there, one slip away; half are new.
"""

import asyncio
import logging
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from bench.house import House, opened

SIZES = (1_000, 10_000, 100_000)
ASKED = 1_000
WARM = 40


def main(sizes: tuple[int, ...] = SIZES) -> int:
    with opened() as house:
        print(f"{'looking for a person':<44}" + "".join(f"{size:>11,}" for size in sizes) + f"{'growth':>9}")
        for name, figures in measure(house, sizes).items():
            growth = f"{figures[-1] / figures[0]:>9.2f}" if "ms" in name else ""
            print(f"{name:<44}" + "".join(f"{one:>11,.1f}" for one in figures) + growth)
    return 0


def measure(house: House, sizes: tuple[int, ...] = SIZES) -> dict[str, list[float]]:
    """Of each figure, one at each size."""
    logging.disable(logging.INFO)
    return asyncio.run(_measure(house, sizes))


async def _measure(house: House, sizes: tuple[int, ...]) -> dict[str, list[float]]:
    from app.lib import db
    from bench.patients import _analyse, _reader

    reader = await _reader()
    found: dict[str, list[float]] = {}
    await db.start_pool()
    before = 0
    for size in sizes:
        figures = await _grown(reader, before, size)
        await asyncio.to_thread(_analyse, house)
        for name, figure in {**await _asked(size), **figures}.items():
            found.setdefault(name, []).append(figure)
        before = size
    await db.close_pool()
    return found


async def _grown(reader: Any, before: int, size: int) -> dict[str, float]:
    """Records of before, which the worker's job then hashes."""
    from app.lib import db
    from app.patients.matching.jobs import index_all
    from bench.crowd import grow

    await grow(reader.centre, reader.account, before, size)
    began = time.perf_counter()
    hashed = await index_all()
    seconds = time.perf_counter() - began
    size_of = await db.fetch_value("SELECT pg_total_relation_size('patient_block')")
    rows = await db.fetch_value("SELECT count(*) FROM patient_block")
    return {"hashed a second": hashed / seconds, "hashes a record": rows / size, "MB of hashes": size_of / 2**20}


async def _asked(size: int) -> dict[str, float]:
    from app.lib import db
    from app.patients.matching.model import Verdict
    from app.patients.matching.queries import COLUMNS, candidates, opened

    chance = Random(size)  # noqa: S311 - the same questions each time
    rows = await db.fetch(f"SELECT {COLUMNS} FROM patient p ORDER BY md5(id::text) LIMIT {ASKED // 2}")
    people = [_with_a_slip(opened(row), chance) for row in rows]
    people += [_new(one, chance) for one in people]
    times, found = [], []
    for person in people:
        began = time.perf_counter()
        found.append(await candidates(person))
        times.append((time.perf_counter() - began) * 1000)
    missed = sum(row["id"] not in dict(one) for row, one in zip(rows, found, strict=False))
    new = [{match.verdict for _, match in one} for one in found[len(rows) :]]
    times = sorted(times[WARM:])
    return {
        "p50, ms": times[len(times) // 2],
        "p95, ms": times[int(len(times) * 0.95)],
        "% of those there not found": 100 * missed / len(rows),
        "% of the new, perhaps somebody": 100 * sum(bool(one) for one in new) / len(new),
        "% of the new, probably somebody": 100 * sum(Verdict.SAME in one for one in new) / len(new),
    }


def _with_a_slip(person: Any, chance: Random) -> Any:
    """The person with one letter of the family name left out, or day and month exchanged where they can be."""
    place, (year, month, day) = chance.randrange(1, len(person.family_name)), person.birth_date.split("-")
    if int(day) <= 12 and chance.random() < 0.5:
        return replace(person, birth_date=f"{year}-{day}-{month}")
    return replace(person, family_name=person.family_name[:place] + person.family_name[place + 1 :])


def _new(person: Any, chance: Random) -> Any:
    """Somebody else with the same family name."""
    from bench.crowd import GIVEN

    born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
    return replace(person, given_names=chance.choice(GIVEN.split()), birth_date=born.isoformat())


if __name__ == "__main__":
    sys.exit(main())
