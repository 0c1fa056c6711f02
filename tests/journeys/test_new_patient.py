"""A new patient in a real browser: a pasted date, a NIR looked at when one leaves its box, the code to copy."""

import pytest
from playwright.sync_api import expect

from tests.pages import axe, overflows

PASTE = """
(text) => {
  const data = new DataTransfer();
  data.setData("text", text);
  document.querySelector("#birth_date").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}
"""


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 1280)])
def test_a_record_is_opened_with_the_keyboard_and_the_clipboard(new_page, language, width):
    page = new_page(language, width, who="ines")
    page.goto("/patients/new")
    assert axe(page) == []
    assert not overflows(page)
    page.locator("#birth_name").fill(f"Abgrall {'Roux' if language == 'fr' else 'Le Bihan'}")
    page.locator("#given_names").fill("Ondine" if language == "fr" else "Solveig")
    page.locator("input[name=sex][value=female]").check()
    page.evaluate(PASTE, "12/05/1967" if language == "fr" else "1993-11-23")
    year = page.locator("input[name='birth_date-year']")
    expect(year).to_have_value("1967" if language == "fr" else "1993")
    page.locator("#nir").fill("1 84 03 69 259 417")
    page.locator("#nir").press("Tab")
    page.locator("#nir-note .co-note").wait_for()
    expect(page.locator("#nir")).not_to_be_focused()
    expect(page.locator("#nir-note")).to_have_attribute("role", "status")
    page.locator("#nir").fill("")
    page.locator("#nir").press("Tab")
    page.locator("#nir-note .co-note").wait_for(state="detached")
    page.locator("#save").press("Enter")
    page.wait_for_url("**/created")
    assert axe(page) == []
    assert not overflows(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy]").press("Enter")
    code = page.locator("#code-text").inner_text().strip()
    # Not wait_for_function with a text: it is evaluated in the page again and again, which the policy forbids.
    expect(page.locator("#live")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == code
    page.goto(page.url.replace("/created", "/identity"))
    assert axe(page) == []
    assert not overflows(page)
    page.goto(page.url + "/edit")
    assert axe(page) == []
    assert not overflows(page)
