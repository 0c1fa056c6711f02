"""Reminders across the changes of the clock, inside windows and outside quiet hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.format.calendar import Planned, plan_calendar
from app.trials.format.model import Facts
from app.trials.format.reminders import concerns, reminder_times
from app.trials.format.shapes import Reminder
from tests.trials.format.samples import demo

PARIS = "Europe/Paris"
NUDGE = demo().file.reminders[0]


def visit(best: date, *, days: int = 10) -> Planned:
    return Planned("follow", 0, best, (best, best + timedelta(2)), (best, best + timedelta(days)), ())


def told(times: list[datetime]) -> list[str]:
    return [one.isoformat(timespec="minutes") for one in times]


def test_the_local_hour_stays_when_the_clock_changes() -> None:
    assert told(reminder_times(visit(date(2026, 3, 27)), NUDGE, PARIS)) == [
        "2026-03-27T17:00+00:00",
        "2026-03-30T16:00+00:00",
        "2026-04-02T16:00+00:00",
    ]
    assert told(reminder_times(visit(date(2026, 10, 23)), NUDGE, PARIS)) == [
        "2026-10-23T16:00+00:00",
        "2026-10-26T17:00+00:00",
        "2026-10-29T17:00+00:00",
    ]


NIGHT = msgspec.structs.replace(NUDGE, hour="02:30", every="1 day", quiet=["12:00", "13:00"])


def test_an_hour_that_is_skipped_moves_forward_and_one_that_comes_twice_is_the_first() -> None:
    spring = reminder_times(visit(date(2026, 3, 28)), NIGHT, PARIS)
    assert told([one.astimezone(ZoneInfo(PARIS)) for one in spring]) == [
        "2026-03-28T02:30+01:00",
        "2026-03-29T03:30+02:00",
        "2026-03-30T02:30+02:00",
    ]
    autumn = reminder_times(visit(date(2026, 10, 24)), NIGHT, PARIS)
    assert told(autumn)[1] == "2026-10-25T00:30+00:00"


def test_what_the_clock_moves_into_the_quiet_hours_waits_for_their_end() -> None:
    quiet = msgspec.structs.replace(NIGHT, quiet=["03:00", "07:00"])
    assert told(reminder_times(visit(date(2026, 3, 28)), quiet, PARIS))[1] == "2026-03-29T05:00+00:00"


def test_nothing_leaves_the_window_or_passes_the_cap() -> None:
    early = msgspec.structs.replace(NUDGE, first="-3 days", every="3 days", at_most=10)
    found = reminder_times(visit(date(2026, 6, 10), days=7), early, PARIS)
    assert [one.date().day for one in found] == [10, 13, 16]
    assert len(reminder_times(visit(date(2026, 6, 10), days=90), early, PARIS)) == 9


@pytest.mark.parametrize(("to", "expected"), [("patient", True), ("proxy", False), ("team", True)])
def test_whom_a_visit_concerns(to: str, expected: bool) -> None:
    planned = plan_calendar(demo(), {"inclusion": date(2026, 1, 31)}, Facts(date(1990, 2, 28), "female", "app"))
    follow = next(one for one in planned if one.name == "follow#0")
    assert concerns(follow, msgspec.structs.replace(NUDGE, to=to)) is expected
    screening = next(one for one in planned if one.visit == "screening")
    assert concerns(screening, NUDGE) is False


REMINDERS = st.builds(
    Reminder,
    id=st.just("r"),
    to=st.just("patient"),
    by=st.just(["mail"]),
    first=st.integers(-20, 20).map(lambda n: f"{n} days"),
    every=st.sampled_from(["1 day", "3 days", "2 weeks", "1 month"]),
    at_most=st.integers(1, 10),
    hour=st.integers(8, 20).map(lambda hour: f"{hour:02}:30"),
    quiet=st.just(["21:00", "08:00"]),
)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 120), REMINDERS)
def test_always_in_the_window_awake_and_rising(best: date, days: int, reminder: Reminder) -> None:
    planned = visit(best, days=days + 2)
    times = reminder_times(planned, reminder, PARIS)
    assert len(times) <= reminder.at_most
    assert times == sorted(set(times))
    for one in times:
        here = one.astimezone(ZoneInfo(PARIS))
        assert one.tzinfo is UTC
        assert planned.permitted[0] <= here.date() <= planned.permitted[1]
        assert here.strftime("%H:%M") == reminder.hour
