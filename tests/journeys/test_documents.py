"""Documents in the browser: an image added and looked at closely with the keyboard; the same without JavaScript."""

import re

from playwright.sync_api import expect

from app.demo.filing import ECG, FOLDER
from tests.files import samples
from tests.journeys.story import told
from tests.live import wait_for
from tests.pages import axe, overflows

IMAGE = {"name": ECG, "mimeType": "image/png", "buffer": (FOLDER / ECG).read_bytes()}
TOO_MANY_BYTES = 21 * 1024 * 1024
HEIC = {"name": "photo.heic", "mimeType": "image/heic", "buffer": samples.HEIC}
# How far the window is scrolled, and how much wider than it the image is.
PLACE = "(([it]) => [it.scrollLeft, it.scrollWidth / it.clientWidth])(document.querySelectorAll('[data-window]'))"


def test_an_image_is_added_and_looked_at_with_the_keyboard(live, new_page, tmp_path):
    who = told(live, "looking")
    page = new_page("fr", who=who.practitioner)
    page.goto(f"/patients/{who.patient}/documents/new")
    page.locator("#kind").select_option("image")
    large = tmp_path / "large.pdf"  # a file: as bytes it would take seconds to reach the browser
    large.write_bytes(b"%PDF-" + bytes(TOO_MANY_BYTES))
    page.locator("#files").set_input_files(large)
    expect(page.locator("#upload-said")).to_have_text(re.compile("20\xa0Mo|20 MB"))
    page.locator("#files").set_input_files([HEIC])
    page.locator("[data-upload] button[type=submit]").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#files-error")).to_contain_text("HEIC")
    expect(page.locator("#kind")).to_have_value("image")
    assert axe(page) == []
    page.locator("#files").set_input_files([IMAGE])
    page.locator("[data-upload] button[type=submit]").click()
    page.wait_for_url("**/documents?added=1")
    page.get_by_role("link", name="ecg", exact=True).click()

    window = page.locator("[data-window]")
    window.focus()
    wait_for(lambda: page.evaluate(PLACE) == [0, 1])
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator("[data-zoom-said]")).to_contain_text("200")
    wait_for(lambda: page.evaluate(PLACE)[1] == 2)
    middle = page.evaluate(PLACE)[0]
    page.keyboard.press("ArrowRight")
    wait_for(lambda: page.evaluate(PLACE)[0] > middle)
    page.keyboard.press("-")
    page.keyboard.press("0")
    wait_for(lambda: page.evaluate(PLACE) == [0, 1])
    expect(window).to_be_focused()
    assert axe(page) == []


def test_documents_without_javascript_on_a_narrow_screen(live, new_page):
    who = told(live, "filing")
    page = new_page("en", 320, js=False, who=who.name)
    page.goto("/documents")
    page.get_by_role("link", name="Add documents").click()
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".nhsuk-error-summary__list li")).to_have_count(2)
    page.locator("#kind").select_option("report")
    page.locator("#name").fill("From the cardiologist")
    page.locator("#files").set_input_files([IMAGE])
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="From the cardiologist").click()
    expect(page.locator("[data-zoom]").first).to_be_hidden()
    expect(page.get_by_role("img", name="From the cardiologist")).to_be_visible()
    wait_for(lambda: page.locator("[data-image]").evaluate("(image) => image.naturalWidth") == 1400)
    assert not overflows(page)
    assert page.goto(page.url + "/content").headers["content-type"] == "image/png"
