"""The ten trials that ship: accepted, built as the lists of the expert centres say, and mapped in the documentation."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.questionnaires.library import library
from app.trials.format.calendar import plan_calendar
from app.trials.format.library import check_file, read_file, trial_files
from app.trials.format.model import Facts, Module, Trial

ROOT = Path(__file__).parents[2]
INSTRUMENTS = ROOT / "docs/instruments.md"
PLANS = ROOT.parent / "shared/data/trials/visit_plans.json"
"""Which instrument stands in which visit, as the documentation of the centres' portal lists it."""
FILES = trial_files()
pytestmark = pytest.mark.capability("E22")

TRIALS = {
    "asperger": "eAsperger",
    "bae": "BAE",
    "bipolar": "eBipolar",
    "cedr": "eCEDR",
    "emma": "EMMA",
    "french_minds": "French Minds",
    "lena": "LENA",
    "rett": "Rett natural history registry",
    "schizo": "eSchizo",
    "t1d": "T1D registry",
}

NURSE_AND_CARE = {"nurse": 7, "dsm5": 3, "suicide": 2, "care": 6, "thymic": 7}
GENERAL = {"nurse": 1, "social": 1}
STRUCTURE: dict[str, dict[str, dict[str, int]]] = {
    "bipolar": {
        "screening": {"auto": 3, "medical": 2},
        "initial": {
            "nurse": 7,
            "thymic": 7,
            "auto_state": 8,
            "auto_traits": 9,
            "medical": 19,
            "neuropsy": 22,
            "social": 1,
        },
        "six_monthly": NURSE_AND_CARE,
        "annual": {**NURSE_AND_CARE, "auto_state": 7, "neuropsy": 9 + 13, "medical": 2, "social": 1},
    },
    "schizo": {
        "screening": {"medical": 2},
        "initial": {
            "addictology": 2,
            "auto": 16,
            "family": 1,
            "hetero": 15,
            "medical": 7,
            "neuropsy": 2,
            "neuropsy_block2": 6,
            "neuropsy_tap": 1,
            "neuropsy_wais4": 6,
            "nurse": 2,
            "social": 1,
        },
        "annual": {"dsm5": 3, "suicide": 2},
    },
    "cedr": {"screening": {"auto": 1, "hetero": 4}},
    "french_minds": {"week": {"self": 7}},
    "emma": {
        "inclusion_visit": {"medical": 2, "nurse": 1, "social": 1},
        "month_1": {"medical": 1},
        "month_3": {"medical": 1},
        "month_6": {"medical": 1, "social": 1},
    },
    "asperger": {"inclusion_visit": GENERAL},
    "bae": {"inclusion_visit": GENERAL},
    "lena": {"inclusion_visit": GENERAL},
    "t1d": {"notification": {"medical": 1}, "annual": {"medical": 1}},
    "rett": {
        "onboarding": {"caregiver": 1},
        "clinical": {"medical": 2, "caregiver": 1},
        "annual": {"caregiver": 2, "medical": 1},
    },
}
"""Trial → visit → module → number of questionnaires."""

LISTS = {
    "bipolar (eBipolar)": "bipolar",
    "schizophrenia (eSchizo)": "schizo",
    "resistant depression (eCEDR)": "cedr",
}
MODULES = {
    "Auto Module (Patient Self-Report)": "auto",
    "Medical Module (Professional)": "medical",
    "Nurse Module": "nurse",
    "Thymic Module": "thymic",
    "Auto Module - ETAT Submodule": "auto_state",
    "Auto Module - TRAITS Submodule": "auto_traits",
    "Medical Module": "medical",
    "Neuropsy Module": "neuropsy",
    "Social Module": "social",
    "Nurse Module - SHARED TABLES": "nurse",
    "DSM5 Module": "dsm5",
    "Suicide Module": "suicide",
    "Soin Suivi Module": "care",
    "Thymic Module - SHARED TABLES": "thymic",
    "Additional Auto Module - ETAT - SHARED TABLES": "auto_state",
    "Additional Neuropsy Module - SHARED TABLES": "neuropsy",
    "Additional C-SSRS & SIS - SHARED TABLES": "medical",
    "Additional Social Module - SHARED TABLE": "social",
    "addictologie": "addictology",
    "entourage": "family",
    "neuropsy/bloc2": "neuropsy_block2",
    "neuropsy/tap": "neuropsy_tap",
    "neuropsy/wais4": "neuropsy_wais4",
}
"""Names of modules in the lists → ours, where they differ."""
WAIS = "WAIS-IV/III tests"


@cache
def trial(key: str) -> Trial:
    return read_file(ROOT / f"trials/{key}.yml")


def keys(modules: tuple[Module, ...]) -> list[str]:
    return [use.key for module in modules for use in module.questionnaires]


@cache
def table() -> list[tuple[str, ...]]:
    """The rows of the map of instruments: key, name, spellings, asked in, wording, status."""
    lines = [line for line in INSTRUMENTS.read_text("utf-8").splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]


def spelled(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def canonical() -> dict[str, str]:
    """Spelling in the lists → key."""
    return {spelling: key.strip("`") for key, _, cell, *_ in table() for spelling in spelled(cell)}


# --- the files ------------------------------------------------------------------------------------


def test_ten_trials_ship() -> None:
    assert {path.stem: trial(path.stem).file.title["en"] for path in FILES} == TRIALS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_accepted_and_only_drafts_are_worth_a_word(path: Path) -> None:
    assert [str(trouble) for trouble in check_file(path) if trouble.code != "T34"] == []


def test_the_structure_of_every_visit() -> None:
    found = {
        key: {
            visit: {module.id: len(module.questionnaires) for module in modules}
            for visit, modules in trial(key).modules.items()
        }
        for key in TRIALS
    }
    assert found == STRUCTURE


def test_somebody_always_signs() -> None:
    """Whoever is eligible by age has at least one text to be signed, and the parents sign for every child."""
    unsigned, alone = [], []
    for key in TRIALS:
        file = trial(key).file
        for age in range(100):
            facts = Facts(date(2026 - age, 1, 1), "female", None).on(date(2026, 6, 1))
            if not all(trial(key).holds(rule.rule, facts) for rule in file.eligibility):
                continue
            texts = [
                one for one in file.consents if one.needed_for == "enrolment" and trial(key).holds(one.only_if, facts)
            ]
            unsigned += [(key, age)] * (not texts)
            alone += [(key, age)] * (age < 18 and not any("both_parents" in one.signed_by for one in texts))
    assert (unsigned, alone) == ([], [])


QUESTIONED: list[tuple[str, str, dict[str, object], dict[str, object]]] = [
    ("asperger", "bmi", {"bmi": 14.9}, {"bmi": 15}),
    ("bae", "bmi", {"bmi": 60.1}, {"bmi": 60}),
    ("bipolar", "bmi", {"bmi": 14.9}, {"bmi": 22}),
    ("bipolar", "depression_scales", {"madrs": 35, "qids": 5}, {"madrs": 34, "qids": 5}),
    ("bipolar", "smoking", {"status": "never", "dependence": 1}, {"status": "former", "dependence": 1}),
    ("bipolar", "blood_pressures", {"sitting": 120, "lying": 161}, {"sitting": 160, "lying": 120}),
    ("bipolar", "functioning", {"fast": 41, "egf": 81}, {"fast": 41, "egf": 80}),
    ("cedr", "depression_scales", {"madrs": 6, "qids": 16}, {"madrs": 7, "qids": 16}),
    ("cedr", "not_depressed", {"madrs": 6}, {"madrs": 7}),
    ("emma", "bmi", {"bmi": 61}, {"bmi": 30}),
    ("french_minds", "sleep", {"sleep": 0, "isi": 22}, {"sleep": 1, "isi": 28}),
    ("french_minds", "anxiety", {"phq": 20, "gad": 0}, {"phq": 27, "gad": 1}),
    ("lena", "bmi", {"bmi": 14}, {"bmi": 16}),
    ("rett", "severity", {"severity": 0}, {"severity": 1}),
    ("rett", "weight_at_first", {"weight": 7.9, "age": 5}, {"weight": 7.9, "age": 4}),
    ("rett", "weight_of_the_year", {"weight": 7.9, "age": 20}, {"weight": 8, "age": 20}),
    ("schizo", "severity", {"panss": 95, "cgi": 2}, {"panss": 95, "cgi": 3}),
    ("schizo", "functioning", {"egf": 81, "psp": 30}, {"egf": 80, "psp": 30}),
    ("t1d", "no_insulin", {"regimen": "none"}, {"regimen": "pump"}),
    ("t1d", "dose", {"dose": 3.01}, {"dose": 3}),
    ("t1d", "hba1c", {"hba1c": 18.1}, {"hba1c": 4}),
    ("t1d", "bmi", {"bmi": 9.9}, {"bmi": 10}),
]
"""Trial, data check, answers that it asks about, answers that it lets pass."""


def test_every_data_check_asks_about_what_cannot_be_right_and_about_nothing_missing() -> None:
    nodes = {(key, one.check.id): one.node for key in TRIALS for one in trial(key).checks}
    assert {row[:2] for row in QUESTIONED} == set(nodes)
    for key, check, asked, passed in QUESTIONED:
        node = nodes[key, check]
        blank = dict.fromkeys(asked)
        assert [node.run(one) for one in (asked, passed, blank)] == [True, False, None], (key, check)


# --- the days -------------------------------------------------------------------------------------


def days(key: str, count: int, *, included: date = date(2026, 1, 31)) -> list[tuple[str, date]]:
    planned = plan_calendar(trial(key), {"inclusion": included}, Facts(date(1990, 5, 1), "female", None))
    return [(one.name, one.target) for one in planned[:count]]


def test_bipolar_visits_come_every_six_months_after_the_initial_one() -> None:
    assert days("bipolar", 6) == [
        ("screening#0", date(2026, 1, 1)),
        ("initial#0", date(2026, 1, 31)),
        ("six_monthly#0", date(2026, 7, 31)),
        ("annual#0", date(2027, 1, 31)),
        ("six_monthly#1", date(2027, 7, 31)),
        ("annual#1", date(2028, 1, 31)),
    ]


def test_schizophrenia_visits_come_every_year() -> None:
    assert [target for name, target in days("schizo", 4) if name.startswith("annual")] == [
        date(2027, 1, 31),
        date(2028, 1, 31),
    ]


@pytest.mark.capability("E5")
def test_the_two_trials_in_applications() -> None:
    assert days("french_minds", 9) == [
        ("week#0", date(2026, 1, 31)),
        ("week#1", date(2026, 2, 7)),
        ("week#2", date(2026, 2, 14)),
        ("week#3", date(2026, 2, 21)),
    ]
    assert [target for _, target in days("emma", 9)] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 4, 30),
        date(2026, 7, 31),
    ]


@pytest.mark.capability("T26")
def test_the_diabetes_registry_asks_once_then_every_year_from_the_day_of_inclusion() -> None:
    assert days("t1d", 3, included=date(2024, 2, 29)) == [
        ("notification#0", date(2024, 2, 29)),
        ("annual#0", date(2025, 2, 28)),
        ("annual#1", date(2026, 2, 28)),
    ]


def test_an_initial_assessment_asks_a_man_nothing_gynaecological() -> None:
    born, anchors = date(1990, 5, 1), {"inclusion": date(2026, 1, 31)}
    asked = {
        sex: {one.key for one in plan_calendar(trial("bipolar"), anchors, Facts(born, sex, None))[1].questionnaires}
        for sex in ("female", "male")
    }
    assert len(asked["female"]) == 73
    assert asked["female"] - asked["male"] == {"patho_gynaeco"}


def test_an_intelligence_test_is_not_repeated_once_it_was_taken() -> None:
    tests = {key for key in keys(trial("bipolar").modules["annual"]) if key.startswith("wais")}
    anchors, facts = {"inclusion": date(2026, 1, 31)}, Facts(date(1990, 5, 1), "male", None)
    first, later = (
        {one.key for one in plan_calendar(trial("bipolar"), anchors, facts, taken)[3].questionnaires} & tests
        for taken in (frozenset[str](), frozenset(key for key in tests if key.startswith("wais4")))
    )
    assert len(first) == 13
    assert later == {key for key in tests if key.startswith("wais3")}


# --- the lists of the centres ---------------------------------------------------------------------


def listed() -> Iterator[tuple[str, str, str, list[str]]]:
    """Trial, visit, module and the names by which the lists call what stands there."""
    if not PLANS.is_file():
        pytest.skip("the lists of the expert centres are not beside this checkout")
    plans: dict[str, Any] = json.loads(PLANS.read_text("utf-8"))
    for title, key in LISTS.items():
        for visit, modules in plans[title].items():
            for module, entries in modules_of(modules):
                yield key, visit.replace("-", "_"), module, [name for entry in entries for name in names_of(entry)]
    yield "french_minds", "week", "self", plans["French Minds"]["questionnaires"]


def modules_of(modules: Any) -> list[tuple[str, list[Any]]]:
    """The two ways of writing down the modules of a visit, in one."""
    if isinstance(modules, dict):
        return list(modules.items())
    return [(module["module"], module["questionnaires"]) for module in modules]


def names_of(entry: str | dict[str, Any]) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [entry["name"]] if entry["code"] == "Various" else [entry["code"], entry["name"]]


def test_every_listed_instrument_stands_in_its_module_and_nothing_else_does() -> None:
    key_of = canonical()
    wais = [key for key in keys(trial("bipolar").modules["initial"]) if key.startswith("wais")]
    expected: dict[tuple[str, str, str], set[str]] = {}
    for key, visit, module, names in listed():
        known = {one for name in names for one in (wais if name == WAIS else [key_of[name]])}
        expected.setdefault((key, visit, MODULES.get(module, module)), set()).update(known)
    for module, known in [(k, v) for k, v in expected.items() if k[:2] == ("bipolar", "six_monthly")]:
        expected.setdefault(("bipolar", "annual", module[2]), set()).update(known)  # six-monthly, and more
    found = {
        (key, visit, module.id): {use.key for use in module.questionnaires}
        for key in [*LISTS.values(), "french_minds"]
        for visit, modules in trial(key).modules.items()
        for module in modules
    }
    assert found == expected


def test_the_lists_count_as_we_do() -> None:
    counted = Counter[tuple[str, str]]()
    for key, visit, _, names in listed():
        counted[key, visit] += len({canonical().get(name, name) for name in names})
    assert counted == {
        ("bipolar", "screening"): 5,
        ("bipolar", "initial"): 73,
        ("bipolar", "six_monthly"): 25,
        ("bipolar", "annual"): 20,  # besides the six-monthly ones; one of them is WAIS
        ("schizo", "screening"): 2,
        ("schizo", "initial"): 59,
        ("schizo", "annual"): 5,
        ("cedr", "screening"): 5,
        ("french_minds", "week"): 7,
    }


# --- the map --------------------------------------------------------------------------------------


def test_each_spelling_stands_once_and_every_listed_one_is_known() -> None:
    written = [spelling for _, _, cell, *_ in table() for spelling in spelled(cell)]
    assert [spelling for spelling, times in Counter(written).items() if times > 1] == []
    assert {name for *_, names in listed() for name in names} - {WAIS} == set(written)


def asked_in(key: str) -> str:
    """Trials and visits that ask for a questionnaire, in words of the map."""
    every = {name: [visit for visit, modules in trial(name).modules.items() if key in keys(modules)] for name in TRIALS}
    return "; ".join(f"{name} ({', '.join(visits)})" for name, visits in every.items() if visits)


def test_the_map_says_what_the_files_say() -> None:
    asked = {key for name in TRIALS for modules in trial(name).modules.values() for key in keys(modules)}
    assert [row[0].strip("`") for row in table()] == sorted(asked)
    wrong = []
    for key, name, cell, *others in table():
        file = library().find(key.strip("`")).file
        wording = "full" if file.wording == "full" else "scores only"
        right = (file.title["en"], cell, asked_in(file.key), wording, file.status)
        if right != (name, cell, *others):
            wrong.append(f"| {key} | {' | '.join(right)} |")
    assert wrong == [], "These rows should stand in docs/instruments.md:\n" + "\n".join(wrong)
