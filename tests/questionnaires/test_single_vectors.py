"""Single vectors of other implementations, for the nurses' forms and two self-reports.

The vectors lie beside the checkout. Those of ASRM, QIDS-SR16, MDQ and FTND ship with it: see `test_shipped`.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.questionnaires.library import library
from app.questionnaires.scoring import score
from app.questionnaires.visibility import environment

ORACLES = Path(__file__).parents[3] / "shared/data/scoring_oracles"
pytestmark = pytest.mark.skipif(
    not ORACLES.is_dir(), reason="the vectors (../shared/data/scoring_oracles) are not here"
)

Ask = Callable[[str], Any]
ADULT = {"age": 40, "sex": "male"}
PRESSURE = ("bp_lying_systolic", "bp_lying_diastolic", "bp_standing_systolic", "bp_standing_diastolic")
STOP_BANG = (
    "snoring",
    "tiredness",
    "observed_apnea",
    "hypertension",
    "bmi_over_35",
    "age_over_50",
    "large_neck",
    "male_gender",
)
NOT_COMPARED = {
    "result.tension_lying": "the answers written as a text",
    "result.tension_standing": "the answers written as a text",
    "result.performed": "an answer again",
    "result.diagnosed": "an answer again",
    "result.has_cpap": "an answer again",
    "result.qtc_category": "limits without a publication, see the ECG file",
    "result.requires_cardiology_review": "limits without a publication, see the ECG file",
}


def ask(key: str, answers: dict[str, Any]) -> Ask:
    """The value of a score by its name, or its band by `name.band`."""
    q = library().find(key)
    results = score(q, environment(q, answers, ADULT))
    return lambda name: results[name.removesuffix(".band")].band if name.endswith(".band") else results[name].value


def arguments(written: str) -> Any:
    """Arguments as a test in TypeScript writes them: an object, or plain values in a row."""
    quoted = re.sub(r",\s*\}", "}", re.sub(r"(\w+):", r'"\1":', written.replace("'", '"')))
    return json.loads(quoted if quoted.startswith("{") else f"[{quoted}]")


def pressure(given: dict[str, int]) -> Ask:
    answers = {name.removeprefix("bp_"): given[name] for name in PRESSURE if name in given}
    return ask("blood_pressure", {"done": True, "standing_done": True} | answers)


def orthostatic(given: dict[str, int]) -> dict[str, Any]:
    return dict.fromkeys(("result", "result.has_orthostatic_hypotension"), pressure(given)("orthostatic"))


def pressure_range(given: list[int]) -> dict[str, Any]:
    return {"return": pressure(dict(zip(PRESSURE, given, strict=False)))("category.band")}


def apnoea(given: dict[str, str | None]) -> dict[str, Any]:
    if given.get("diagnosed_sleep_apnea") == "yes":
        return {}  # nothing is scored
    yes = {f"q{n}": int(given[name] in ("yes", "M")) for n, name in enumerate(STOP_BANG, 1)}
    found = ask("stop_bang", {"diagnosed": False} | yes)
    total = dict.fromkeys(("score", "result.stop_bang_score"), found("total"))
    return total | {"result.risk_level": found("total.band")}


def apnoea_risk(given: list[int]) -> dict[str, Any]:
    bands = library().find("stop_bang").score("total").score.bands or []
    return {"return": [band.code for band in bands if band.start <= given[0]][-1]}


def qtc(qt: float, rr: float) -> float:
    """Theirs is in seconds, ours in whole milliseconds."""
    measured = {"heart_rate": round(60 / rr), "qt": round(qt * 1000), "rr": round(rr * 1000)}
    return float(ask("ecg", {"done": True, "rhythm": "sinus"} | measured)("qtc")) / 1000


def ecg(given: dict[str, Any]) -> dict[str, Any]:
    done = given["ecg_performed"] == "yes"
    return {"result.qtc": qtc(given["qt_measured"], given["rr_measured"])} if done else {}


def body(given: list[float] | dict[str, float]) -> dict[str, Any]:
    height, weight = given if isinstance(given, list) else (given["height_cm"], given["weight_kg"])
    found = ask("physical", {"height": height, "weight": weight})
    return {"bmi": found("bmi"), "result.bmi": found("bmi"), "result.bmi_category": found("bmi.band")}


OURS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "getBPCategory": pressure_range,
    "hasOrthostaticHypotension": orthostatic,
    "analyzeBloodPressure": orthostatic,
    "computeStopBangScore": apnoea,
    "scoreSleepApnea": apnoea,
    "getSleepApneaRiskLevel": apnoea_risk,
    "computeQTc": lambda given: {"qtc": qtc(*given)},
    "analyzeEcg": ecg,
    "computeBMI": body,
    "analyzePhysicalParams": body,
}
"""Their function → what ours gives, by the names of their expectations."""

ELSEWHERE = {
    "getBMICategory", "computeFagerstromScore", "scoreFagerstrom", "getFagerstromDependenceLevel",
    "computeAsrmScore", "scoreAsrm", "computeQidsScore", "scoreQids", "interpretQidsScore",
    "computeMdqQ1Score", "isMdqPositive", "scoreMdq",
}  # fmt: skip
"""Compared in test_shipped."""

NO_SCORE_OF_OURS = {
    "getQTcCategory",  # limits without a publication, see the ECG file
    "formatTension",  # a text
    "checkOrientationEligibility", "isEligibleForExpertCenter",  # who may be referred, not a score
}  # fmt: skip


def as_expected(ours: Any, how: str, theirs: str) -> bool:
    """`toBe` the value, or `toBeCloseTo` it: "0.412, 3" is less than half a thousandth away."""
    if how == "toBeCloseTo":
        value, decimals = theirs.split(", ")
        return abs(ours - float(value)) < 0.5 * 10 ** -int(decimals) + 1e-9
    written = str(int(ours)) if isinstance(ours, float) else str(ours).lower()
    return written == theirs.strip("'")


def test_unit_vectors_of_the_expert_centres_come_out() -> None:
    vectors = json.loads((ORACLES / "efondamental_unit_vectors.json").read_text("utf-8"))
    compared, wrong = 0, []
    for vector in vectors:
        if vector["function"] not in OURS:
            continue
        ours = OURS[vector["function"]](arguments(vector["args"]))
        for column, how, theirs in vector["expects"]:
            if column not in NOT_COMPARED:
                compared += 1
                wrong += [] if as_expected(ours[column], how, theirs) else [(vector, column, ours[column])]
    assert wrong == []
    assert compared == 31
    assert {vector["function"] for vector in vectors} == OURS.keys() | ELSEWHERE | NO_SCORE_OF_OURS


def test_vectors_of_health_markers_come_out() -> None:
    vectors = json.loads((ORACLES / "healthmarkers_vectors.json").read_text("utf-8"))["vectors"]
    theirs = {vector["instrument"]: vector for vector in vectors}
    isi, asrs = (
        ask(key, {f"q{n}": answer for n, answer in enumerate(theirs[name]["items"], 1)})
        for name, key in {"ISI": "isi", "ASRS v1.1 part A": "asrs"}.items()
    )
    assert (isi("total"), isi("total.band")) == (7, "none") == (theirs["ISI"]["total"], theirs["ISI"]["severity"])
    assert asrs("total") == theirs["ASRS v1.1 part A"]["count"]
    assert asrs("positive") is theirs["ASRS v1.1 part A"]["positive"]
    # two stand in test_shipped, the other four instruments are not in the library
    others = {"PHQ-9", "MDQ"} | {"WHO-5", "K6", "K10", "GHQ-12 binary (>=2 -> 1)"}
    assert theirs.keys() == {"ISI", "ASRS v1.1 part A"} | others
