"""`python -m bench.drugs`: how long a drug search takes at one client, and how often slips still find the drug.

Opens a database of its own and brings the shipped drugs into it; the search runs in a process that has its settings.
"""

import asyncio
import random
import subprocess
import sys
import time

from bench.house import ROOT, House, opened

QUERIES, SLIPS, FIRST, SEED = 300, 200, 10, 20261122
NAMES = """
SELECT DISTINCT split_part(lower(name), ' ', 1) AS word FROM drug
WHERE marketed AND withdrawn IS NULL AND words[1] ~ '^[a-z]{6,}$' ORDER BY 1
"""


def slip(rng: random.Random, word: str) -> str:
    """The word with one letter left out, doubled, exchanged with the next, or replaced; never the first."""
    place = rng.randrange(1, len(word) - 1)
    return (
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        word[:place] + rng.choice("aeionrst") + word[place + 1 :],
    )[rng.randrange(4)]


def typed(rng: random.Random, word: str) -> str:
    """As people type: the beginning, the whole, with a dose, or with a slip."""
    return (word[: rng.randrange(3, len(word) + 1)], word, f"{word} {rng.choice((10, 50, 100, 500))}", slip(rng, word))[
        rng.randrange(4)
    ]


def main() -> int:
    if "inside" in sys.argv[1:]:
        return asyncio.run(_inside())
    with opened() as house:
        for words in (("app.cli", "drugs", "import", "--shipped"), ("bench.drugs", "inside")):
            if words[0] == "bench.drugs":
                _analyse(house)
            began = time.perf_counter()
            subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=house.environment, check=True)
            print(f"{' '.join(words)}: {time.perf_counter() - began:.1f} s")
    return 0


def _analyse(house: House) -> None:
    """What autovacuum does by itself within minutes: the planner learns what is there."""
    import psycopg

    with psycopg.connect(house.server.owner_dsn, autocommit=True) as link:
        link.execute("VACUUM ANALYZE")


async def _inside() -> int:
    from app.lib import db

    await db.start_pool(1, 1)
    try:
        names = [row["word"] for row in await db.fetch(NAMES)]
        rng = random.Random(SEED)  # noqa: S311 - the same queries each time
        await _times([typed(rng, rng.choice(names)) for _ in range(QUERIES)])
        await _recall(rng, rng.sample(names, SLIPS))
        return 0
    finally:
        await db.close_pool()


async def _times(queries: list[str]) -> None:
    from app.treatments.drugs.queries import search_drugs

    for query in queries[:20]:
        await search_drugs(query)
    took = []
    for query in queries:
        began = time.perf_counter()
        await search_drugs(query)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(f"{len(took)} queries: p50 {took[len(took) // 2]:.1f} ms, p95 {took[int(len(took) * 0.95)]:.1f} ms")


async def _recall(rng: random.Random, words: list[str]) -> None:
    from app.treatments.drugs.queries import search_drugs

    found = 0
    for word in words:
        first = await search_drugs(slip(rng, word))
        found += any(one.name.lower().startswith(word) for one in first[:FIRST])
    print(f"{len(words)} names with a slip: found among the first {FIRST} in {found / len(words):.1%}")


if __name__ == "__main__":
    sys.exit(main())
