"""Facts about the person reach whatever asks for them, be it through a value or a score."""

from uuid import UUID

import pytest

from app.lib import clock
from app.lib.db import fetch
from app.lib.ids import new_id
from app.questionnaires.definition import read_questionnaire
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire
from app.responses.actions import Writing, save_watched_answer
from app.responses.model import NO_ROW, Saved
from app.responses.queries import reads_facts
from app.responses.reconciling import Posted
from tests.alerts.stories import draft
from tests.people import Cast

HEAD = """
format: 1
key: small
version: "1.0.0"
status: draft
title: {en: Small, fr: Petit}
short_name: Small
category: auto
answered_by: [patient]
wording: full
minutes: 1
languages: {en: {kind: own}, fr: {kind: own}}
rights: {holder: Cohorte project, terms: Same licence as the software., wording_may_ship: true}
sources: [{cite: invented, supports: [wording, scoring, bands, norms]}]
examples: []
pages:
  - id: p
    items:
      - {id: q1, type: integer, range: [0, 3], text: {en: A, fr: A}}
      - {id: tip, type: info, show_if: SHOWN, text: {en: A, fr: A}}
values: {limit: 4 if sex == "female" else 2}
scores:
  - {id: total, title: {en: T, fr: T}, formula: q1 - limit, missing: all_required, range: [-4, 1], higher_is: worse}
red_flags:
  - id: high
    when: FLAG
    on: save
    urgency: today
    to_team: {en: High., fr: Haut.}
    to_patient: {en: Call., fr: Appelez.}
"""


def questionnaire(*, shown: str = "q1 >= 1", flag: str = "q1 >= 3") -> Questionnaire:
    text = HEAD.replace("SHOWN", shown).replace("FLAG", flag)
    return read_questionnaire(text, lambda name: pytest.fail(f"nothing lies beside: {name}"))


@pytest.mark.parametrize(
    ("q", "reads"),
    [
        (questionnaire(), False),
        (questionnaire(flag='q1 >= 3 and sex == "male"'), True),
        (questionnaire(flag="total >= 1"), True),
        (questionnaire(flag="q1 >= limit"), True),
        (questionnaire(shown='sex == "male"'), True),
    ],
)
def test_what_asks_for_facts_is_known_however_far_it_reaches(q: Questionnaire, reads: bool) -> None:
    assert reads_facts(q) is reads


@pytest.mark.parametrize(("key", "reads"), [("phq9", False), ("gad7", False)])
def test_what_asks_for_none_costs_none(key: str, reads: bool) -> None:
    assert reads_facts(library().find(key)) is reads


async def test_a_flag_that_reads_the_sex_through_a_score_is_raised(db: None, people: Cast) -> None:
    """Paul is a man: 3 is above his limit of 2."""
    response: UUID = await draft(people, {})
    writing = Writing(people["paul"].account, response, new_id())

    saved = await save_watched_answer(
        writing, Posted("q1", None, NO_ROW, 3, 0), questionnaire(flag="total >= 1"), at=clock.now()
    )

    assert saved == Saved(1)
    assert [row["flag"] for row in await fetch("SELECT flag FROM alert WHERE response = $1", response)] == ["high"]
