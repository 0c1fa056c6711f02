"""Whoever of a team is shown something about a patient leaves a trace; nobody else does."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from app.lib import clock, db
from app.responses.actions import score_response
from tests.alerts.stories import AT, SUFFERING, phq9
from tests.answering import assigned
from tests.browser import Browser
from tests.people import Cast

__all__ = ["assigned"]

BrowserFor = Callable[..., Browser]
READINGS = """
SELECT action, subject, patient, organisation, details->>'page' AS page FROM audit_event
WHERE action LIKE '%.read' AND actor = $1 ORDER BY at, id
"""


@pytest.fixture
async def scored(db: None, people: Cast) -> UUID:
    response = await phq9(people, SUFFERING)
    await score_response(response, at=AT)
    return response


async def readings(people: Cast, who: str = "ines") -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.fetch(READINGS, people[who].account)]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/responses/{}", "answers"),
        ("/responses/{}/print", "print"),
        ("/responses/{}/sent", "sent"),
        ("/responses/{}/scores", "scores"),
        ("/responses/{}/scores/total", "score"),
    ],
)
async def test_reading_a_response_is_written_down(
    browser_for: BrowserFor, people: Cast, scored: UUID, address: str, page: str, htmx: bool
) -> None:
    for who in ("ines", "paul"):
        await browser_for(who, htmx=htmx).get(address.format(scored))

    assert await readings(people) == [("response.read", scored, people.paul_patient, people.lyon, page)]
    assert await readings(people, "paul") == []


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("address", "page"),
    [("", "summary"), ("/questionnaires", "questionnaires"), ("/assignments/new", "assigning")],
)
async def test_reading_a_record_is_written_down(
    browser_for: BrowserFor, people: Cast, scored: UUID, address: str, page: str, htmx: bool
) -> None:
    patient = people.paul_patient
    reply = await browser_for("ines", htmx=htmx).get(f"/patients/{patient}{address}")

    assert reply.status_code == 200
    assert await readings(people) == [("patient.read", patient, patient, people.lyon, page)]


async def test_a_refused_form_is_read_again(browser_for: BrowserFor, people: Cast, scored: UUID) -> None:
    patient = people.paul_patient
    await browser_for("ines").post(f"/patients/{patient}/assignments", data={"opens_on": "x", "due_on": ""})

    assert await readings(people) == [("patient.read", patient, patient, people.lyon, "assigning")]


async def test_an_open_record_that_learns_something_new_is_read_again(
    browser_for: BrowserFor, people: Cast, db: None
) -> None:
    response = await phq9(people, SUFFERING)
    ines = browser_for("ines", htmx=True)
    part = (await browser_for("ines").page(f"/patients/{people.paul_patient}")).select_one("#record")
    assert part is not None
    quiet = await ines.get(str(part["hx-get"]))
    await score_response(response, at=clock.now())
    news = await ines.get(str(part["hx-get"]))

    assert (quiet.status_code, news.status_code) == (204, 200)
    assert [reading[-1] for reading in await readings(people)] == ["summary", "summary"]


async def test_asking_whether_to_take_back_names_the_patient(
    browser_for: BrowserFor, people: Cast, assigned: Callable[..., Any]
) -> None:
    await browser_for("ines").page(f"/assignments/{await assigned('phq9')}/cancel")

    patient = people.paul_patient
    assert await readings(people) == [("patient.read", patient, patient, people.lyon, "cancelling")]


async def test_the_day_is_one_reading_and_one_more_for_each_alert(
    browser_for: BrowserFor, people: Cast, scored: UUID
) -> None:
    await browser_for("ines").page("/today")

    patient, own = people.paul_patient, people["ines"].account
    assert sorted(await readings(people), key=lambda reading: str(reading[0])) == [
        ("patient.read", patient, patient, people.lyon, "today"),
        ("today.read", own, None, people.lyon, None),
    ]
    [told] = await db.fetch("SELECT details FROM audit_event WHERE action = 'today.read'")
    assert told["details"] == '{"listed": 1}'


async def test_a_team_that_corrects_its_own_reads_it(
    browser_for: BrowserFor, people: Cast, assigned: Callable[..., Any]
) -> None:
    asked = await assigned("madrs", answered_by="clinician")
    ines = browser_for("ines")
    await ines.post(f"/assignments/{asked}/open")
    response = await db.fetch_value("SELECT response FROM assignment WHERE id = $1", asked)
    await db.execute("UPDATE response SET state = 'submitted', submitted_at = now() WHERE id = $1", response)
    first = (await ines.page(f"/responses/{response}")).select_one("a[href*=corrections]")
    assert first is not None

    reply = await ines.get(str(first["href"]))
    refused = await ines.post(str(first["href"]), data={"reason": ""})

    assert (reply.status_code, refused.status_code) == (200, 422)
    assert [reading[-1] for reading in await readings(people)] == ["answers", "correction", "correction"]
