"""A tablet goes to the patient and comes back, in a real browser on the running product."""

from datetime import timedelta

from playwright.sync_api import expect

from app.lib import clock
from app.lib.db import fetch_value
from tests.pages import axe, overflows
from tests.trials.tablet.stories import visit_begun


def test_handed_over_answered_and_taken_back(live, new_page):
    """At 320 px, with a worrying answer, and attempts to get away by address, by history and in another tab."""
    held = live.do(visit_begun(live.people))
    page = new_page("fr", 320, who="ines")
    record = f"/patients/{live.people.paul_patient}"
    page.goto(record)
    other = page.context.new_page()
    other.goto(record)
    page.goto(f"{held.url}/tablet")
    assert axe(page) == []
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(f"{live.url}/tablet")
    assert axe(page) == []
    assert not overflows(page)

    # No way out: by history, by address, in a tab that was left open.
    page.go_back()
    expect(page).to_have_url(f"{live.url}/tablet")
    page.goto(record)
    expect(page).to_have_url(f"{live.url}/tablet")
    other.reload()
    expect(other).to_have_url(f"{live.url}/tablet")

    page.locator("main .co-rows a").first.press("Enter")
    page.locator("main form button[type=submit]").click()
    for item in range(1, 10):
        page.locator(f"input[name=q{item}]").nth(1).check()
    expect(page.locator("#safety")).to_contain_text("3114")
    page.locator("button[name=go][value=next]").last.click()
    page.locator("input[name=q10]").nth(1).check()
    page.locator("button[name=go][value=next]").last.click()
    page.locator("#send button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("3114")
    assert axe(page) == []

    page.locator("header a[href='/tablet/return']").click()
    assert axe(page) == []
    page.locator("#code").fill("000000")
    page.locator("#code").press("Enter")
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator("#code").fill(live.totp_code("ines"))
    page.locator("#code").press("Enter")
    expect(page).to_have_url(f"{live.url}{held.url}")
    raised = "SELECT count(*) FROM alert WHERE raised_at > $1"
    assert live.do(fetch_value(raised, clock.now() - timedelta(minutes=10))) > 0
