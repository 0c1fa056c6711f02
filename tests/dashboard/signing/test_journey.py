"""From the question of a data check to the signature, by keyboard on a narrow page."""

from playwright.sync_api import expect

from app.lib import clock
from app.trials.visits.actions.holding import complete_visit, open_visit
from tests.live import Live
from tests.pages import Journeys, axe, overflows
from tests.trials.signing.stories import HARM_ALONE, TODAY, answered
from tests.trials.stories import applied, joined, opened, text_of, visit_named


async def _held(live: Live) -> str:
    text = text_of("checked").replace("key: checked", "key: signed_here").replace("{key: phq9, reuse: 14 days}", "phq9")
    await applied(text)
    await opened("signed_here", live.people.lyon)
    visit = (await visit_named(await joined(live.people, "signed_here"), "start#0")).id
    await open_visit(live.people["ines"].actor, visit, TODAY, at=clock.now())
    await answered(live.people, visit, "phq9", HARM_ALONE)
    await complete_visit(live.people["ines"].actor, visit, TODAY, at=clock.now())
    return f"/visits/{visit}"


def test_a_question_is_settled_and_the_visit_signed_by_keyboard(journeys: Journeys, live: Live) -> None:
    visit = live.do(_held(live))
    page = journeys.page("fr", 320, who="ines")
    page.goto(f"{visit}/sign")
    assert axe(page) == []
    assert not overflows(page)
    page.locator(f"main a[href='{visit}/checks']").press("Enter")
    page.locator("main textarea").press_sequentially("C’est exact.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live.url}{visit}/checks?done=explained")
    assert axe(page) == []
    assert not overflows(page)
    page.goto(f"{visit}/sign")
    page.locator("main form button[type=submit]").press("Enter")
    expect(page).to_have_url(f"{live.url}{visit}?done=signed")
    page.goto(f"{visit}/sign/withdraw")
    assert axe(page) == []
    assert not overflows(page)
    journeys.close_pages()
