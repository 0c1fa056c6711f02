"""A session that nobody used is announced before it ends, on the running product; one may stay, or sign in again."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.lib import clock
from app.lib.db import execute, fetch_value
from tests.journeys.story import told
from tests.live import wait_for
from tests.pages import axe, overflows

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
SOON = {"fr": "Votre session se ferme dans 2\xa0minutes", "en": "Your session closes in 2 minutes"}
STAY = {"fr": "Rester connecté", "en": "Stay signed in"}
OVER = {"fr": "Votre session est terminée", "en": "Your session has ended"}
AGAIN = {"fr": "Se reconnecter", "en": "Sign in again"}


async def _unused(account, seconds: int) -> None:
    at = clock.now()
    moved = "UPDATE session SET last_seen_at = $2, idle_until = $3 WHERE account = $1"
    await execute(moved, account, at - timedelta(minutes=28), at + timedelta(seconds=seconds))


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 375)])
def test_the_end_is_announced_and_put_off(live, new_page, language, width):
    name = f"idle-{language}"
    told(live, name)
    account = live.people[name].account
    page = new_page(language, width, who=name)
    page.goto("/me/names")
    page.locator("#given_name").focus()
    live.do(_unused(account, 118))

    page.evaluate(LOOK)
    expect(page.get_by_text(SOON[language]).first).to_be_visible()
    expect(page.locator("#live")).to_contain_text(SOON[language])
    expect(page.locator("#given_name")).to_be_focused()
    assert axe(page) == []
    assert not overflows(page)
    page.get_by_role("button", name=STAY[language]).click()
    expect(page.locator("#idle")).to_be_hidden()

    until = "SELECT max(idle_until) - now() > interval '50 minutes' FROM session WHERE account = $1"
    assert wait_for(lambda: live.do(fetch_value(until, account)))


def test_once_it_is_over_what_was_typed_stays(live, new_page):
    told(live, "idle-over")
    page = new_page("fr", who="idle-over")
    page.goto("/me/names")
    page.locator("#given_name").fill("Sarah-Lou")
    page.evaluate(LOOK)
    page.wait_for_load_state("networkidle")
    live.expire_sessions("idle-over")

    page.evaluate(LOOK)
    warning = page.locator("#idle")
    expect(warning).to_contain_text(OVER["fr"])
    assert axe(page) == []
    warning.get_by_role("button", name=AGAIN["fr"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Envoyer un code à").click()
    dialog.locator("#code").fill(live.mail_code(live.people["idle-over"].email))
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(warning).to_be_hidden()
    expect(page.locator("#given_name")).to_have_value("Sarah-Lou")


def test_without_javascript_nothing_is_shown(live, new_page):
    page = new_page("fr", js=False, who="yann")

    page.goto("/me")

    expect(page.locator("#idle")).to_be_hidden()
