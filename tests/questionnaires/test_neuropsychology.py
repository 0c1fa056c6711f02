"""Tests of attention, memory and reasoning: raw results beside what a norm makes of them, and the norm named."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
import yaml

from app.cli import main
from app.questionnaires.explanation import explain, norms_of, outcome
from app.questionnaires.library import FOLDER, Duplicate, Library, library
from app.questionnaires.manifest import NAME
from app.questionnaires.model import Questionnaire
from app.questionnaires.scoring import ReasonCode, score_answers
from app.questionnaires.wording import reason_text

pytestmark = pytest.mark.capability("E41")
VECTORS = Path(__file__).with_name("norm_vectors.csv")
KEYS = [
    "cbq",
    "cobra",
    "commissions",
    "cpt3",
    "cvlt",
    "dacobs",
    "lis",
    "mem3_spatial",
    "moca",
    "scip",
    "stroop",
    "tap",
    "tmt",
    "verbal_fluency",
    "wais3_code_symbols",
    "wais3_cpt2",
    "wais3_criteria",
    "wais3_digit_span",
    "wais3_learning",
    "wais3_matrices",
    "wais3_vocabulary",
    "wais4_code",
    "wais4_criteria",
    "wais4_digit_span",
    "wais4_efficiency",
    "wais4_learning",
    "wais4_matrices",
    "wais4_similarities",
]
DRAFTS = {"commissions", "lis"}
WITH_NORMS = {"moca", "tmt"}
YOUNG = {"age": 34, "education": 14}

Sample = Callable[[str], Questionnaire]


def about(row: dict[str, str]) -> dict[str, Any]:
    read: dict[str, Callable[[str], Any]] = {"age": float, "education": float, "sex": str}
    return {name: kind(row[name]) for name, kind in read.items() if row[name]}


def rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


# --- norms ----------------------------------------------------------------------------------------


def found(row: dict[str, str], sample: Sample) -> Questionnaire:
    """The shipped questionnaire, or the one with invented norms that only the tests have."""
    return library().find(row["key"]) if row["key"] in KEYS else sample(row["key"])


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['key']}-{row['score']}-{row['why']}".replace(" ", "_"))
def test_golden_vectors_of_norms(row: dict[str, str], sample: Sample) -> None:
    results = score_answers(found(row, sample), {row["item"]: int(row["raw"])}, about(row))
    value = results[row["score"]].value
    if row["value"] == "":
        assert (value, results[row["score"]].status) == (None, "not_computable")
    else:
        assert value == pytest.approx(float(row["value"]), abs=0.0051)


def test_percentiles_of_z_are_those_of_the_normal_curve(sample: Sample) -> None:
    q = sample("fluency")
    for words in (5, 17, 22, 27, 40):
        results = score_answers(q, {"words": words}, {"age": 30, "education": 12, "sex": "female"})
        by_hand = NormalDist().cdf((words - 22.5) / 5.5) * 100
        assert results["pct"].value == pytest.approx(by_hand, abs=0.06)


def test_no_shipped_norm_covers_who_it_was_not_made_for() -> None:
    tmt = library().find("tmt")
    for age, education, computed in ((54.9, 12, False), (55, 12, True), (98.9, 12, True), (99, 12, False)):
        result = score_answers(tmt, {"time_a": 40}, {"age": age, "education": education})["part_a_z"]
        assert (result.value is not None) is computed, age
    outside = score_answers(tmt, {"time_a": 40}, {"age": 30, "education": 12})["part_a_z"].reason
    assert outside is not None
    assert (outside.code, outside.items) == (ReasonCode.OUTSIDE_NORM, ("age", "education"))
    assert reason_text(outside, "fr").endswith("elle dépend de\u00a0: âge, années d’études.")
    unknown = score_answers(tmt, {"time_a": 40}, {"age": 60})["part_a_z"].reason
    assert unknown is not None
    assert reason_text(unknown, "en") == "Missing answers: years of education."


@pytest.mark.parametrize(
    ("age", "education", "applies"),
    [(40.9, 14, False), (41, 14, True), (98.9, 14, True), (99, 14, False), (65, 12, False)],
)
def test_a_regression_ends_where_its_sample_does(age: float, education: float, applies: bool) -> None:
    about = {"age": age, "education": education, "sex": "female"}
    result = score_answers(library().find("moca"), {"points": 25, "added": False}, about)["z"]
    assert (result.status == "computed") is applies


def test_the_raw_result_stands_whatever_the_norm_says() -> None:
    results = score_answers(library().find("tmt"), {"time_a": 40, "time_b": 90}, {})
    assert (results["part_a_time"].value, results["difference"].value) == (40, 50)


def test_an_explanation_names_the_norm_and_what_it_goes_by(sample: Sample) -> None:
    tmt = library().find("tmt")
    given = outcome(tmt, {"time_a": 40}, {"age": 60, "education": 12, "sex": "male"})
    explained = explain(tmt, "part_a_z", "fr", given)
    assert [norm.name for norm in explained.norms] == ["part_a"]
    assert explained.norms[0].population.startswith("269 adultes")
    assert "Ashendorf" in explained.norms[0].source
    assert explained.norms[0].licence
    assert explained.facts == (("age", 60), ("education", 12))
    assert explain(tmt, "part_a_time", "en", given).norms == ()
    assert [norm.name for norm in norms_of(sample("fluency"), "pct", "en")] == ["table"]


# --- the files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_a_test_is_there_for_who_gives_it(key: str) -> None:
    file = library().find(key).file
    assert file.category == "neuropsychology"
    assert set(file.answered_by) == {"neuropsychologist", "clinician"}
    assert file.status == ("draft" if key in DRAFTS else "published")


@pytest.mark.parametrize("key", KEYS)
def test_no_norm_of_a_publisher_is_shipped(key: str) -> None:
    file = library().find(key).file
    tables = {path.relative_to(FOLDER / key).as_posix() for path in (FOLDER / key).rglob("*.csv")}
    assert tables == {norm.file for norm in file.norms.values() if norm.file}
    assert bool(file.norms) is (key in WITH_NORMS)


@pytest.mark.parametrize("key", ["cobra", "cbq", "dacobs"])
def test_a_questionnaire_under_rights_shows_numbers_only(key: str) -> None:
    file = library().find(key).file
    assert (file.wording, file.rights.wording_may_ship) == ("score_entry", False)
    assert {item.type for page in file.pages for item in page.items} == {"entry"}


def test_standard_scores_have_their_natural_range() -> None:
    for key in KEYS:
        for question in library().find(key).questions.values():
            words = (question.item.text or {}).get("en", "")
            if "scaled score" in words.lower():
                assert question.item.range == [1, 19], f"{key}.{question.id}"
            if "percentile rank" in words.lower():
                assert question.item.range == [0.1, 99.9], f"{key}.{question.id}"


def test_every_item_of_the_dacobs_belongs_to_one_scale() -> None:
    q = library().find("dacobs")
    scales = [re.findall(r"q\d+", one.score.formula) for one in q.scores[1:]]
    assert [len(items) for items in scales] == [6] * 7
    assert {item for items in scales for item in items} == {f"q{n}" for n in range(1, 43)}


@pytest.mark.parametrize(("total", "band"), [(69, "below"), (70, "not_below")])
def test_the_cut_off_of_the_scip_is_seventy(total: int, band: str) -> None:
    answers = {"learning": 25, "working_memory": 20, "fluency": total - 60, "delayed": 5, "speed": 10}
    result = score_answers(library().find("scip"), answers)["total"]
    assert (result.value, result.band) == (total, band)


def test_who_may_be_tested_is_asked_with_the_years_of_education() -> None:
    for key in ("wais3_criteria", "wais4_criteria"):
        assert library().find(key).questions["education_years"].item.range == [0, 30]


# --- a centre's own norms ---------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A centre's folder: its own version of the trail making test, with an invented norm for the young."""
    home = tmp_path / "tmt_centre"
    (home / "norms").mkdir(parents=True)
    raw = yaml.safe_load((FOLDER / "tmt" / "1.0.0.yml").read_text("utf-8"))
    examples: list[dict[str, Any]] = [
        {"source": "by hand", "answers": {"time_a": 25}, "about": dict(YOUNG), "expect": {"part_a_z": 0}},
        {"source": "by hand", "answers": {"time_a": 35}, "about": dict(YOUNG), "expect": {"part_a_z": -2}},
        {"source": "older", "answers": {"time_a": 35}, "about": {"age": 60}, "expect": {"part_a_z": "not_computable"}},
    ]
    raw |= {"key": "tmt_centre", "lineage": {"derived_from": "tmt"}, "examples": examples}
    raw["norms"]["part_a"]["file"] = "norms/centre.csv"
    for table in (FOLDER / "tmt" / "norms").glob("*.csv"):
        (home / "norms" / table.name).write_bytes(table.read_bytes())
    (home / "norms" / "centre.csv").write_text("age,education,mean,sd\n18-54,0-30,25,5\n", "utf-8")
    (home / "1.0.0.yml").write_text(yaml.safe_dump(raw, allow_unicode=True, width=10_000), "utf-8")
    return tmp_path


def test_a_centre_adds_its_norm_without_touching_ours(own: Path) -> None:
    both = Library(FOLDER, own)
    assert score_answers(both.find("tmt_centre"), {"time_a": 35}, YOUNG)["part_a_z"].value == -2
    assert score_answers(both.find("tmt"), {"time_a": 35}, YOUNG)["part_a_z"].value is None
    assert set(both.keys()) - set(Library(FOLDER).keys()) == {"tmt_centre"}


def test_a_centre_has_its_own_manifest(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / NAME).write_text("")
    assert main(["questionnaire", "check", str(own)]) == 1
    assert main(["questionnaire", "publish", "--folder", str(own)]) == 0
    assert "published tmt_centre/1.0.0.yml" in capsys.readouterr().out
    assert main(["questionnaire", "check", str(own)]) == 0
    (own / "tmt_centre/norms/centre.csv").write_text("age,education,mean,sd\n18-54,0-30,26,5\n", "utf-8")
    assert main(["questionnaire", "check", str(own)]) == 1


def test_a_file_that_the_product_has_already_is_refused_by_name(own: Path) -> None:
    (own / "tmt_centre").rename(own / "tmt")
    with pytest.raises(Duplicate, match=r"tmt.1\.0\.0\.yml"):
        Library(FOLDER, own)


def test_the_installation_reads_its_folder(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.cache_clear()
    try:
        monkeypatch.setenv("EXTRA_QUESTIONNAIRES", str(own))
        assert "tmt_centre" in set(library().keys())
        library.cache_clear()
        monkeypatch.setenv("EXTRA_QUESTIONNAIRES", str(own / "nowhere"))
        with pytest.raises(FileNotFoundError, match="EXTRA_QUESTIONNAIRES"):
            library()
    finally:
        library.cache_clear()
