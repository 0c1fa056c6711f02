"""The PHQ-9 with the keyboard alone: Tab, arrows, Space and Enter; focus is never lost and never taken away."""

from playwright.sync_api import Page, expect

from tests.journeys.story import PHQ9, answers_of, response_of, saved, told

FAR = 60


def focused(page: Page) -> str:
    """What has the focus: a name, else words; empty when it is lost to the page."""
    found: str = page.evaluate(
        """() => {
            const it = document.activeElement;
            return !it || it === document.body ? "" : it.name || it.id || it.textContent.trim();
        }"""
    )
    return found


def tab_to(page: Page, *wanted: str) -> None:
    """Press Tab until one of these has the focus; it must not get lost on the way."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        found = focused(page)
        if any(found.startswith(one) for one in wanted):
            return
    raise AssertionError(f"no Tab leads to {wanted}; the last was {found!r}")


def test_a_questionnaire_with_the_keyboard_alone(live, new_page):
    who = told(live, "keyboard")
    assignment = who.ask_for("phq9")
    page = new_page("fr", who=who.name)
    page.goto("/home")
    tab_to(page, "Commencer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assignments/*")
    tab_to(page, "Commencer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/problems*")

    for item in PHQ9[:4]:
        tab_to(page, item)
        page.keyboard.press("Space")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        saved(page)
        assert focused(page) == item
    for item in PHQ9[4:]:
        tab_to(page, item)
        page.keyboard.press("Space")
    saved(page)
    assert focused(page) == PHQ9[-1]
    tab_to(page, "go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/effect*")
    tab_to(page, "q10")
    page.keyboard.press("Space")
    saved(page)
    tab_to(page, "go")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    tab_to(page, "Envoyer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent")

    expect(page.get_by_role("heading", level=1)).to_have_text("Vos réponses sont envoyées")
    kept = answers_of(live, response_of(live, assignment))
    assert [kept[item] for item in PHQ9] == ["3"] * 4 + ["0"] * 5
