"""The shipped questionnaires: all there, whole, in both languages, and agreeing with other implementations.

How a file is read and refused is tried elsewhere.
"""

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.questionnaires.library import (
    FOLDER,
    check_file,
    library,
    lost_files,
    read_manifest,
    version_files,
)
from app.questionnaires.model import Questionnaire, text
from app.questionnaires.red_flags import on_save_reads, raised
from app.questionnaires.scoring import Result, score_answers
from app.questionnaires.visibility import environment

VECTORS = Path(__file__).parent / "vectors"
FILES = [path for versions in version_files(FOLDER).values() for path in versions.values()]
UNIT = json.loads((VECTORS / "unit_vectors.json").read_text("utf-8"))

WITH_WORDING = {"phq9", "phq4", "gad7", "audit_c", "ftnd", "cudit_r", "tipi"}
SCORE_ENTRY = {"phq15", "madrs", "ymrs", "qids_sr16", "asrm", "mdq", "fast"}
OWN = {"physical", "tobacco", "hospitalisations", "social", "daily_life", "daily_life_proxy"}
COMPARED = {
    "odc_phq9": 30,
    "odc_gad7": 30,
    "odc_audit_c": 30,
    "odc_ftnd": 30,
    "odc_tipi": 150,
    "expert_centre_madrs": 120,
    "expert_centre_ymrs": 120,
    "expert_centre_qids_sr16": 120,
    "expert_centre_asrm": 60,
    "expert_centre_mdq": 60,
    "expert_centre_ftnd": 60,
    "expert_centre_fast": 420,
}
"""File of vectors → how many figures it compares, so that a lost row is seen."""

NO_SPACE_BEFORE = re.compile(r"[^\s\u00a0«][?!;»%]|\w:(?:\s|$)")
PLAIN_SPACE_BEFORE = re.compile(r" [?!;:»%]|« ")
DOUBLED = re.compile(r"\w\((?:e|s|es|ne|le|ve|trice)\)|\w·\w|\b(?:il ou elle|il/elle|he or she|his or her|s?he/s?he)\b")
WRONG_SIGN = re.compile(r"[\"'`\u202f]|\.\.\.|  |^\s|\s$|\bA quel|\bEtre\b|\bEtat\b")


def name_of(path: Path) -> str:
    return f"{path.parent.name}@{path.stem}"


@cache
def raw_of(path: Path) -> Any:
    """A file as it is written, read once for all tests by the fast reader; nobody may change it."""
    return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)


def texts_in(value: Any, tags: set[str], place: str = "$") -> Iterator[tuple[str, str]]:
    """Every text of these languages in a raw file, with its place."""
    if isinstance(value, dict):
        yield from ((place, inner) for key, inner in value.items() if key in tags and isinstance(inner, str))
        for key, inner in value.items():
            yield from texts_in(inner, tags, f"{place}.{key}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from texts_in(inner, tags, f"{place}[{n}]")


def part_of(results: dict[str, Result], wanted: str) -> Any:
    """`total`, or `total.band`."""
    name, _, part = wanted.partition(".")
    return results[name].band if part == "band" else results[name].value


@pytest.fixture(params=sorted(WITH_WORDING | SCORE_ENTRY | OWN))
def shipped(request: pytest.FixtureRequest) -> Questionnaire:
    return library().find(request.param)


# --- the files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_right_in_every_way_that_can_be_checked(path: Path) -> None:
    assert [str(trouble) for trouble in check_file(path)] == []


def test_every_questionnaire_of_the_product_is_there_and_published() -> None:
    current = {q.key for q in library().current()}
    assert current >= WITH_WORDING | SCORE_ENTRY | OWN


def test_the_manifest_lists_every_published_file_and_no_other() -> None:
    published = [path for path in FILES if raw_of(path)["status"] != "draft"]
    norms = {table for path in published for table in (path.parent / "norms").glob("*.csv")}
    listed = {path.relative_to(FOLDER).as_posix() for path in (*published, *norms)}
    assert set(read_manifest(FOLDER)) == listed
    assert lost_files(FOLDER) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_speaks_english_and_french(path: Path) -> None:
    raw = raw_of(path)
    assert {"en", "fr"} <= set(raw["languages"])
    english = {place for place, _ in texts_in(raw, {"en"})}
    french = {place for place, _ in texts_in(raw, {"fr"})}
    assert english == french
    assert len(english) > 5


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_french_typography_holds(path: Path) -> None:
    wrong = [
        f"{place}: {written}"
        for place, written in texts_in(raw_of(path), {"fr", "fr-CA"})
        for rule in (NO_SPACE_BEFORE, PLAIN_SPACE_BEFORE, WRONG_SIGN)
        if rule.search(written)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "written", ["Fumez-vous?", "Fumez-vous ?", "l'alcool", "« oui »", "Item 9:", "100 %", "A quelle heure"]
)
def test_the_typography_rules_see_what_is_wrong(written: str) -> None:
    assert any(rule.search(written) for rule in (NO_SPACE_BEFORE, PLAIN_SPACE_BEFORE, WRONG_SIGN))


def test_examples_cover_lowest_highest_and_a_result_that_cannot_be(shipped: Questionnaire) -> None:
    statuses = {str(value) for example in shipped.file.examples for value in example.expect.values()}
    assert len(shipped.file.examples) >= 3
    assert "not_computable" in statuses


# --- wording and rights ---------------------------------------------------------------------------


def test_no_wording_stands_in_score_entry_files(shipped: Questionnaire) -> None:
    if shipped.key not in SCORE_ENTRY:
        assert shipped.file.wording == "full"
        assert shipped.file.rights.wording_may_ship
        return
    assert shipped.file.wording == "score_entry"
    assert not shipped.file.rights.wording_may_ship
    assert "patient" not in shipped.file.answered_by  # there is nothing a patient could read
    items = [item for page in shipped.file.pages for item in page.items]
    assert {item.type for item in items} == {"entry"}
    assert all(item.text is None and item.help is None for item in items)
    labels = [body for options in shipped.file.options.values() for body in options.items()]
    assert all(body == {"en": code, "fr": code} for code, body in labels)


def test_codes_alone_are_never_asked_of_the_person_or_of_who_answers_for_one() -> None:
    entries = [q.file for q in library().current() if q.file.wording == "score_entry"]
    assert len(entries) > 40
    assert [file.key for file in entries if file.rights.wording_may_ship] == []
    assert [file.key for file in entries if {"patient", "proxy"} & set(file.answered_by)] == []


def test_a_patient_is_told_what_it_is_for_and_which_time_it_covers(shipped: Questionnaire) -> None:
    told = (shipped.file.purpose, shipped.file.recall)
    assert not {"patient", "proxy"} & set(shipped.file.answered_by) or all(text(words, "fr") for words in told)


def test_the_same_words_are_never_for_a_patient_and_for_who_answers_for_one(shipped: Questionnaire) -> None:
    assert not {"patient", "proxy"} <= set(shipped.file.answered_by)


@pytest.mark.parametrize("key", ["daily_life", "daily_life_proxy", "hospitalisations", "physical", "social", "tobacco"])
def test_no_form_is_doubled_to_name_a_woman_and_a_man(key: str) -> None:
    raw = yaml.safe_load((FOLDER / key / f"{library().find(key).file.version}.yml").read_text("utf-8"))
    assert [place for place, written in texts_in(raw, {"en", "fr"}) if DOUBLED.search(written)] == []
    assert DOUBLED.search("si vous vous êtes pesé(e)")


@pytest.mark.parametrize("key", sorted(WITH_WORDING))
def test_an_instrument_names_holder_terms_and_the_origin_of_its_french(key: str) -> None:
    file = library().find(key).file
    assert file.languages["en"].kind == "original"
    assert file.languages["fr"].kind == "translated"
    assert "fr-CA" in file.languages
    assert re.search("France|Quebec", file.languages["fr"].source or "")
    assert len(file.rights.terms) > 40


# --- agreement with other implementations ---------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMPARED))
def test_vectors_agree(name: str) -> None:
    q = library().find(name.removeprefix("odc_").removeprefix("expert_centre_"))
    compared, wrong = 0, []
    with (VECTORS / f"{name}.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            answers = {k: int(v) for k, v in row.items() if not k.startswith("expect:") and v != ""}
            results = score_answers(q, answers)
            for column, wanted in row.items():
                if column.startswith("expect:"):
                    got = part_of(results, column.removeprefix("expect:"))
                    compared += 1
                    if not agrees(got, wanted):
                        wrong.append((answers, column, got, wanted))
    assert wrong == []
    assert compared == COMPARED[name]


def agrees(got: Any, wanted: str) -> bool:
    if wanted in ("true", "false"):
        return got is (wanted == "true")
    return got == wanted if isinstance(got, str) else got is not None and abs(got - float(wanted)) < 1e-9


@pytest.mark.parametrize("vector", UNIT["scores"], ids=lambda v: f"{v['key']}-{sorted(v['expect'])[0]}")
def test_unit_vectors_agree(vector: dict[str, Any]) -> None:
    results = score_answers(library().find(vector["key"]), vector["answers"], {"age": 40})
    for wanted, value in vector["expect"].items():
        got = part_of(results, wanted)
        # their body mass index is compared to one decimal, as their test does
        assert abs(got - value) < 0.05 if wanted == "bmi" else got == value


@pytest.mark.parametrize("vector", UNIT["bands"], ids=lambda v: f"{v['key']}-{v['value']}")
def test_unit_bands_agree(vector: dict[str, Any]) -> None:
    bands = library().find(vector["key"]).score(vector["score"]).score.bands or []
    assert [band.code for band in bands if band.start <= vector["value"]][-1] == vector["band"]


@pytest.mark.parametrize("vector", UNIT["disagreements"])
def test_named_disagreements_stand(vector: dict[str, Any]) -> None:
    results = score_answers(library().find(vector["key"]), vector["answers"])
    assert {name: results[name].status for name in vector["ours"]} == vector["ours"]


def test_no_vector_was_lost() -> None:
    assert {path.stem for path in VECTORS.glob("*.csv")} == set(COMPARED)
    assert {kind: len(vectors) for kind, vectors in UNIT.items()} == {
        "scores": 30,
        "disagreements": 1,
        "bands": 29,
    }


# --- what single questionnaires owe ---------------------------------------------------------------


def test_twelve_on_the_phq9_reads_moderate_in_both_languages() -> None:
    q = library().find("phq9")
    total = score_answers(q, {f"q{n}": 1 for n in range(1, 9)} | {"q1": 3, "q2": 3, "q9": 0})["total"]
    assert (total.value, total.band) == (12, "moderate")
    labels = {band.code: band.label for band in q.score("total").score.bands or []}
    assert (text(labels["moderate"], "fr"), text(labels["moderate"], "en")) == ("modérée", "moderate")


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_item_9_of_the_phq9_raises_a_flag_at_once(answer: int) -> None:
    q = library().find("phq9")
    assert raised(q, environment(q, {"q9": 0})) == []
    (flag,) = raised(q, environment(q, {"q9": answer}))
    assert (flag.on, flag.urgency) == ("save", "now")
    assert on_save_reads(q) == {"q9"}
    for language in ("en", "fr"):
        assert all(number in text(flag.to_patient, language) for number in ("3114", "15", "112"))


def test_no_flag_stands_on_an_unpublished_threshold() -> None:
    flagged = [q for q in library().current() if q.flags]
    own = [q for q in flagged if q.file.rights.holder == "Cohorte project"]
    # the C-SSRS, the MINI and the SIDAS say themselves what is a high risk; the questions of the ISA are outright
    assert {q.key for q in flagged} - {q.key for q in own} == {"phq9", "cssrs", "isa", "isa_followup", "mini", "sidas"}
    for q in own:  # these react to an answer that says it outright, never to a sum
        scores = {score.id for score in q.file.scores}
        assert [flag.id for flag in q.file.red_flags if scores & set(re.findall(r"\w+", flag.when))] == []


def test_quebec_reads_its_own_words_and_france_those_of_france() -> None:
    q = library().find("phq9")
    assert q.option_text("q1", 0, "fr") == "Pas du tout"
    assert q.option_text("q1", 0, "fr-CA") == "Jamais"
    assert q.option_text("q1", 1, "fr-CA") == "Plusieurs jours"


def test_the_phq4_uses_the_words_of_the_gad7_and_the_phq9() -> None:
    phq4, gad7, phq9 = (library().find(key).questions for key in ("phq4", "gad7", "phq9"))
    for ours, theirs in (("q1", gad7["q1"]), ("q2", gad7["q2"]), ("q3", phq9["q1"]), ("q4", phq9["q2"])):
        assert phq4[ours].item.text == theirs.item.text


def test_social_is_long_branches_and_lets_people_not_answer() -> None:
    q = library().find("social")
    assert len(q.questions) >= 60
    assert len(q.pages) >= 7
    assert max(len(page.questions) for page in q.pages) <= 12
    assert sum(bool(question.show) for question in q.questions.values()) >= 20
    always_answer = {name for name, codes in q.file.options.items() if not {"no_answer", "9"} & set(codes)}
    assert always_answer == {"travel", "priority"}


def test_daily_life_asks_with_every_widget() -> None:
    kinds = {block.kind for block in library().find("daily_life").every_block()}
    single = {"choice", "choices", "open_choice", "yes_no", "integer", "decimal", "slider"}
    assert kinds == single | {"date", "partial_date", "time", "text", "long_text", "info", "group", "matrix"}
    groups = [b.item for b in library().find("daily_life").every_block() if b.kind == "group"]
    assert {group.repeat is None for group in groups} == {True, False}


def test_who_answers_for_somebody_is_asked_the_same_in_other_words() -> None:
    own, proxy = library().find("daily_life"), library().find("daily_life_proxy")
    assert (own.file.answered_by, proxy.file.answered_by) == (["patient"], ["proxy"])
    assert proxy.file.lineage is not None
    assert proxy.file.lineage.derived_from == "daily_life"
    assert structure(proxy) == structure(own)
    assert proxy.file.scores == own.file.scores


def structure(q: Questionnaire) -> list[Any]:
    """Pages, items, widgets, codes and conditions, without a word of what is read or a range."""
    items = [
        (page.id, item.id, item.type, item.options, item.required, item.show_if, list(item.rows or ()))
        for page in q.file.pages
        for outer in page.items
        for item in (outer, *(outer.items or ()))
    ]
    facts = {
        name: {code: {k: v for k, v in body.items() if k not in q.file.languages} for code, body in codes.items()}
        for name, codes in q.file.options.items()
    }
    return [items, facts, [(check.id, check.ensure, check.at, check.level) for check in q.file.checks]]


def test_who_answers_for_somebody_is_never_addressed_as_the_patient() -> None:
    raw = yaml.safe_load((FOLDER / "daily_life_proxy" / "1.0.0.yml").read_text("utf-8"))
    read = [written for _, written in texts_in(raw["pages"], {"en", "fr"})]
    theirs = re.compile(
        r"\b(?:your|vos|votre) (?:own )?(?:nights?|days?|sleep|weight|care|nuits?|journées?|sommeil|poids|suivi)\b"
        r"|\b(?:do|did|are|have) you\b|(?<!aimeriez)(?<!rendez)-vous\b",
        re.IGNORECASE,
    )
    assert [written for written in read if theirs.search(written)] == []
    assert theirs.search("À quelle heure vous couchez-vous ?")
    assert theirs.search("How many times do you wake up?")


@pytest.mark.parametrize(
    ("sex", "answers", "positive"),
    [
        ("female", (2, 1, 0), True),
        ("male", (2, 1, 0), False),
        ("male", (2, 1, 1), True),
        (None, (4, 4, 4), None),
    ],
)
def test_the_cut_off_of_the_audit_c_needs_the_sex(sex: str | None, answers: tuple[int, ...], positive: Any) -> None:
    q = library().find("audit_c")
    given = {f"q{n}": answer for n, answer in enumerate(answers, 1)}
    results = score_answers(q, given, {"sex": sex} if sex else None)
    assert results["total"].value == sum(answers)
    assert results["positive"].value is positive


def test_a_no_ends_the_cudit_r_without_a_score_of_zero() -> None:
    q = library().find("cudit_r")
    assert score_answers(q, {"used": False})["total"].status == "not_applicable"
    assert score_answers(q, {"used": False, "q1": 4})["total"].status == "not_applicable"
    assert score_answers(q, {f"q{n}": 2 for n in range(1, 9)})["total"].value == 16
