"""What is counted in the database is what `Visit.state` and `Visit.overdue` say, at every border and on any row."""

from datetime import date, timedelta
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.dashboard.progress.queries import BEGUN, LATE, OVERDUE, SETTLED, STATE
from app.lib.db import DB, Transaction, fetch
from app.trials.format.spans import Window
from app.trials.format.states import VisitFacts, VisitState, overdue, state_of
from tests.live import run

FIRST = date(2026, 3, 1)
COLUMNS = (
    "permitted_from", "best_from", "best_to", "permitted_to", "started_on", "completed_on", "skipped_on", "ended_on",
)  # fmt: skip
# $1 and $2 are the centre and the trial elsewhere; here they only have to be named.
TWIN = f"""
WITH e AS (SELECT n, ended_on FROM unnest($4::int[], $5::date[]) AS r(n, ended_on)),
v AS (SELECT n, permitted_from, best_from, best_to, permitted_to, started_on, completed_on, skipped_on,
             permitted_to IS NULL AS unscheduled, NULL::timestamptz AS removed_at
      FROM unnest($4::int[], $6::date[], $7::date[], $8::date[], $9::date[], $10::date[], $11::date[], $12::date[])
          AS r(n, permitted_from, best_from, best_to, permitted_to, started_on, completed_on, skipped_on))
SELECT v.n, {STATE} AS state, coalesce({OVERDUE}, false) AS overdue, coalesce({LATE}, false) AS late,
       {SETTLED} AS settled, {BEGUN} AS begun
FROM v JOIN e ON e.n = v.n WHERE $1::int IS NOT NULL AND $2::int IS NOT NULL AND $3::date IS NOT NULL ORDER BY v.n
"""
Row = tuple[Window | None, VisitFacts]


async def held_against(today: date, rows: list[Row]) -> list[str]:
    """Where the database and the pure functions disagree."""
    windows = [
        (w.permitted[0], w.best[0], w.best[1], w.permitted[1]) if (w := window) else (None,) * 4 for window, _ in rows
    ]
    facts = [(one.started, one.completed, one.skipped) for _, one in rows]
    columns = [list(column) for column in zip(*[(*w, *f) for w, f in zip(windows, facts, strict=True)], strict=True)]
    found = await fetch(TWIN, 1, 1, today, list(range(len(rows))), [one.ended for _, one in rows], *columns)
    wrong = []
    for (window, one), row in zip(rows, found, strict=True):
        state, late = state_of(window, one, today), overdue(window, one, today)
        past = all(day is None or day <= today for day in (one.started, one.completed, one.skipped))
        said = (row["state"], row["overdue"])
        if said != (state.value, late):
            wrong.append(f"{window} {one} on {today}: {said}, not {(state.value, late)}")
        # The shorter forms hold where nothing was noted for a day that is still to come, which no action does.
        short = (late, state in {VisitState.COMPLETE, VisitState.SKIPPED}, state is VisitState.IN_PROGRESS)
        if past and (row["late"], row["settled"], row["begun"]) != short:
            wrong.append(f"{window} {one} on {today}: {tuple(row)}, not {short}")
    return wrong


async def test_at_every_border(db):
    day = [FIRST + timedelta(n) for n in range(9)]
    windows = [None, Window((day[3], day[4]), (day[2], day[6])), Window((day[4], day[4]), (day[4], day[4]))]
    some = [None, day[1], day[4], day[6], day[7]]
    wrong = []
    for today in day:
        rows = [
            (window, VisitFacts(*facts))
            for window, facts in product(windows, product(some, repeat=4))
            if not (facts[1] and facts[2])
        ]
        wrong += await held_against(today, rows)
    assert wrong == []


def drawn(seed: int) -> list[Row]:
    """Rows of any kind: windows of every length, facts on any day, also such as no action would write."""
    chance = Random(seed)  # noqa: S311 - the same rows for the same seed

    def day() -> date:
        return FIRST + timedelta(chance.randrange(40))

    def row() -> Row:
        four = sorted(day() for _ in range(4))
        window = Window((four[1], four[2]), (four[0], four[3])) if chance.random() < 0.9 else None
        return window, VisitFacts(*[day() if chance.random() < 0.3 else None for _ in range(4)])

    return [row() for _ in range(200)]


async def in_transaction(today: date, rows: list[Row]) -> list[str]:
    async with Transaction(DB):
        return await held_against(today, rows)


@settings(max_examples=20)
@given(st.integers(0, 40), st.integers(0, 2**32))
def test_on_any_rows(database, day, seed):
    assert run(in_transaction(FIRST + timedelta(day), drawn(seed))) == []
