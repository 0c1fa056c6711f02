"""A visit in a browser, by keyboard on a narrow page; and what the person sees of it."""

from datetime import timedelta

from playwright.sync_api import expect

from app.lib import clock
from app.lib.i18n import ZONE
from tests.live import Live
from tests.pages import Journeys, axe, overflows
from tests.trials.stories import applied, joined, opened, visit_named
from tests.trials.stories import text_of as trial_text

TODAY = clock.day_in(ZONE, clock.now())
KEY = "visited"


async def _paul_joins(live: Live) -> str:
    text = trial_text("small").replace("Small trial", "Visited trial").replace("Petit essai", "Essai visité")
    await applied(text.replace("key: small", f"key: {KEY}"))
    await opened(KEY, live.people.lyon)
    enrolment = await joined(live.people, KEY, on=TODAY - timedelta(days=3))
    return str((await visit_named(enrolment, "start#0")).id)


def test_a_visit_is_opened_by_keyboard(journeys: Journeys, live: Live) -> None:
    visit = live.do(_paul_joins(live))
    page = journeys.page("fr", 320, who="ines")
    page.goto(f"/visits/{visit}")
    assert axe(page) == []
    assert not overflows(page)
    page.locator("#on").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live.url}/visits/{visit}?done=opened")
    assert axe(page) == []
    page.goto(f"/visits/{visit}/complete")
    assert axe(page) == []
    assert not overflows(page)

    own = journeys.page("en", 320, who="paul")
    own.goto("/visits")
    assert axe(own) == []
    assert not overflows(own)
    journeys.close_pages()
