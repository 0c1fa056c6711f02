"""Answering in tests: what a browser would post, and responses already opened. Fixtures `assigned` and `opened`."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.lib import clock
from app.lib.db import fetch, fetch_value
from tests.browser import read, text_of

CALM = {f"q{n}": "0" for n in range(1, 10)}
TWELVE = {**CALM, "q1": "3", "q2": "3", "q3": "3", "q4": "3"}


@pytest.fixture
def assigned(db, people):
    """Asks Paul (or another patient) for a questionnaire; the id of the assignment."""

    async def assign(key: str, who: str = "paul_patient", answered_by: str = "patient", opens: date | None = None):
        today = clock.day_in("Europe/Paris", clock.now())
        new = NewAssignment(
            patient=getattr(people, who),
            questionnaire=key,
            answered_by=answered_by,
            organisation=people.lyon,
            opens_on=opens or today,
            due_on=today + timedelta(days=7),
        )
        return await assign_questionnaire(people["ines"].actor, new, at=clock.now())

    return assign


@pytest.fixture
def opened(browser_for, assigned):
    """A response that has just been opened: (browser, id)."""

    async def open_one(key: str = "phq9", *, who: str = "paul", htmx: bool = False):
        assignment = await assigned(key)
        await browser_for(who).post(f"/assignments/{assignment}/open")
        response = await fetch_value("SELECT response FROM assignment WHERE id = $1", assignment)
        return browser_for(who, htmx=htmx), response

    return open_one


async def form_of(browser, url: str) -> dict[str, str]:
    """The hidden fields of a section as a browser would post them."""
    page = await browser.page(url)
    return {field["name"]: field["value"] for field in page.select("#section input[type=hidden]")}


async def values(response: UUID) -> dict[str, object]:
    rows = await fetch("SELECT item, value FROM answer WHERE response = $1", response)
    return {row["item"]: None if row["value"] is None else json.loads(row["value"]) for row in rows}


async def send(browser, response: UUID, answers: dict[str, str]) -> None:
    url = f"/responses/{response}/pages/problems"
    await browser.post(url, data=await form_of(browser, url) | answers)
    review = await browser.page(f"/responses/{response}/review")
    seen = review.select_one("input[name=seen]")["value"]
    reply = await browser.post(f"/responses/{response}/submit", data={"seen": seen})
    assert reply.headers["location"].endswith("/sent"), text_of(read(reply).main)
