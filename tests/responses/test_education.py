"""Years of education, told by one answer, reach the norms of other questionnaires, and only where they may."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.assignments.queries import find_assignment
from app.lib import db
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.questionnaires.library import library
from app.responses import actions, queries
from app.responses.facts.actions import score_those_that_use
from app.responses.facts.model import TELLS_EDUCATION, scored_by_education
from app.responses.facts.queries import education_of
from app.responses.fingerprints import digest
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from tests.people import Cast

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TIMES = {"time_a": 40, "time_b": 103}
CONDITIONS = {"assessed_on": "2026-11-20", "euthymic": "yes", "fit": "yes"}


@pytest.fixture
async def elder(db: None, people: Cast) -> UUID:
    """A patient of Lyon whose age the norm covers."""
    new = NewPatient(given_names="Anne", family_name="Roux", birth_date=date(1964, 3, 2), sex="female")
    return await create_patient(people["ines"].actor, new, at=AT - timedelta(days=9))


async def given(
    people: Cast, patient: UUID, key: str, answers: Mapping[str, object], *, who: str = "ines", at: datetime = AT
) -> UUID:
    """Somebody of a team answers for the patient, sends it, and the worker scores it."""
    by = people[who].actor
    centre = people.brest if who == "zoe" else people.lyon
    asked = NewAssignment(
        patient=patient, questionnaire=key, answered_by="clinician", organisation=centre, opens_on=at.date()
    )
    assignment = await find_assignment(await assign_questionnaire(by, asked, at=at))
    assert assignment is not None
    response = await actions.open_response(by, assignment, "fr", at=at)
    posted = [Posted(item, None, NO_ROW, value, 0) for item, value in answers.items()]
    await actions.save_page(by, response, posted, new_id(), at=at)
    assert await actions.submit_response(by, response, digest(await queries.answers_of(response)), "fr", at=at)
    await actions.score_response(response, at=at)
    await score_those_that_use(response, at=at)
    return response


async def scores(response: UUID) -> dict[str, object]:
    return {one.score_id: one.value for one in await queries.scores_of_response(response)}


async def waiting() -> list[str]:
    """The responses that wait to be scored, as the queue has them."""
    rows = await db.fetch("SELECT args->>'response_id' AS id FROM procrastinate_jobs WHERE task_name LIKE '%:score'")
    return [row["id"] for row in rows]


def test_what_tells_education_asks_for_years() -> None:
    for key, item in TELLS_EDUCATION.items():
        question = library().find(key).questions[item]
        assert (question.type, question.item.range, question.show) == ("integer", [0, 30], ())
    assert scored_by_education(library().find("tmt"))
    assert not scored_by_education(library().find("phq9"))


@pytest.mark.capability("E41")
async def test_a_norm_waits_for_the_years_of_education(people: Cast, elder: UUID) -> None:
    test = await given(people, elder, "tmt", TIMES)
    before = await scores(test)
    assert (before["part_a_time"], before["part_a_z"]) == (40, None)

    await db.execute("DELETE FROM procrastinate_jobs")
    await given(people, elder, "wais4_criteria", {**CONDITIONS, "education_years": 12}, at=AT + timedelta(hours=1))
    assert str(test) in await waiting()
    assert all(one.stale for one in await queries.scores_of_response(test))

    await actions.score_response(test, at=AT + timedelta(hours=2))
    after = await scores(test)
    assert (after["part_a_time"], after["part_a_z"], after["part_b_z"]) == (40, -0.52, -0.73)


async def test_the_newest_answer_counts_and_a_draft_does_not(people: Cast, elder: UUID) -> None:
    assert await education_of(elder, people.lyon) is None
    await given(people, elder, "wais3_criteria", {**CONDITIONS, "education_years": 9})
    await given(people, elder, "wais4_criteria", {**CONDITIONS, "education_years": 17}, at=AT + timedelta(days=1))
    await given(people, elder, "wais4_criteria", CONDITIONS, at=AT + timedelta(days=2))
    assert await education_of(elder, people.lyon) == 17
    assert await education_of(people.paul_patient, people.lyon) is None


async def test_another_centre_learns_nothing_where_sharing_is_refused(people: Cast, elder: UUID) -> None:
    await given(people, elder, "wais4_criteria", {**CONDITIONS, "education_years": 12})
    assert await education_of(elder, people.brest) == 12
    await db.execute("UPDATE patient SET withheld = ARRAY['sharing'] WHERE id = $1", elder)
    assert await education_of(elder, people.brest) is None
    assert await education_of(elder, people.lyon) == 12


async def test_what_tells_nothing_has_nothing_scored_anew(people: Cast, elder: UUID) -> None:
    test = await given(people, elder, "tmt", TIMES)
    await db.execute("DELETE FROM procrastinate_jobs")
    other = await given(people, elder, "wais4_matrices", {"raw": 20})
    assert await waiting() == [str(other)]
    assert not any(one.stale for one in await queries.scores_of_response(test))
