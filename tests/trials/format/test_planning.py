"""Amendments and people who are enrolled already: what is foreseen is what is done, once, and never to what is done."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.format.calendar import plan_calendar
from app.trials.format.model import Facts
from app.trials.format.planning import Change, Enrolment, Kind, apply, plan, rule_for
from app.trials.format.reading import Trial
from tests.trials.format.samples import DEMO, read

TODAY = date(2026, 6, 1)
LATER = {
    "unchanged": ("", ""),
    "moved": ("at: 3 months\n", "at: 4 months\n"),
    "wider": ("permitted: [-2 weeks, 4 weeks]", "permitted: [-3 weeks, 5 weeks]"),
    "fewer": ("times: 8", "times: 5"),
    "more": ("times: 8", "times: 12"),
    "asks_more": ("questionnaires: [qids_sr16]", "questionnaires: [qids_sr16, asrm]"),
    "asks_less": ("          - {key: tipi, once: true}\n", ""),
    "optional": ("{key: phq9, reuse: 14 days}", "{key: phq9, reuse: 7 days, required: false}"),
    "earlier": ("at: 3 months\n", 'at: "0"\n'),
    "at_site": ("    place: remote\n    at: 3 months", "    at: 3 months"),
}
AMENDMENT = '  - {{version: "{0}", approved: "{1}", changes: {{en: X., fr: X.}}, enrolled_people: {2}}}\n'


@cache
def version(name: str, change: str, *rules: str) -> Trial:
    """The demonstration with one change, of a version reached by amendments with these rules after 1.0.0."""
    head, _, _ = DEMO.partition("amendments:\n")
    old, new = LATER[change]
    numbers = ["1.0.0", *(f"1.{n}.0" for n in range(1, len(rules) + 1))]
    days = [f"2026-0{n}-01" for n in range(1, len(numbers) + 1)]
    listed = zip(numbers, days, ("keep", *rules), strict=True)
    text = head.replace('"2.0.0"', f'"{name}"').replace(old, new, 1) + "amendments:\n"
    return read(text + "".join(AMENDMENT.format(*one) for one in listed))


FIRST = version("1.0.0", "unchanged")
FACTS = Facts(date(1990, 2, 28), "female", "app")


def enrolled(inclusion: date, *, trial: Trial = FIRST, **more: object) -> Enrolment:
    anchors = {"inclusion": inclusion}
    visits = {one.name: one for one in plan_calendar(trial, anchors, FACTS)}
    return replace(Enrolment(f"E{inclusion:%y%m%d}", trial.version, anchors, FACTS, visits), **more)  # type: ignore[arg-type]


def kinds(changes: list[Change]) -> dict[str, int]:
    return {kind: count for kind in Kind if (count := sum(change.kind is kind for change in changes))}


def visits_of(changes: list[Change], kind: Kind) -> list[str]:
    return [change.visit for change in changes if change.kind is kind]


# --- one rule at a time ---


def test_keep_leaves_people_on_their_version() -> None:
    someone = enrolled(date(2026, 5, 2))
    new = version("1.1.0", "moved", "keep")
    assert plan(new, [someone], TODAY) == []
    assert apply(new, [someone], TODAY) == [someone]


def test_future_visits_follow_and_what_is_done_stays() -> None:
    someone = enrolled(date(2025, 6, 15), touched=frozenset({"follow#4"}))
    new = version("1.1.0", "moved", "future_visits")
    changes = plan(new, [someone], TODAY)
    assert changes[0] == Change("E250615", Kind.VERSION, detail="1.0.0 → 1.1.0")
    # over: the first three; answered: the fifth, though its window is to come
    assert [(one.visit, one.detail) for one in changes if one.kind is Kind.KEPT] == [
        ("follow#0", "over"),
        ("follow#1", "over"),
        ("follow#2", "over"),
        ("follow#4", "touched"),
    ]
    assert visits_of(changes, Kind.MOVED) == ["follow#3", "follow#5", "follow#6", "follow#7"]
    (after,) = apply(new, [someone], TODAY)
    assert after.version == "1.1.0"
    assert after.visits["follow#4"] == someone.visits["follow#4"]
    assert after.visits["follow#3"].target == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("change", "kind", "visits"),
    [
        ("fewer", Kind.REMOVED, ["follow#5", "follow#6", "follow#7"]),
        ("more", Kind.ADDED, ["follow#8", "follow#9", "follow#10", "follow#11"]),
        ("wider", Kind.MOVED, [f"follow#{n}" for n in range(8)]),
        ("asks_more", Kind.ASKS_MORE, [f"follow#{n}" for n in range(8)]),
        ("asks_less", Kind.ASKS_LESS, [f"follow#{n}" for n in range(8)]),
        ("optional", Kind.ASKS_OTHERWISE, [f"follow#{n}" for n in range(8)]),
        ("at_site", Kind.ASKS_OTHERWISE, [f"follow#{n}" for n in range(8)]),
    ],
)
def test_what_an_amendment_can_do(change: str, kind: Kind, visits: list[str]) -> None:
    someone = enrolled(date(2026, 5, 20))
    new = version("1.1.0", change, "future_visits")
    changes = plan(new, [someone], TODAY)
    assert visits_of(changes, kind) == visits
    assert set(kinds(changes)) == {Kind.VERSION, kind}
    wanted = {one.name: one for one in plan_calendar(new, someone.anchors, someone.facts)}
    assert apply(new, [someone], TODAY)[0].visits == wanted


def test_a_visit_is_not_moved_into_the_past() -> None:
    """Counted from the inclusion, the first follow-up would have been over for months: it stays where it is."""
    someone = enrolled(date(2026, 2, 25))
    changes = plan(version("1.1.0", "earlier", "future_visits"), [someone], TODAY)
    assert [(one.visit, one.detail) for one in changes if one.kind is Kind.KEPT] == [("follow#0", "past")]
    assert "follow#1" in visits_of(changes, Kind.MOVED)


def test_with_reconsent_visits_are_held_until_the_signature() -> None:
    someone, new = enrolled(date(2026, 5, 20)), version("1.1.0", "moved", "reconsent")
    changes = plan(new, [someone], TODAY)
    assert changes[0] == Change("E260520", Kind.CONSENT_AGAIN, detail="1.1.0")
    assert all(one.held for one in changes[1:])
    assert visits_of(changes, Kind.MOVED) == [f"follow#{n}" for n in range(8)]
    (waiting,) = apply(new, [someone], TODAY)
    assert (waiting.held, waiting.version, waiting.visits) == ("1.1.0", "1.0.0", someone.visits)
    assert plan(new, [waiting], TODAY) == []
    signed = replace(waiting, consented=True)
    assert not any(one.held for one in plan(new, [signed], TODAY))
    (after,) = apply(new, [signed], TODAY)
    assert (after.held, after.version) == (None, "1.1.0")
    assert after.visits["follow#0"].target == date(2026, 9, 20)


def test_the_strictest_rule_in_between_counts() -> None:
    rules = ("keep", "future_visits", "keep")
    new = version("1.3.0", "moved", *rules)
    assert [rule_for(new, f"1.{n}.0") for n in range(4)] == ["future_visits", "future_visits", "keep", None]
    strict = version("1.3.0", "moved", "reconsent", "keep", "future_visits")
    assert [rule_for(strict, f"1.{n}.0") for n in range(4)] == ["reconsent", "future_visits", "future_visits", None]


def test_a_newer_amendment_is_asked_for_anew_while_one_waits() -> None:
    (waiting,) = apply(version("1.1.0", "moved", "reconsent"), [enrolled(date(2026, 5, 20))], TODAY)
    newer = version("1.2.0", "moved", "reconsent", "keep")
    assert kinds(plan(newer, [waiting], TODAY))[Kind.CONSENT_AGAIN] == 1
    assert apply(newer, [waiting], TODAY)[0].held == "1.2.0"


def test_an_older_file_is_never_applied_over_a_newer_one() -> None:
    someone = enrolled(date(2026, 5, 20), trial=version("1.1.0", "moved", "future_visits"))
    with pytest.raises(ValueError, match=r"demo: 1\.1\.0 is not a version before 1\.0\.0"):
        plan(FIRST, [someone], TODAY)


# --- whatever happens ---

RULES = st.lists(st.sampled_from(["keep", "future_visits", "reconsent"]), min_size=1, max_size=2)
CHANGES = st.sampled_from(sorted(LATER))
NAMES = sorted(enrolled(date(2026, 1, 31)).visits)


@st.composite
def amended(draw: st.DrawFn) -> tuple[Trial, list[Enrolment]]:
    rules = draw(RULES)
    new = version(f"1.{len(rules)}.0", draw(CHANGES), *rules)
    people = []
    for inclusion in draw(st.lists(st.dates(date(2023, 1, 1), date(2026, 12, 31)), max_size=3)):
        touched = draw(st.frozensets(st.sampled_from(NAMES), max_size=4))
        held = draw(st.sampled_from([None, new.version]))
        followed = draw(st.sampled_from([FIRST, new]))
        more = {"touched": touched, "held": held if followed is FIRST else None, "consented": draw(st.booleans())}
        people.append(enrolled(inclusion, trial=followed, **more))
    return new, people


@given(amended(), st.integers(-400, 400).map(lambda n: TODAY + timedelta(n)))
def test_twice_is_once_and_nothing_is_left_to_plan(case: tuple[Trial, list[Enrolment]], today: date) -> None:
    new, people = case
    once = apply(new, people, today)
    assert apply(new, once, today) == once
    assert plan(new, once, today) == []


@given(amended(), st.integers(-400, 400).map(lambda n: TODAY + timedelta(n)))
def test_an_empty_plan_does_nothing_and_the_plan_names_all_that_is_done(
    case: tuple[Trial, list[Enrolment]], today: date
) -> None:
    new, people = case
    for before, after in zip(people, apply(new, people, today), strict=True):
        changes = plan(new, [before], today)
        assert (changes == []) is (before is after)
        done = {one.visit for one in changes if one.visit and one.kind is not Kind.KEPT and not one.held}
        names = {*before.visits, *after.visits}
        assert {name for name in names if before.visits.get(name) != after.visits.get(name)} == done


@given(amended(), st.integers(-400, 400).map(lambda n: TODAY + timedelta(n)))
def test_what_is_done_or_over_is_never_touched(case: tuple[Trial, list[Enrolment]], today: date) -> None:
    new, people = case
    for before, after in zip(people, apply(new, people, today), strict=True):
        for name, visit in before.visits.items():
            if name in before.touched or visit.permitted[1] < today:
                assert after.visits[name] is visit
        added = after.visits.keys() - before.visits.keys()
        assert all(after.visits[name].permitted[1] >= today for name in added)
