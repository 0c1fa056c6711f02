"""The medical, follow-up, diabetes and Rett forms of our own wording: what they skip, when they alert, how they speak.

That each file is right, bilingual and agrees with its examples is tried in test_shipped.
"""

import re
from typing import Any

import pytest
import yaml

from app.questionnaires.library import FOLDER, library
from app.questionnaires.red_flags import raised
from app.questionnaires.visibility import environment, visible, visible_pages
from tests.questionnaires.test_shipped import DOUBLED, texts_in

BY_ORGAN = {
    "patho_neuro": "epilepsy",
    "patho_cardio": "hypertension",
    "patho_endocrine": "lipids",
    "patho_dermato": "psoriasis",
    "patho_urinary": "stones",
    "patho_hepato_gastro": "reflux",
    "patho_other": "apnoea",
}
"""Form of an organ system → one condition of its list."""

FORMS = {
    *BY_ORGAN,
    *("patho_gynaeco", "patho_allergic", "blood_pressure", "ecg", "biological_assessment", "nurse_file"),
    *("recommendations_followup", "care_use", "non_drug_treatment", "sick_leave", "somatic_contraceptive"),
    *("work_status", "addiction_assessment", "tea_coffee", "eating_habits"),
    *("t1d_notification", "t1d_annual", "rett_onboarding", "rett_history", "rett_annual"),
}
BY_A_RELATIVE = {"rett_onboarding", "rett_annual"}
BY_THE_PATIENT = {"tea_coffee", "eating_habits"}


def asked(key: str, answers: dict[str, Any], **about: Any) -> set[str]:
    q = library().find(key)
    return visible(q, environment(q, answers, about))


def pages_asked(key: str, answers: dict[str, Any]) -> list[str]:
    q = library().find(key)
    return [page.id for page in visible_pages(q, environment(q, answers, {"age": 12}))]


def flags(key: str, answers: dict[str, Any]) -> list[str]:
    q = library().find(key)
    env = environment(q, answers)
    visible(q, env)
    return [flag.id for flag in raised(q, env)]


@pytest.mark.parametrize(("key", "condition"), BY_ORGAN.items())
def test_a_history_without_illness_shows_no_list(key: str, condition: str) -> None:
    healthy = asked(key, {"any": False})
    assert not {condition, f"{condition}_since", "specialist", "hospital"} & healthy
    assert {condition} <= asked(key, {"any": True})
    assert f"{condition}_since" not in asked(key, {"any": True, condition: "no"})
    for now in ("past", "untreated", "treated"):
        assert {f"{condition}_since", "specialist"} <= asked(key, {"any": True, condition: now})


@pytest.mark.parametrize(("systolic", "diastolic", "raises"), [(180, 120, False), (181, 100, True), (160, 121, True)])
def test_a_very_high_pressure_alerts_above_180_or_above_120(systolic: int, diastolic: int, raises: bool) -> None:
    answers = {"done": True, "lying_systolic": systolic, "lying_diastolic": diastolic}
    assert flags("blood_pressure", answers) == (["very_high"] if raises else [])


@pytest.mark.parametrize(("rhythm", "qt", "raises"), [("sinus", 500, False), ("sinus", 501, True)])
def test_a_long_corrected_qt_alerts_unless_the_rhythm_forbids_correcting(rhythm: str, qt: int, raises: bool) -> None:
    answers = {"done": True, "rhythm": rhythm, "heart_rate": 60, "rr": 1000, "qt": qt}
    assert flags("ecg", answers) == (["qtc_above_500"] if raises else [])
    assert flags("ecg", answers | {"rhythm": "fibrillation"}) == []


@pytest.mark.capability("T26")
def test_the_yearly_diabetes_form_keeps_its_tiers_apart_and_stops_where_nobody_was_seen() -> None:
    assert pages_asked("t1d_annual", {"seen": "lost"}) == ["follow_up"]
    assert pages_asked("t1d_annual", {"seen": "followed"})[-2:] == ["plus", "pp"]
    file = library().find("t1d_annual").file
    required = [item.id for page in file.pages if page.id in ("plus", "pp") for item in page.items if item.required]
    assert required == []  # what a centre has not chosen never holds up the core


@pytest.mark.parametrize("key", sorted(FORMS))
def test_who_fills_a_form_in_is_who_it_speaks_to(key: str) -> None:
    answered_by = set(library().find(key).file.answered_by)
    wanted = {"proxy"} if key in BY_A_RELATIVE else {"patient"} if key in BY_THE_PATIENT else None
    assert answered_by == wanted if wanted else not {"patient", "proxy"} & answered_by


@pytest.mark.parametrize("key", sorted(FORMS))
def test_no_form_is_doubled_to_name_a_woman_and_a_man(key: str) -> None:
    raw = yaml.safe_load((FOLDER / key / "1.0.0.yml").read_text("utf-8"))
    assert [place for place, written in texts_in(raw, {"en", "fr"}) if DOUBLED.search(written)] == []


@pytest.mark.parametrize("key", sorted(BY_A_RELATIVE))
def test_french_assumes_no_sex_of_the_person_somebody_answers_for(key: str) -> None:
    raw = yaml.safe_load((FOLDER / key / "1.0.0.yml").read_text("utf-8"))
    assumed = re.compile(r"votre proche \w+(?:-t)?-(?:il|elle)\b|votre (?:fille|fils)\b", re.IGNORECASE)
    assert [written for _, written in texts_in(raw, {"fr"}) if assumed.search(written)] == []
    assert assumed.search("Comment votre proche mange-t-il ?")
