"""Visibility, scores, reasons, checks and red flags on whole questionnaires."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.questionnaires.model import Questionnaire
from app.questionnaires.red_flags import on_save_reads, raised
from app.questionnaires.scoring import Reason, ReasonCode, score, score_answers, unmet
from app.questionnaires.visibility import (
    conditional_items,
    depends_on,
    environment,
    visible,
    visible_in_row,
    visible_pages,
)
from app.questionnaires.wording import reason_text

Sample = Callable[[str], Questionnaire]
Small = Callable[[str], Questionnaire]
pytestmark = pytest.mark.capability("E16")

RESTED = {"q1": 0, "q2": 0, "q3": 0, "q4": 2}


def test_bands_and_values(sample: Sample) -> None:
    q = sample("phq9")
    total = score_answers(q, {f"q{n}": 1 for n in range(1, 10)} | {"q1": 3, "q2": 2})["total"]
    assert (total.value, total.band, total.status) == (12, "moderate", "computed")
    assert isinstance(total.value, int)


@pytest.mark.parametrize(
    ("answers", "reason", "english", "french"),
    [
        (
            {"q1": 2, "q4": 0},
            Reason(ReasonCode.TOO_FEW, ("q2", "q3"), 2, 4, 3),
            "Answered 2 of 4, needed 3.",
            "2 réponses sur 4, il en faut 3.",
        ),
    ],
)
def test_reasons_are_codes_with_words(
    answers: dict[str, Any], reason: Reason, english: str, french: str, sample: Sample
) -> None:
    result = score_answers(sample("annotated"), answers)["total"]
    assert (result.value, result.status, result.reason) == (None, "not_computable", reason)
    assert reason_text(reason, "en") == english
    assert reason_text(reason, "fr-CA") == french


def test_other_reasons(sample: Sample) -> None:
    phq9 = score_answers(sample("phq9"), {"q1": 1})["total"].reason
    assert phq9 is not None
    assert reason_text(phq9, "fr").startswith("Réponses manquantes\u00a0: q2, q3")
    young = score_answers(sample("annotated"), RESTED, {"age": 8})["exhausted"]
    assert young.status == "not_applicable"
    assert young.reason == Reason(ReasonCode.DOES_NOT_APPLY)
    outside = score_answers(sample("fluency"), {"words": 20}, {"age": 10, "education": 10, "sex": "female"})
    assert outside["z"].reason == Reason(ReasonCode.OUTSIDE_NORM, ("age", "education", "sex"))
    assert reason_text(outside["z"].reason, "en").endswith("it goes by: age, years of education, sex.")
    assert "dépend de\u00a0: âge, années d’études, sexe." in reason_text(outside["z"].reason, "fr")
    unschooled = score_answers(sample("fluency"), {"words": 20}, {"age": 30, "sex": "female"})["z_regression"].reason
    assert unschooled is not None
    assert reason_text(unschooled, "fr") == "Réponses manquantes\u00a0: années d’études."
    few = score_answers(sample("social"), {"partner": 1})
    assert ReasonCode.CONDITION in {r.reason.code for r in few.values() if r.reason}


def test_a_hidden_answer_counts_as_missing_and_comes_back(sample: Sample) -> None:
    q = sample("annotated")
    answers = {**RESTED, "nights": 5, "helped_by": ["doctor"]}
    env = environment(q, answers)
    shown = visible(q, env)
    assert "nights" not in shown
    assert env["nights"] is None
    env = environment(q, {**answers, "q3": 2})
    assert {"nights", "helped_by"} <= visible(q, env)
    assert env["nights"] == 5


def test_pages_rows_and_what_depends_on_what(sample: Sample) -> None:
    q = sample("annotated")
    assert [page.id for page in visible_pages(q, environment(q, RESTED))] == ["week"]
    assert [page.id for page in visible_pages(q, environment(q, {**RESTED, "q1": 1}))] == ["week", "more"]
    assert {"nights", "helped_by", "naps", "nap_min", "page:more"} <= depends_on(q, "q1")
    assert "naps" in depends_on(q, "q2")
    assert "nights" not in depends_on(q, "q2")
    assert depends_on(q, "nights") == frozenset()
    assert conditional_items(q, "week") == frozenset()
    assert conditional_items(q, "more") == {"naps", "nap_day", "nap_min"}


ROWS = """
pages:
  - id: stays_page
    items:
      - {id: ever, type: yes_no, required: true, text: {en: A, fr: A}}
      - {type: info, show_if: ever, text: {en: Thank you, fr: Merci}}
      - id: stays
        type: group
        show_if: ever
        repeat: {least: 1, most: 2, row: {en: Stay, fr: Séjour}}
        items:
          - {id: planned, type: yes_no, required: true, text: {en: A, fr: A}}
          - {id: reason, type: text, max_length: 20, required: true, show_if: not planned, text: {en: A, fr: A}}
          - {id: after, type: yes_no, show_if: answered(reason), text: {en: A, fr: A}}
"""


def test_conditions_inside_rows_read_their_own_row(small: Small) -> None:
    q = small(ROWS)
    answers = {"ever": True, "stays": [{"planned": True, "reason": "x"}, {"planned": False, "reason": "y"}]}
    env = environment(q, answers)
    shown = visible(q, env)
    assert {"ever", "stays", "stays_page.2"} <= shown
    assert [row["reason"] for row in env["stays"]] == [None, "y"]
    rows = [visible_in_row(q, env, "stays", row) for row in answers["stays"]]  # type: ignore[union-attr]
    assert rows == [{"planned"}, {"planned", "reason", "after"}]
    assert {"reason", "after"} <= depends_on(q, "planned")
    hidden = environment(q, {**answers, "ever": False})
    assert visible(q, hidden) == {"ever"}
    assert hidden["stays"] == ()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, [("ever", "required")]),
        ({"ever": False}, []),
        ({"ever": True}, [("stays", "too_few_rows")]),
        ({"ever": True, "stays": [{}]}, [("stays[0].planned", "required")]),
        ({"ever": True, "stays": [{"planned": True}, {"planned": False}]}, [("stays[1].reason", "required")]),
    ],
)
def test_what_stops_sending(answers: dict[str, Any], expected: list[tuple[str, str]], small: Small) -> None:
    q = small(ROWS)
    env = environment(q, answers)
    found = unmet(q, env, visible(q, env))
    assert [(u.place, u.problem.code.value) for u in found if u.problem] == expected
    assert all(u.level == "error" for u in found)


def test_checks_bounds_and_refusals(sample: Sample) -> None:
    q = sample("annotated")
    answers = {"q1": 1, "q2": 1, "q3": 2, "q4": 9, "nights": 0}
    answers |= {"naps": [{"nap_day": "2026-03-02", "nap_min": 90}]}
    env = environment(q, answers, today=date(2026, 3, 1))
    found = {(u.place, u.check, u.level) for u in unmet(q, env, visible(q, env))}
    assert found == {("nights", "nights_fit", "warning"), ("naps[0].nap_day", "nap_day_not_after", "error")}
    env = environment(q, {**answers, "q4": None, "nights": 3, "naps": []})
    assert [u.place for u in unmet(q, env, visible(q, env))] == ["q4"]


def test_red_flags(sample: Sample) -> None:
    q = sample("phq9")
    assert [flag.on for flag in raised(q, environment(q, {"q9": 1}))] == [q.file.red_flags[0].on]
    assert raised(q, environment(q, {"q9": 0})) == []
    assert raised(q, environment(q, {})) == []
    rest = sample("annotated")
    assert on_save_reads(rest) == {"q3"}
    assert [flag.id for flag in raised(rest, environment(rest, {"q3": 2}))] == ["bedridden"]


FLAG = """
pages:
  - id: p
    items:
      - {id: a, type: integer, range: [0, 3], required: true, text: {en: A, fr: A}}
      - {id: b, type: integer, range: [0, 3], required: true, show_if: a >= 1, text: {en: B, fr: B}}
values: {both: a + b}
scores:
  - {id: total, title: {en: T, fr: T}, formula: both, missing: all_required, range: [0, 6], higher_is: worse}
red_flags:
  - {id: high, when: total >= 4, on: save, urgency: today, to_team: {en: High., fr: Haut.}}
"""


def test_flags_may_read_scores(small: Small) -> None:
    q = small(FLAG)
    assert on_save_reads(q) == {"a", "b"}
    assert [flag.id for flag in raised(q, environment(q, {"a": 2, "b": 2}))] == ["high"]
    env = environment(q, {"a": 0, "b": 3})
    assert raised(q, env) == []
    assert env["b"] == 3, "raising a flag leaves the caller's environment alone"


NAMES = ("annotated", "tobacco", "hospitalisations", "social", "psqi", "fluency", "physical", "ctq")


def random_answer(question: Any, rnd: random.Random) -> Any:
    item = question.item
    low, high = item.range or (0, 1)
    make: dict[str, Callable[[], Any]] = {
        "choice": lambda: rnd.choice(question.codes),
        "choices": lambda: rnd.sample(question.codes, 1),
        "yes_no": lambda: rnd.random() < 0.5,
        "integer": lambda: rnd.randint(int(low), int(high)),
        "slider": lambda: rnd.randint(int(low), int(high)),
        "decimal": lambda: round(rnd.uniform(low, high), 1),
        "date": lambda: f"{rnd.randint(1990, 2025)}-0{rnd.randint(1, 9)}-{rnd.randint(10, 28)}",
        "time": lambda: f"{rnd.randint(0, 23):02}:{rnd.choice([0, 15, 30]):02}",
        "partial_date": lambda: str(rnd.randint(1950, 2025)),
    }
    return make.get(question.type, lambda: "words")()


def random_answers(q: Questionnaire, rnd: random.Random) -> dict[str, Any]:
    gap = rnd.choice([0, 0.05, 0.3])
    answers: dict[str, Any] = {
        name: random_answer(x, rnd) for name, x in q.questions.items() if not x.group and rnd.random() >= gap
    }
    for name, group in q.groups.items():
        rows = range(rnd.randint(0, 4))
        answers[name] = [{x: random_answer(q.questions[x], rnd) for x in group.questions} for _ in rows]
    return answers


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_invariants(seed: int, sample: Sample) -> None:
    rnd = random.Random(seed)  # noqa: S311
    for name in NAMES:
        q = sample(name)
        answers = random_answers(q, rnd)
        about = {"age": rnd.randint(8, 90), "sex": rnd.choice(["female", "male"]), "education": 12}
        env = environment(q, answers, about, date(2026, 3, 1))
        shown = visible(q, env)
        results = score(q, env)
        for compiled in q.scores:
            result = results[compiled.id]
            assert (result.value is None) == (result.status != "computed") == (result.reason is not None)
            if result.status == "computed" and compiled.node.interval:
                low, high = compiled.node.interval
                assert low - 1e-9 <= float(result.value or 0) <= high + 1e-9
            assert (result.band is not None) == bool(compiled.starts and result.status == "computed")
        # what is hidden does not change any score
        kept = {item: answer for item, answer in answers.items() if item in shown}
        assert score_answers(q, kept, about, date(2026, 3, 1)) == results
        # hiding twice hides nothing more
        assert visible(q, env) == shown
