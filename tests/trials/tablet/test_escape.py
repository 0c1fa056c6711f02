"""A lent session, asked for every route there is: nothing answers but what it was lent for."""

from uuid import uuid4

import pytest

from app.lib.db import execute, fetch_value
from tests.browser import read
from tests.matrix import rules
from tests.matrix.test_matrix import PART, ask, routes_of
from tests.matrix.things import make
from tests.trials.tablet.stories import hand_over, visit_begun

# What does answer, and why that is right.
OPEN = {
    # Says nothing of anybody.
    "/static/{name:path}",
    "/favicon.ico",
    "/healthz",
    "/readyz",
    "/language/{code:str}",
    "/help",
    "/privacy",
    "/accessibility",
    "/legal",
    # How long the session lasts, and to prolong it.
    "/session/left",
    "/session",
    # The list, and the way back for whoever lent it.
    "/tablet",
    "/tablet/return",
    "/step-up",
    "/step-up/code",
    "/step-up/passkey",
    "/step-up/passkey/options",
    # Closes the session altogether.
    "/sign-out",
}
# About things, each of which must be one of the visit's: others are not there.
OF_THE_VISIT = {
    "/assignments/{assignment_id:uuid}",
    "/assignments/{assignment_id:uuid}/open",
    "/responses/{response_id:uuid}/resume",
    "/responses/{response_id:uuid}/pages/{screen_id:str}",
    "/responses/{response_id:uuid}/items/{item_id:str}",
    "/responses/{response_id:uuid}/review",
    "/responses/{response_id:uuid}/submit",
    "/tablet/responses/{response_id:uuid}/sent",
}


HARMLESS = {"", "tablet", "assignments", "responses", "language", "help", "privacy", "accessibility", "legal"}


def turned_away(reply, path: str) -> bool:
    """Back to the list, or not there at all; and nothing of a page."""
    if reply.status_code == 303:
        return reply.headers["location"] == "/tablet"
    if reply.status_code == 204:
        return reply.headers["hx-redirect"] == "/tablet"
    return reply.status_code in {404, 405} and "<h1" in reply.text


@pytest.fixture
async def things(db, people):
    await execute("UPDATE session SET second_factor_at = now()")
    return (await make(people)).of("lyon")


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "part"])
async def test_every_route_turns_a_lent_session_away(browser_for, application, people, things, htmx):
    held = await visit_begun(people)
    assert (await hand_over(browser_for("ines"), held)).headers["location"] == "/tablet"
    browser, wrong, asked = browser_for("ines", htmx=htmx), [], 0
    for route, _guarded in routes_of(application):
        if route.path in OPEN:
            continue
        known = rules.WITHIN | things | {"visit_id": str(held.visit.id), "response_id": things["draft_id"]}
        path = PART.sub(lambda part, known=known: known.get(part[1], str(uuid4())), route.path)
        reply = await ask(browser, route, path)
        asked += 1
        missing = route.path in OF_THE_VISIT and reply.status_code == 404
        if not (missing if route.path in OF_THE_VISIT else turned_away(reply, path)):
            wrong.append(f"{route.method} {path}: {reply.status_code} {reply.headers.get('location', '')}")

    assert asked > 250
    assert wrong == []


async def test_of_the_visit_only_what_the_patient_answers_is_there(browser_for, people):
    held = await visit_begun(people)
    await hand_over(browser_for("ines"), held)
    browser = browser_for("ines")

    met = {key: (await browser.get(f"/assignments/{one}")).status_code for key, one in held.asked.items()}

    assert met == {"phq9": 200, "gad7": 200, "madrs": 404, "ymrs": 404, "medication_taking": 404}


async def test_what_stays_open_says_nothing_of_anybody(browser_for, people):
    """No name, no address of a mailbox, no link to a page of the team on any page that a lent session can see."""
    held = await visit_begun(people)
    await hand_over(browser_for("ines"), held)
    browser = browser_for("ines")
    await browser.post(f"/assignments/{held.asked['phq9']}/open")
    response = await fetch_value("SELECT response FROM assignment WHERE id = $1", held.asked["phq9"])
    pages = ["/tablet", "/step-up", "/help", f"/assignments/{held.asked['gad7']}", "/nowhere"]
    pages += [f"/responses/{response}/pages/problems", f"/responses/{response}/review"]

    for path in pages:
        reply = await browser.get(path, follow_redirects=True)
        said = reply.text
        names = [name for name in ("Inès", "Moreau", "Paul", "Lambert", "Petit", "ines@") if name in said]
        links = {str(one["href"]).split("/")[1] for one in read(reply).select("a[href^='/']")}
        assert names == [], path
        assert links <= HARMLESS, path


async def test_an_open_part_of_the_teams_page_goes_too(browser_for, people):
    held = await visit_begun(people)
    open_tab = browser_for("ines", htmx=True)
    assert (await open_tab.get(f"/patients/{people.paul_patient}/questionnaires")).status_code == 200

    await hand_over(browser_for("ines"), held)
    again = await open_tab.get(f"/patients/{people.paul_patient}/questionnaires")

    assert (again.status_code, again.headers["hx-redirect"], again.text) == (204, "/tablet", "")
