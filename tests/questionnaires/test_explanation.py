"""How a score was computed, in words; the codebook; FHIR."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.questionnaires.codebook import codebook
from app.questionnaires.explanation import answer_text, explain, outcome
from app.questionnaires.fhir_mapping import export, response
from app.questionnaires.model import Questionnaire

Sample = Callable[[str], Questionnaire]
FILES = Path(__file__).parent / "files"
ANSWERS = {
    "q1": 2,
    "q2": 1,
    "q3": 2,
    "q4": 9,
    "nights": 5,
    "naps": [{"nap_day": "2026-02-28", "nap_min": 90}],
}


@pytest.mark.capability("E16")
def test_a_computed_score_explains_itself(sample: Sample) -> None:
    q = sample("annotated")
    e = explain(q, "total", "fr", outcome(q, ANSWERS, {"age": 30}))
    assert e.title == "Fatigue"
    assert e.formula == "sum(q1, ..., q3, reverse(q4))"
    assert e.value_text == "6,667"
    assert e.band == "fatigué"
    assert e.rule.startswith("Au moins 3 réponses")
    assert e.range == (0, 8)
    assert e.version == "Rest 1.1.0"
    assert e.sources == ("Invented for this reference",)
    assert [(item.id, item.value, item.answer) for item in e.items] == [
        ("q1", 2, "presque tous les jours"),
        ("q2", 1, "certains jours"),
        ("q3", 2, "presque tous les jours"),
        ("q4", None, "Je préfère ne pas répondre"),
    ]


def test_variants_fall_back(sample: Sample) -> None:
    q = sample("annotated")
    assert explain(q, "total", "fr-CA").items[0].label == "été fatigué ou brûlé"
    assert explain(q, "total", "fr").items[0].label == "été fatigué"
    assert explain(q, "total", "fr-CA").items[1].label == "fait une sieste"


def test_steps_rows_and_yes_no(sample: Sample) -> None:
    q = sample("annotated")
    done = outcome(q, ANSWERS, {"age": 30})
    exhausted = explain(q, "exhausted", "en", done)
    assert [(step.name, step.formula, step.value) for step in exhausted.steps] == [("tired", "sum(q1, q3)", 4)]
    assert exhausted.value_text == "exhausted"
    naps = explain(q, "nap_hours", "fr", done)
    assert [(i.id, i.value, i.answer) for i in naps.items][1] == ("nap_min", [90], "90\u00a0min")


def test_a_score_without_value_says_why(sample: Sample) -> None:
    q = sample("phq9")
    e = explain(q, "total", "fr", outcome(q, {"q1": 1}))
    assert e.value is None
    assert e.reason.startswith("Réponses manquantes")
    with pytest.raises(KeyError):
        explain(q, "nonsense", "fr")


@pytest.mark.parametrize(
    ("file", "item", "answer", "english", "french"),
    [
        ("phq9", "q1", 1, "Several Days", None),
        ("tobacco", "stopped_on", "2020-02-29", "2020-02-29", "29/02/2020"),
        ("psqi", "q1", "23:30", "23:30", "23\u00a0h\u00a030"),
        ("physical", "weight", 72.5, "72.5\u00a0kg", "72,5\u00a0kg"),
        ("annotated", "helped_by", ["doctor"], "a doctor", "un médecin"),
        ("tobacco", "wants_to_stop", True, "yes", "oui"),
        ("annotated", "q1", None, "", ""),
    ],
)
def test_answers_in_words(file: str, item: str, answer: Any, english: str, french: str | None, sample: Sample) -> None:
    q = sample(file)
    assert answer_text(q, q.questions[item], answer, "en") == english
    if french is not None:
        assert answer_text(q, q.questions[item], answer, "fr") == french


def test_codebook(sample: Sample) -> None:
    q = sample("annotated")
    rows = {row["variable"]: row for row in codebook(q)}
    assert len(rows) == len(q.questions) + len(q.scores)
    assert rows["rest_q4"]["codes"]["9"] == {
        "labels": {"en": "I would rather not say", "fr": "Je préfère ne pas répondre"},
        "score": None,
    }
    assert rows["rest_nap_min"]["shown_if"] == "(any_of(q1 >= 1, q3 >= 1)) and (q2 >= 1)"
    assert rows["rest_total"]["bands"][1]["code"] == "tired"
    json.dumps(list(rows.values()))


@pytest.mark.parametrize("file", ["tobacco", "qids_sr16"])
def test_fhir_is_what_two_engines_agreed_on(file: str, sample: Sample) -> None:
    """The stored resources gave the same scores and visibility by fhirpath.js on 1,000 answer sets each."""
    expected = json.loads((FILES / "fhir" / f"{file}.json").read_text("utf-8"))
    assert json.loads(json.dumps(export(sample(file)))) == expected


ALL = sorted(path.stem for path in FILES.glob("*.yml"))


@pytest.mark.parametrize("file", ALL)
def test_fhir_structure(file: str, sample: Sample) -> None:
    q = sample(file)
    resource = export(q, "fr")
    links = [item["linkId"] for item in walk(resource["item"])]
    assert len(links) == len(set(links))
    assert set(q.questions) <= set(links)
    assert {f"score-{compiled.id}" for compiled in q.scores} <= set(links)
    names = [e["valueExpression"]["name"] for e in resource["extension"] if e["url"].endswith("/variable")]
    assert len(names) == len(set(names))
    assert not any("_" in name for name in names), "R4 types names of expressions as id"
    for item in walk(resource["item"]):
        for when in item.get("enableWhen", ()):
            assert links.index(when["question"]) < links.index(item["linkId"])


def walk(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for item in items for one in (item, *walk(item.get("item", [])))]


def test_fhir_response(sample: Sample) -> None:
    q = sample("annotated")
    resource = response(q, ANSWERS, "2026-03-01T10:00:00+01:00")
    items = {item["linkId"]: item for item in resource["item"]}
    assert items["q1"]["answer"][0]["valueCoding"]["code"] == "2"
    assert items["naps"]["item"][1] == {"linkId": "nap_min", "answer": [{"valueInteger": 90}]}
