"""Inès asks for questionnaires and takes them back; nothing half done, nothing typed lost."""

from datetime import timedelta

import pytest

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.assignments.model import State
from app.assignments.queries import find_assignment, list_of_patient
from app.lib import clock
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.responses.actions import open_response
from tests.browser import read, text_of


@pytest.fixture
def today():
    return day_in(ZONE, clock.now())


@pytest.fixture
def ask(people):
    return f"/patients/{people.paul_patient}/assignments"


async def waiting(people, today):
    new = NewAssignment(
        patient=people.paul_patient,
        questionnaire="phq9",
        answered_by="patient",
        organisation=people.lyon,
        opens_on=today,
    )
    return await find_assignment(await assign_questionnaire(people["ines"].actor, new, at=clock.now()))


async def test_several_questionnaires_are_asked_for_at_once(browser_for, people, ask, today):
    due = today + timedelta(days=7)
    form = {"chosen": ["phq9:patient", "madrs:clinician"], "opens_on": str(today), "due_on": str(due)}

    reply = await browser_for("ines").post(ask, data=form)

    assert (reply.status_code, reply.headers["location"]) == (303, f"/patients/{people.paul_patient}/questionnaires")
    asked = await list_of_patient(people.paul_patient)
    assert sorted((one.questionnaire, one.answered_by, one.opens_on, one.due_on) for one in asked) == [
        ("madrs", "clinician", today, due),
        ("phq9", "patient", today, due),
    ]


async def test_who_may_ask(browser_for, ask, today):
    form = {"chosen": "phq9:patient", "opens_on": str(today), "due_on": ""}

    replies = {
        who: (await browser_for(who).post(ask, data=form)).status_code for who in ("zoe", "claire", "paul", "ines")
    }

    assert replies == {"zoe": 404, "claire": 404, "paul": 403, "ines": 303}


async def test_a_refused_form_comes_back_with_all_that_was_typed(browser_for, people, ask, today):
    form = {"chosen": ["phq9:patient", "tipi:patient"], "opens_on": str(today), "due_on": "2020-01-01"}

    reply = await browser_for("ines").post(ask, data=form)

    page = read(reply)
    assert reply.status_code == 422
    assert page.title.get_text().strip().startswith("Error:")
    assert [box["value"] for box in page.select("input[name=chosen][checked]")] == ["phq9:patient", "tipi:patient"]
    assert page.select_one("#due_on")["value"] == "2020-01-01"
    assert "must not be before the opening" in text_of(page.select_one("#due_on-error"))
    assert page.select_one("#error-summary a")["href"] == "#due_on"
    assert await list_of_patient(people.paul_patient) == []


@pytest.mark.parametrize("chosen", [[], ["nothing:patient"], ["madrs:patient"], ["\N{GRINNING FACE}"]])
async def test_only_what_is_in_the_library_can_be_asked_for(browser_for, people, ask, today, chosen):
    reply = await browser_for("ines").post(ask, data={"chosen": chosen, "opens_on": str(today), "due_on": ""})

    assert reply.status_code == 422
    assert read(reply).select_one("#error-summary a")["href"] == "#chosen-1"
    assert await list_of_patient(people.paul_patient) == []


async def test_pressing_twice_asks_once(browser_for, people, ask, today):
    form = {"chosen": "phq9:patient", "opens_on": str(today), "due_on": ""}
    ines = browser_for("ines")

    replies = [(await ines.post(ask, data=form)).status_code for _ in range(2)]

    assert replies == [303, 422]
    assert len(await list_of_patient(people.paul_patient)) == 1


async def test_the_form_says_what_already_waits(browser_for, people, ask, today):
    await waiting(people, today)

    page = await browser_for("ines").page(f"{ask}/new")

    marked = [text_of(label) for label in page.select("label") if "already asked" in text_of(label)]
    assert len(marked) == 1
    assert marked[0].startswith("PHQ-9")


async def test_taking_back_asks_once_more_first(browser_for, people, today):
    assignment = await waiting(people, today)
    ines = browser_for("ines")
    page = await ines.page(f"/assignments/{assignment.id}/cancel")
    assert "Paul Lambert" in text_of(page.select_one("main"))

    reply = await ines.post(page.select_one("main form")["action"])

    assert reply.status_code == 303
    assert (await find_assignment(assignment.id)).state is State.CANCELLED


async def test_who_may_take_back(browser_for, people, today):
    cancel = f"/assignments/{(await waiting(people, today)).id}/cancel"

    replies = {who: (await browser_for(who).post(cancel)).status_code for who in ("zoe", "claire", "paul", "ines")}

    assert replies == {"zoe": 404, "claire": 404, "paul": 403, "ines": 303}


async def test_what_has_been_opened_is_not_taken_back(browser_for, people, today):
    assignment = await waiting(people, today)
    await open_response(people["paul"].actor, assignment, "en", at=clock.now())

    reply = await browser_for("ines").post(f"/assignments/{assignment.id}/cancel")

    assert reply.status_code == 409
    assert (await find_assignment(assignment.id)).state is State.IN_PROGRESS
