"""What single clinician's scales owe beyond the examples in their files: flags, skips and limits.

Sums and bands are proved by the examples, agreement with other implementations by `test_oracles`.
"""

from typing import Any

import pytest

from app.questionnaires.library import library
from app.questionnaires.red_flags import on_save_reads, raised
from app.questionnaires.scoring import score_answers
from app.questionnaires.visibility import environment

NO_IDEATION = {"q1": 0, "q2": 0}
IDEATION = {"q1": 1, "q2": 1, "q3": 0, "q4": 0, "q5": 0}
LAST_WEEK = "week"


def flags_of(key: str, answers: dict[str, Any]) -> list[str]:
    q = library().find(key)
    return [f"{flag.id}, {flag.on}, {flag.urgency}" for flag in raised(q, environment(q, answers))]


@pytest.mark.parametrize(
    ("answers", "risk"),
    [
        (NO_IDEATION | {"q6_life": False}, "none"),
        (IDEATION | {"q6_life": False}, "low"),
        (IDEATION | {"q3": 1, "q6_life": False}, "moderate"),
        (NO_IDEATION | {"q6_life": True, "q6_recent": False}, "moderate"),
        (IDEATION | {"q4": 1, "q6_life": False}, "high"),
        (IDEATION | {"q5": 1, "q6_life": False}, "high"),
        (NO_IDEATION | {"q6_life": True, "q6_recent": True}, "high"),
    ],
)
def test_the_triage_of_the_c_ssrs_raises_a_flag_when_it_says_high(answers: dict[str, Any], risk: str) -> None:
    assert score_answers(library().find("cssrs"), answers)["total"].band == risk
    assert flags_of("cssrs", answers) == (["high_risk, save, now"] if risk == "high" else [])


def test_an_intent_already_known_is_flagged_before_the_rest_is_answered() -> None:
    assert flags_of("cssrs", {"q1": 1, "q2": 1, "q4": 1}) == ["high_risk, save, now"]


def test_an_answer_hidden_since_raises_nothing() -> None:
    assert flags_of("cssrs", NO_IDEATION | {"q4": 1, "q5": 1, "q6_life": False, "q6_recent": True}) == []


@pytest.mark.parametrize("key", ["isa", "isa_followup"])
@pytest.mark.parametrize(("item", "flagged"), [("q1", False), ("q2", False), ("q3", True), ("q4", True), ("q5", True)])
def test_thoughts_of_the_last_week_raise_a_flag_and_older_ones_do_not(key: str, item: str, flagged: bool) -> None:
    q = library().find(key)
    older = [code for code in q.questions[f"{item}_when"].codes if code != LAST_WEEK]
    assert older
    assert flags_of(key, {item: 1, f"{item}_when": LAST_WEEK}) == (["recent_thoughts, save, now"] if flagged else [])
    assert all(flags_of(key, {item: 1, f"{item}_when": code}) == [] for code in older)
    assert {item, f"{item}_when"} <= on_save_reads(q) or not flagged


@pytest.mark.parametrize(("points", "flagged"), [(0, False), (16, False), (17, True), (53, True)])
def test_module_b_of_the_mini_raises_a_flag_from_its_own_high_level_on(points: int, flagged: bool) -> None:
    assert flags_of("mini", {"b_points": points}) == (["high_suicidality, save, now"] if flagged else [])


def test_answers_the_audit_skips_add_nothing_even_if_they_were_given() -> None:
    q = library().find("audit")
    asked = {f"q{n}": 4 for n in range(2, 9)} | {"q9": 2, "q10": 0}
    assert score_answers(q, {"q1": 0} | asked)["total"].value == 2
    assert score_answers(q, {"q1": 1} | asked | {"q2": 0, "q3": 0})["total"].value == 3
    assert score_answers(q, {"q1": 1} | asked)["total"].value == 31


def test_no_activity_of_the_ipaq_counts_beyond_three_hours_a_day() -> None:
    q = library().find("ipaq")
    idle = {"moderate_days": 0, "walking_days": 0}
    totals = [
        score_answers(q, idle | {"vigorous_days": 2, "vigorous_minutes": m})["total"].value for m in (179, 180, 900)
    ]
    assert totals == [2864, 2880, 2880]


def test_what_does_not_concern_a_person_lowers_no_quality_of_life() -> None:
    q = library().find("sqol")
    everything = {f"q{n}": 3 for n in range(1, 19)}
    alone = everything | {"q14": 9, "q15": 9}
    assert score_answers(q, everything)["total"].value == score_answers(q, alone)["total"].value == 75
    assert score_answers(q, alone)["sentimental"].status == "not_computable"
