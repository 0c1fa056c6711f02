"""When a reminder may go out, for any protocol, day and place: the pure part."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.assignments.model import Assignment
from app.assignments.model import State as Asked
from app.trials.format.calendar import Asked as InVisit
from app.trials.format.reminders import is_quiet
from app.trials.format.shapes import Reminder
from app.trials.format.spans import Window
from app.trials.model import Visit
from app.trials.reminders.model import (
    Audience,
    Kind,
    Line,
    Standing,
    State,
    Why,
    choices,
    earliest,
    moments_of,
    why_not,
)

ID, FIRST = UUID(int=7), date(2026, 1, 1)
ZONES = ("Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea", "America/Montreal")
hours = st.integers(0, 47).map(lambda n: f"{n // 2:02d}:{n % 2 * 30:02d}")
days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def reminders(draw) -> Reminder:
    quiet = draw(st.tuples(hours, hours).filter(lambda pair: pair[0] != pair[1]))
    return Reminder(
        id="nudge",
        to=draw(st.sampled_from(["patient", "proxy", "team"])),
        by=["mail"],
        first=draw(st.sampled_from(["-3 days", "0", "1 day", "1 week"])),
        every=draw(st.sampled_from(["1 day", "3 days", "1 week"])),
        at_most=draw(st.integers(1, 5)),
        hour=draw(hours),
        quiet=list(quiet),
        only_if_incomplete=draw(st.booleans()),
    )


def visit(start: date, **more) -> Visit:
    window = Window((start, start + timedelta(3)), (start - timedelta(2), start + timedelta(9)))
    asked = tuple(InVisit("m", f"q{n}", who) for n, who in enumerate(("patient", "proxy", "nurse")))
    facts = {"started_on": None, "started_by": None, "completed_on": None, "completed_by": None, "skipped_on": None}
    facts |= {"skipped_by": None, "skip_reason": "", "signed_at": None, "revision": 1, "ended_on": None}
    return Visit(ID, ID, ID, ID, "small", ID, ID, "start", 0, "site", start, window, asked, None, **(facts | more))


def line(one: Reminder, kind: Kind = Kind.PROTOCOL) -> Line:
    at = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
    return Line(ID, ID, ID, Audience(one.to), kind, one.id, 0, ID, at, State.PLANNED, "", "", None, (), None)


def asked(who: str, state: Asked) -> Assignment:
    return Assignment(ID, ID, "phq9", who, ID, FIRST, None, state, None, datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")))


@given(reminders(), days, st.sampled_from(ZONES))
def test_the_plan_keeps_to_the_cap_and_the_window(one, start, zone):
    moments = [moment for moment in moments_of(visit(start), [one], zone) if moment.kind is Kind.PROTOCOL]

    assert len(moments) <= one.at_most
    assert [moment.nth for moment in moments] == list(range(len(moments)))
    for moment in moments:
        here = moment.due_at.astimezone(ZoneInfo(zone))
        assert start - timedelta(2) <= here.date() <= start + timedelta(9)
        assert not is_quiet(here.time(), one.quiet)


@given(reminders(), days, st.sampled_from(ZONES), st.integers(0, 24 * 60), st.none() | st.integers(0, 3 * 24 * 60))
def test_nothing_leaves_in_the_quiet_hours_or_twice_a_day(one, day, zone, minutes, ago):
    at = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    at += timedelta(minutes=minutes)
    last = None if ago is None else at - timedelta(minutes=ago)
    when = earliest(at, one, zone, last)
    here = when.astimezone(ZoneInfo(zone))

    assert not is_quiet(here.time(), one.quiet)
    assert when >= at
    if last is not None:
        assert here.date() > last.astimezone(ZoneInfo(zone)).date()
    # Once it may go, it may: nothing waits for ever.
    assert earliest(when, one, zone, last) == when


@given(reminders(), days, days, st.sampled_from(["completed_on", "skipped_on"]), st.sampled_from(list(Kind)))
def test_what_is_settled_is_never_reminded_of(one, start, today, settled, kind):
    held = visit(start, **{settled: start})

    now = Standing(held, today, [asked(one.to, Asked.TO_DO)])
    assert why_not(line(one, kind), one, now) is Why.SETTLED


@given(reminders(), days, days)
def test_somebody_is_reminded_only_inside_the_window_and_of_something(one, start, today):
    now = Standing(visit(start), today, [asked(one.to, Asked.TO_DO)])
    inside = start - timedelta(2) <= today <= start + timedelta(9)

    assert why_not(line(one), one, now) is (None if inside else Why.OVER)
    done = why_not(line(one), one, Standing(visit(start), today, [asked(one.to, Asked.DONE)]))
    if one.to != "team" and one.only_if_incomplete and inside:
        assert done is Why.ANSWERED


@given(days, days)
def test_nothing_is_put_off_past_the_last_day(start, today):
    found = choices(visit(start), today)

    left = (start + timedelta(9) - today).days
    assert [one.value for one in found] == [
        name for name, needs in (("tomorrow", 1), ("in_3_days", 3), ("never", -999)) if left >= needs
    ]
