"""Answers as JSON and as form fields: every type, every problem, and the way back and forth."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.questionnaires.answering import parse_answer, parse_answers
from app.questionnaires.fields import field_texts, parse_field
from app.questionnaires.model import Questionnaire
from app.questionnaires.problems import Problem, ProblemCode
from app.questionnaires.wording import problem_text

# The cores are shared, and the first draw of characters builds a table.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
Small = Callable[[str], Questionnaire]

BODY = """
options:
  often:
    0: {en: never, fr: jamais}
    1: {en: often, fr: souvent}
    9: {en: I would rather not say, fr: Je préfère ne pas répondre, score: none}
  who:
    doctor: {en: a doctor, fr: un médecin}
    nurse: {en: a nurse, fr: une infirmière}
    none: {en: nobody, fr: personne, exclusive: true}
pages:
  - id: all
    items:
      - {id: choice, type: choice, options: often, text: {en: A, fr: A}}
      - {id: word, type: choice, options: who, text: {en: A, fr: A}}
      - {id: choices, type: choices, options: who, text: {en: A, fr: A}}
      - {id: open, type: open_choice, options: who, text: {en: A, fr: A}}
      - {id: yes_no, type: yes_no, text: {en: A, fr: A}}
      - {id: integer, type: integer, range: [-5, 20000], unit: d, text: {en: A, fr: A}}
      - {id: slider, type: slider, range: [0, 100], text: {en: A, fr: A},
         ends: {low: {en: l, fr: l}, high: {en: h, fr: h}}}
      - {id: decimal, type: decimal, range: [-5, 20000.5], unit: kg, text: {en: A, fr: A}}
      - {id: day, type: date, text: {en: A, fr: A}}
      - {id: partial, type: partial_date, text: {en: A, fr: A}}
      - {id: time, type: time, text: {en: A, fr: A}}
      - {id: text, type: text, max_length: 20, text: {en: A, fr: A}}
      - {id: long_text, type: long_text, max_length: 50, text: {en: A, fr: A}}
      - id: stays
        type: group
        repeat: {most: 3, row: {en: Stay, fr: Séjour}}
        items:
          - {id: days, type: integer, range: [1, 30], required: true, text: {en: A, fr: A}}
"""


@pytest.fixture(scope="module")
def q(small: Small) -> Questionnaire:
    return small(BODY)


@pytest.mark.parametrize(
    ("item", "raw", "expected"),
    [
        ("choice", 1, 1),
        ("choice", 9, None),
        ("word", "nurse", "nurse"),
        ("choices", ["doctor", "nurse"], ("doctor", "nurse")),
        ("choices", [], None),
        ("open", "doctor", "doctor"),
        ("open", "my aunt 🙂", "my aunt 🙂"),
        ("yes_no", False, False),
        ("integer", 0, 0),
        ("slider", 100, 100),
        ("decimal", 72.5, 72.5),
        ("decimal", 72, 72),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("partial", "2024", "2024"),
        ("partial", "2024-02", "2024-02"),
        ("partial", "2024-02-29", "2024-02-29"),
        ("time", "07:30", time(7, 30)),
        ("text", "é🙂", "é🙂"),
        ("text", "  ", None),
        ("integer", None, None),
    ],
)
def test_answers(q: Questionnaire, item: str, raw: Any, expected: Any) -> None:
    assert parse_answer(q.questions[item], raw) == (expected, None)


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        ("choice", 7, "unknown_option"),
        ("choice", True, "unknown_option"),
        ("choice", 1.0, "unknown_option"),
        ("choice", "1", "unknown_option"),
        ("choice", [1], "unknown_option"),
        ("word", "aunt", "unknown_option"),
        ("choices", "doctor", "unknown_option"),
        ("choices", ["doctor", "doctor"], "unknown_option"),
        ("choices", ["aunt"], "unknown_option"),
        ("choices", [["doctor"]], "unknown_option"),
        ("choices", ["doctor", "none"], "exclusive_option"),
        ("open", 3, "unknown_option"),
        ("open", {"a": 1}, "unknown_option"),
        ("yes_no", "true", "not_yes_or_no"),
        ("yes_no", 1, "not_yes_or_no"),
        ("integer", "3", "not_a_number"),
        ("integer", True, "not_a_number"),
        ("integer", 3.0, "not_whole"),
        ("integer", 10**400, "out_of_range"),
        ("slider", 50.5, "not_whole"),
        ("decimal", float("nan"), "not_a_number"),
        ("decimal", float("inf"), "out_of_range"),
        ("decimal", 20001, "out_of_range"),
        ("day", "2023-02-29", "not_a_date"),
        ("day", "20230228", "not_a_date"),
        ("day", "2023-W09-2", "not_a_date"),
        ("day", 20230228, "not_a_date"),
        ("partial", "2024-13", "not_a_date"),
        ("partial", "2024-45", "not_a_date"),
        ("partial", "2023-02-29", "not_a_date"),
        ("partial", "0000", "not_a_date"),
        ("time", "24:00", "not_a_time"),
        ("time", "7:30", "not_a_time"),
        ("text", 3, "not_text"),
        ("text", "x" * 21, "too_long"),
        ("text", "x" * 1_000_000, "too_long"),
        ("text", "a\x00b", "bad_character"),
        ("text", "a\ud800b", "bad_character"),
    ],
)
def test_problems_are_named_and_worded(q: Questionnaire, item: str, raw: Any, code: str) -> None:
    value, problem = parse_answer(q.questions[item], raw)
    assert value is None
    assert problem is not None
    assert problem.code == code
    words = problem_text(problem, "Weight", str)
    assert words.endswith(".")
    assert "{" not in words


def test_every_problem_has_words() -> None:
    for code in ProblemCode:
        assert problem_text(Problem(code, 0, 1.5, "kg", 3), "Weight", str, "fr")


def test_out_of_range_says_the_range_in_the_language(q: Questionnaire) -> None:
    _, problem = parse_answer(q.questions["decimal"], 30000)
    assert problem is not None
    assert problem_text(problem, "Weight", str, "fr") == "Enter a number from -5 to 20000,5\u00a0kg."


def test_all_answers_and_their_places(q: Questionnaire) -> None:
    raw = {
        "choice": 9,
        "nonsense": 1,
        "days": 3,
        "text": "x" * 30,
        "stays": [{"days": 3}, {"days": 0, "far": 1}],
    }
    env, problems = parse_answers(q, raw)
    assert [(place, problem.code.value) for place, problem in problems] == [
        ("nonsense", "unknown_item"),
        ("days", "unknown_item"),
        ("text", "too_long"),
        ("stays[1].days", "out_of_range"),
        ("stays[1].far", "unknown_item"),
    ]
    assert [row["days"] for row in env["stays"]] == [3, None]
    assert env["text"] is None


@pytest.mark.parametrize("rows", ["x", [1], {"days": 1}, [[]], [{"days": 1}] * 4])
def test_wrong_rows(q: Questionnaire, rows: Any) -> None:
    env, problems = parse_answers(q, {"stays": rows})
    assert [place for place, _ in problems] == ["stays"]
    assert len(env["stays"]) <= 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@PATIENT
@given(data=st.data())
def test_no_json_makes_it_raise(q: Questionnaire, data: st.DataObject) -> None:
    raw = data.draw(st.dictionaries(st.sampled_from([*q.questions, *q.groups, "other"]), JSON))
    env, problems = parse_answers(q, raw)
    assert set(env) >= {name for name, x in q.questions.items() if x.group is None}
    assert all(isinstance(problem, Problem) for _, problem in problems)


# --- form fields ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "raw", "expected"),
    [
        ("choice", ["1"], 1),
        ("choice", [], None),
        ("choice", [""], None),
        ("choices", ["nurse", "doctor"], ["nurse", "doctor"]),
        ("yes_no", ["false"], False),
        ("integer", ["1\u00a0234"], 1234),
        ("integer", [" 12 "], 12),
        ("integer", ["12,0"], 12),
        ("decimal", ["72,5"], 72.5),
        ("decimal", ["72.5"], 72.5),
        ("decimal", ["1\u202f234,5"], 1234.5),
        ("decimal", ["−2"], -2),
        ("day", ["2024-2-9"], "2024-02-09"),
        ("day", ["--"], None),
        ("partial", ["2024-3-"], "2024-03"),
        ("partial", ["2024--"], "2024"),
        ("time", ["07:30"], "07:30"),
        ("time", ["7h30"], "07:30"),
        ("time", ["7 h 30"], "07:30"),
        ("time", ["7\u00a0h\u00a030"], "07:30"),
        ("time", ["7 h"], "07:00"),
        ("text", ["two\r\nlines"], "two\nlines"),
        ("text", [" "], None),
        ("open", ["doctor"], "doctor"),
        ("open", ["", "my aunt"], "my aunt"),
    ],
)
def test_fields(q: Questionnaire, item: str, raw: list[str], expected: Any) -> None:
    assert parse_field(q.questions[item], raw, "fr") == expected


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        ("choice", "5", "unknown_option"),
        ("yes_no", "maybe", "not_yes_or_no"),
        ("integer", "twelve", "not_a_number"),
        ("integer", "12,5", "not_whole"),
        ("integer", "9" * 1000, "not_a_number"),
        ("integer", "٣", "not_a_number"),
        ("decimal", "1e3", "not_a_number"),
        ("decimal", "nan", "not_a_number"),
        ("day", "24-2-9", "not_a_date"),
        ("day", "2024-2-", "not_a_date"),
        ("day", "2024-2-30", "not_a_date"),
        ("time", "25:00", "not_a_time"),
        ("time", "half past", "not_a_time"),
        ("text", "x" * 21, "too_long"),
        ("text", "\x00", "bad_character"),
    ],
)
def test_wrong_fields(q: Questionnaire, item: str, raw: str, code: str) -> None:
    problem = parse_field(q.questions[item], [raw], "en")
    assert isinstance(problem, Problem)
    assert problem.code == code


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
CALENDAR = st.dates(date(1850, 1, 1), date(2150, 1, 1)).map(date.isoformat)
VALID = {
    "choice": st.sampled_from([0, 1, 9]),
    "word": st.sampled_from(["doctor", "nurse", "none"]),
    "choices": st.lists(st.sampled_from(["doctor", "nurse"]), min_size=1, unique=True) | st.just(["none"]),
    "open": WORDS.filter(str.strip),
    "yes_no": st.booleans(),
    "integer": st.integers(-5, 20000),
    "slider": st.integers(0, 100),
    "decimal": st.floats(-5, 20000, allow_nan=False).map(lambda x: round(x, 3)),
    "day": CALENDAR,
    "partial": CALENDAR | CALENDAR.map(lambda day: day[:7]) | CALENDAR.map(lambda day: day[:4]),
    "time": st.times().map(lambda t: f"{t.hour:02}:{t.minute:02}"),
    "text": WORDS.filter(str.strip),
    "long_text": WORDS.filter(str.strip),
}


@PATIENT
@given(data=st.data(), language=st.sampled_from(["fr", "en", "fr-CA"]))
def test_what_a_field_shows_is_read_back(q: Questionnaire, data: st.DataObject, language: str) -> None:
    for item, answers in VALID.items():
        question = q.questions[item]
        answer = data.draw(answers)
        assert parse_answer(question, answer)[1] is None
        again = parse_field(question, field_texts(question, answer, language), language)
        assert again == answer


@PATIENT
@given(data=st.data(), typed=st.lists(st.text(max_size=60), max_size=3))
def test_no_field_makes_it_raise(q: Questionnaire, data: st.DataObject, typed: list[str]) -> None:
    question = q.questions[data.draw(st.sampled_from(list(q.questions)))]
    read = parse_field(question, typed, "fr")
    if read is not None and not isinstance(read, Problem):
        assert parse_answer(question, read)[1] is None
