"""The matrix in a browser: on a narrow screen, by keyboard, and as a list."""

from datetime import timedelta

from app.lib import clock
from app.lib.i18n import ZONE
from tests.pages import axe, overflows
from tests.trials.stories import applied, joined, opened
from tests.trials.stories import text_of as trial_text

TODAY = clock.day_in(ZONE, clock.now())
# Nothing in it is asked of the patient: other journeys find Paul as they left him.
OTHERWISE = {
    "key: small": "key: seen",
    "who: patient": "who: clinician",
    "sdv: {plan: critical, critical: [phq9.q9]}": "sdv: {plan: all}",
    "phq9": "cgi",
    "gad7": "egf",
}


async def take_part(people):
    text = trial_text("small")
    for one, other in OTHERWISE.items():
        text = text.replace(one, other)
    await applied(text)
    await opened("seen", people.lyon)
    await joined(people, "seen", on=TODAY - timedelta(days=60))


def test_arrow_keys_move_through_the_matrix_and_enter_opens_a_visit(live, new_page):
    live.do(take_part(live.people))
    page = new_page("en", 320, who="ines")
    page.goto("/trials/seen/progress")
    assert axe(page) == []
    assert not overflows(page)

    page.locator("tbody th a").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.locator("tbody [tabindex='0']").count() == 1
    focused = page.locator("tbody a:focus")
    assert "overdue" in focused.inner_text()
    visit = focused.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{visit}")

    page.goto("/trials/seen/progress")
    page.get_by_role("link", name="Show as a list").click()
    page.wait_for_url("**view=list")
    assert axe(page) == []
    assert not overflows(page)
    for part in ("overdue", "completeness"):
        page.goto(f"/trials/seen/progress/{part}")
        assert axe(page) == []
        assert not overflows(page)
