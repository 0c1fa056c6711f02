"""A red flag that comes back after somebody took its alert up."""

from uuid import UUID

import pytest

from app.alerts import actions, queries
from app.lib import db as database
from app.responses import actions as responses
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from tests.alerts.stories import CALM, LATER, SUFFERING, answer, draft, phq9
from tests.people import Cast


@pytest.fixture(autouse=True)
def _in_a_transaction(db: None) -> None:
    """Every test here writes."""


async def waiting(people: Cast) -> list[UUID]:
    return [one.id for one in await queries.list_open_alerts(people["ines"].actor)]


async def take_up(people: Cast) -> UUID:
    [alert] = await waiting(people)
    assert await actions.acknowledge_alert(people["ines"].actor, alert, "Called.", at=LATER)
    return alert


async def test_an_answer_taken_back_and_given_again_raises_the_next_alert(people: Cast) -> None:
    response = await draft(people, CALM | {"q9": 1})
    first = await take_up(people)

    await answer(people, response, "q9", 0, 3)

    [second] = await waiting(people)
    assert second != first
    mails = "SELECT args->>'alert_id' FROM procrastinate_jobs WHERE task_name = 'alerts:mail'"
    assert {row[0] for row in await database.fetch(mails)} == {str(first), str(second)}


async def test_a_worse_answer_raises_the_next_alert(people: Cast) -> None:
    response = await draft(people, CALM | {"q9": 1})
    await take_up(people)
    await answer(people, response, "q9", 3)
    assert len(await waiting(people)) == 1


async def test_the_same_answers_saved_and_sent_again_raise_nothing(people: Cast) -> None:
    response = await draft(people, CALM | {"q9": 1})
    await take_up(people)
    await answer(people, response, "q9", 1)
    await answer(people, response, "q1", 2)
    await phq9(people, CALM | {"q9": 1}, response=response)
    assert await waiting(people) == []


async def test_one_alert_waits_however_often_its_answer_changes(people: Cast) -> None:
    response = await draft(people, CALM | {"q9": 1})
    [first] = await waiting(people)
    await answer(people, response, "q9", 2, 0, 3)
    assert await waiting(people) == [first]


async def test_a_correction_raises_the_next_alert(people: Cast) -> None:
    response = await phq9(people, SUFFERING)
    await take_up(people)
    posted = [Posted("q9", None, NO_ROW, 3, 1)]
    await responses.correct_response(people["paul"].actor, response, posted, "Worse than I said.", at=LATER)
    assert len(await waiting(people)) == 1


async def test_an_alert_keeps_the_versions_that_it_was_raised_from(people: Cast) -> None:
    response = await draft(people, CALM)
    await answer(people, response, "q9", 1)
    [alert] = await queries.list_open_alerts(people["ines"].actor)
    assert alert.read_from == {"q9": 2}
