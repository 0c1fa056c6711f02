"""The state of a visit: the table, and what holds for every window, every history and every day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.format.spans import Window
from app.trials.format.states import VisitFacts, VisitState, out_of_window, overdue, state_of

START = date(2026, 1, 1)
WINDOW = Window((date(2026, 3, 1), date(2026, 3, 10)), (date(2026, 2, 20), date(2026, 3, 31)))
DAYS = st.integers(0, 400).map(lambda n: START + timedelta(n))
MAYBE = st.none() | DAYS
WINDOWS = st.lists(DAYS, min_size=4, max_size=4).map(sorted).map(lambda d: Window((d[1], d[2]), (d[0], d[3])))
HISTORIES = st.builds(VisitFacts, MAYBE, MAYBE, MAYBE, MAYBE)
WAITING = [VisitState.PLANNED, VisitState.OPEN, VisitState.DUE, VisitState.CLOSING, VisitState.OVERDUE]
RANK = {state: n for n, state in enumerate([*WAITING, VisitState.IN_PROGRESS])}
# Whoever leaves stops what is open; what was done or left out before the end stays so, and so it does if noted later.
RANK |= {VisitState.STOPPED: 6, VisitState.MISSED: 6, VisitState.SKIPPED: 7, VisitState.COMPLETE: 8}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-02-19", "planned"),
        ("2026-02-20", "open"),
        ("2026-02-28", "open"),
        ("2026-03-01", "due"),
        ("2026-03-10", "due"),
        ("2026-03-11", "closing"),
        ("2026-03-31", "closing"),
        ("2026-04-01", "overdue"),
    ],
)
def test_windows_count_their_ends(today: str, expected: str) -> None:
    assert state_of(WINDOW, VisitFacts(), date.fromisoformat(today)) == expected


D = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (VisitFacts(started=D), "in_progress"),
        (VisitFacts(started=D, completed=D), "complete"),
        (VisitFacts(started=D, skipped=D), "skipped"),
        (VisitFacts(started=D, completed=D, skipped=D, ended=D), "complete"),
        (VisitFacts(skipped=D, ended=D), "skipped"),
        (VisitFacts(started=D, ended=D), "stopped"),
        (VisitFacts(ended=D), "stopped"),
        (VisitFacts(ended=date(2026, 3, 31)), "closing"),
        (VisitFacts(started=date(2026, 3, 20)), "closing"),
    ],
)
def test_the_first_of_the_table_that_holds(facts: VisitFacts, expected: str) -> None:
    assert state_of(WINDOW, facts, date(2026, 3, 15)) == expected


def test_an_end_after_the_window_leaves_a_missed_visit() -> None:
    later = VisitFacts(ended=date(2026, 4, 1))
    assert state_of(WINDOW, later, date(2026, 3, 31)) is VisitState.CLOSING
    assert state_of(WINDOW, later, date(2026, 4, 1)) is VisitState.MISSED
    on_the_last_day = VisitFacts(ended=date(2026, 3, 31))
    assert state_of(WINDOW, on_the_last_day, date(2026, 4, 1)) is VisitState.STOPPED


@given(WINDOWS, HISTORIES)
def test_a_state_every_day_and_never_backwards(window: Window, facts: VisitFacts) -> None:
    """Total and monotone: each day has one state, and while nothing is noted anew none comes back."""
    ranks = [RANK[state_of(window, facts, START + timedelta(n))] for n in range(-5, 410)]
    assert all(today <= tomorrow for today, tomorrow in pairwise(ranks))


@given(WINDOWS)
def test_no_gap_between_the_windows(window: Window) -> None:
    """Without facts each state is one run of days, they follow one another, and they cover the windows exactly."""
    days = [START + timedelta(n) for n in range(-5, 410)]
    runs = {state: [day for day in days if state_of(window, VisitFacts(), day) is state] for state in WAITING}
    assert sum(map(len, runs.values())) == len(days)
    assert all(run == [day for day in days if run[0] <= day <= run[-1]] for run in runs.values() if run)
    inside = [day for state in WAITING[1:4] for day in runs[state]]
    assert (min(inside), max(inside)) == window.permitted
    assert (runs[VisitState.DUE][0], runs[VisitState.DUE][-1]) == window.best


@given(st.none() | WINDOWS, HISTORIES, DAYS)
def test_overdue_is_one_thing(window: Window | None, facts: VisitFacts, today: date) -> None:
    late = overdue(window, facts, today)
    settled = state_of(window, facts, today) in (VisitState.COMPLETE, VisitState.SKIPPED, VisitState.STOPPED)
    assert late is (
        window is not None
        and today > window.permitted[1]
        and not settled
        and state_of(window, facts, today) is not VisitState.MISSED
    )


@given(HISTORIES, DAYS)
def test_out_of_plan_a_visit_enters_as_begun(facts: VisitFacts, today: date) -> None:
    assert state_of(None, facts, today) in ("in_progress", "complete", "skipped", "stopped")
    assert state_of(None, VisitFacts(), today) is VisitState.IN_PROGRESS


@given(WINDOWS, DAYS)
def test_out_of_window(window: Window, day: date) -> None:
    allowed = [window.permitted[0] + timedelta(n) for n in range((window.permitted[1] - window.permitted[0]).days + 1)]
    assert out_of_window(window, day) is (day not in allowed)
