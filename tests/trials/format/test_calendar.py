"""The calendar: day arithmetic, what is asked of whom, anchors that come later. Printed calendars: `test_cli`."""

import calendar
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.format.calendar import Asked, Planned, plan_calendar, questionnaires_of, waiting
from app.trials.format.model import Facts
from app.trials.format.reading import Trial
from app.trials.format.spans import Span, add, read_span
from tests.trials.format.samples import DEMO, demo, read

ADULT = Facts(date(1990, 2, 28), "female", "app")
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def named(planned: list[Planned]) -> dict[str, Planned]:
    return {one.name: one for one in planned}


def asked(one: Planned) -> list[str]:
    return [f"{asked.key}/{asked.who}" for asked in one.questionnaires]


@given(DAYS, st.integers(-600, 600))
def test_months_are_counted_from_the_anchor_and_clamped(day: date, months: int) -> None:
    found = add(day, Span(months))
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == min(day.day, calendar.monthrange(found.year, found.month)[1])


@pytest.mark.parametrize(
    ("anchor", "written", "expected"),
    [
        (date(2023, 8, 31), "6 months", date(2024, 2, 29)),
        (date(2023, 8, 31), "18 months", date(2025, 2, 28)),
        (date(2023, 8, 31), "12 months", date(2024, 8, 31)),
        (date(2024, 2, 29), "1 year", date(2025, 2, 28)),
        (date(2024, 2, 29), "4 years", date(2028, 2, 29)),
        (date(2026, 3, 31), "-1 month", date(2026, 2, 28)),
        (date(2026, 10, 24), "2 days", date(2026, 10, 26)),
        (date(2026, 3, 28), "+2 weeks", date(2026, 4, 11)),
    ],
)
def test_known_days(anchor: date, written: str, expected: date) -> None:
    span = read_span(written)
    assert span is not None
    assert add(anchor, span) == expected


@pytest.mark.parametrize("written", ["6m", "P6M", "six months", "1.5 days", "121 years", "٣ days", "", "3 days "])
def test_what_is_no_length_of_time(written: str) -> None:
    assert read_span(written) is None


@pytest.mark.capability("E21")
def test_visits_stand_in_order_with_both_windows() -> None:
    planned = plan_calendar(demo(), {"inclusion": date(2026, 1, 31)}, ADULT)
    assert [one.name for one in planned][:3] == ["screening#0", "start#0", "follow#0"]
    follow = named(planned)["follow#1"]
    assert follow.target == date(2026, 7, 31)
    assert follow.best == (date(2026, 7, 24), date(2026, 8, 7))
    assert follow.permitted == (date(2026, 7, 17), date(2026, 8, 28))
    assert follow.place == "remote"
    assert "crisis#0" not in named(planned)


def test_repeats_never_drift() -> None:
    planned = named(plan_calendar(demo(), {"inclusion": date(2023, 11, 30)}, ADULT))
    targets = [planned[f"follow#{n}"].target for n in range(8)]
    assert [day.day for day in targets] == [29, 30, 30, 30, 28, 30, 30, 30]


def test_what_is_included_comes_first_and_modules_go_on() -> None:
    follow = named(plan_calendar(demo(), {"inclusion": date(2026, 1, 31)}, ADULT))["follow#0"]
    assert asked(follow) == [
        "physical/nurse",
        "tobacco/nurse",
        "ftnd/patient",
        "qids_sr16/nurse",
        "phq9/patient",
        "tipi/patient",
        "gad7/patient",
    ]
    assert [one.order for one in follow.questionnaires] == list(range(1, 8))
    assert follow.questionnaires[4] == Asked("self", "phq9", "patient", reuse=Span(days=14), order=5)
    assert follow.questionnaires[6] == Asked("self", "gad7", "patient", False, "1.0.0", order=7)


def test_conditions_see_the_target_day() -> None:
    """Born on 29 February 2008: 18 from 1 March 2026 on, so from the second follow-up only."""
    facts = Facts(date(2008, 2, 29), "male", "usual")
    planned = named(plan_calendar(demo(), {"inclusion": date(2025, 11, 28)}, facts))
    assert planned["follow#0"].target == date(2026, 2, 28)
    assert "ftnd/patient" not in asked(planned["follow#0"])
    assert "ftnd/patient" in asked(planned["follow#1"])
    assert not any(one.who == "patient" and one.key == "phq9" for one in planned["follow#1"].questionnaires)


def test_an_unknown_fact_asks_nothing_more() -> None:
    planned = named(plan_calendar(demo(), {"inclusion": date(2026, 1, 31)}, Facts()))
    assert asked(planned["start#0"]) == ["physical/nurse"]
    assert asked(planned["follow#0"]) == ["physical/nurse", "qids_sr16/nurse"]
    assert "birthday#0" not in planned


YEARLY = read(DEMO.replace("    at: 3 months\n    repeat: {every: 3", "    after: birth\n    repeat: {every: 60"))


@pytest.mark.parametrize(
    ("inclusion", "names"),
    [
        (date(2020, 3, 27), ["follow#6", "follow#7"]),
        (date(2020, 3, 28), ["follow#7"]),
        (date(2025, 3, 29), []),
    ],
)
def test_what_was_over_before_the_inclusion_is_not_planned(inclusion: date, names: list[str]) -> None:
    """Every five years from the birth on 28 February 1990, to four weeks after: nobody is late for their childhood."""
    planned = plan_calendar(YEARLY, {"inclusion": inclusion}, ADULT)
    assert [one.name for one in planned if one.visit == "follow"] == names


def test_the_screening_before_the_inclusion_is_planned() -> None:
    screening = named(plan_calendar(demo(), {"inclusion": date(2026, 1, 31)}, ADULT))["screening#0"]
    assert screening.permitted == (date(2025, 12, 2), date(2026, 1, 30))


@pytest.mark.parametrize(("trial", "inclusion", "first"), [(demo(), 2026, 0), (YEARLY, 2020, 6)])
def test_first_time_is_the_first_of_its_kind(trial: Trial, inclusion: int, first: int) -> None:
    planned = named(plan_calendar(trial, {"inclusion": date(inclusion, 1, 31)}, ADULT))
    assert "gad7/patient" in asked(planned[f"follow#{first}"])
    assert "gad7/patient" not in asked(planned[f"follow#{first + 1}"])


def test_once_is_asked_until_it_is_answered() -> None:
    anchors = {"inclusion": date(2026, 1, 31)}
    before = plan_calendar(demo(), anchors, ADULT)
    assert [one.name for one in before if "tipi/patient" in asked(one)] == [f"follow#{n}" for n in range(8)]
    after = plan_calendar(demo(), anchors, ADULT, answered_once={"tipi", "phq9"})
    assert [one.name for one in after if "tipi/patient" in asked(one)] == []
    assert "phq9/patient" in asked(named(after)["follow#7"])  # not asked once, so asked again


@pytest.mark.parametrize(("arm", "calls"), [("usual", 1), ("app", 0), (None, 0)])
def test_visits_of_one_arm(arm: str | None, calls: int) -> None:
    anchors = {"inclusion": date(2026, 1, 31), "visit:start": date(2026, 2, 3)}
    planned = plan_calendar(demo(), anchors, Facts(date(1990, 2, 28), "male", arm))
    assert [one.target for one in planned if one.visit == "call"] == [date(2026, 2, 17)] * calls


def test_later_anchors() -> None:
    usual = Facts(date(1990, 2, 28), "male", "usual")
    anchors = {"inclusion": date(2026, 1, 31)}
    assert [visit.id for visit in waiting(demo(), anchors, usual)] == ["after_surgery", "call"]
    anchors |= {"event:surgery": date(2026, 3, 31), "visit:start": date(2026, 2, 1)}
    assert waiting(demo(), anchors, usual) == []
    assert named(plan_calendar(demo(), anchors, usual))["after_surgery#0"].target == date(2026, 4, 30)


def test_a_visit_out_of_plan_asks_what_it_says() -> None:
    env = ADULT.on(date(2026, 5, 1), first_time=False)
    assert [one.key for one in questionnaires_of(demo(), "crisis", env)] == ["madrs", "ymrs"]
    assert [one.key for one in questionnaires_of(demo(), "follow", env, {"tipi"})][-2:] == ["qids_sr16", "phq9"]


@pytest.mark.parametrize(
    ("visit", "held", "allowed"),
    [("crisis", 0, True), ("crisis", 5, True), ("follow", 8, True), ("screening", 0, False)],
)
def test_what_may_be_opened_out_of_plan(visit: str, held: int, allowed: bool) -> None:
    assert demo().may_open(visit, held) is allowed


def test_a_unique_visit_out_of_plan_is_held_once() -> None:
    trial = read(DEMO.replace("    planned: false\n", "    planned: false\n    unique: true\n"))
    assert [trial.may_open("crisis", held) for held in (0, 1)] == [True, False]
    start = DEMO.index("  - id: crisis")
    closed = read(DEMO[:start] + "unscheduled: false\n" + DEMO[DEMO.index("sdv:") :])
    assert closed.may_open("follow", 0) is False


def test_what_is_asked_goes_through_json_and_back() -> None:
    planned = plan_calendar(demo(), {"inclusion": date(2024, 2, 29)}, ADULT)
    assert msgspec.json.decode(msgspec.json.encode(planned), type=list[Planned]) == planned


def test_windows_hold_for_inclusions_over_two_years() -> None:
    day = date(2024, 1, 1)
    for n in range(0, 800, 2):
        for one in plan_calendar(demo(), {"inclusion": day + timedelta(n)}, ADULT):
            assert one.permitted[0] <= one.best[0] <= one.best[1] <= one.permitted[1]
