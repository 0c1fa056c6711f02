"""A session ends while a page is open: the dialog, and the page behind it that loses nothing."""

import pytest
from playwright.sync_api import expect

from app.accounts.actions import sessions
from app.lib import clock
from tests.pages import axe
from tests.people import PASSWORD

ASK = "htmx.ajax('GET', '/membership', {source: 'h1', target: '#live', swap: 'none'})"


@pytest.mark.parametrize("width", [1280, 375])
def test_a_patient_signs_in_again_in_place(live, new_page, width):
    who = {1280: "paul", 375: "yann"}[width]
    address = live.people[who].email
    page = new_page("fr", width, who=who)
    page.goto("/home")
    live.expire_sessions(who)

    page.evaluate(ASK)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Votre session est terminée")).to_be_visible()
    assert axe(page) == []
    dialog.get_by_role("button", name="Envoyer un code à").click()
    code = dialog.get_by_label("Code à 6\xa0chiffres")
    expect(code).to_be_visible()
    assert axe(page) == []
    code.fill("000000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Ce n’est pas le bon code.")
    code.fill(live.mail_code(address))
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    assert page.url.endswith("/home")
    assert page.evaluate("fetch('/home', {redirect: 'error'}).then((reply) => reply.status)") == 200


def test_an_older_tab_goes_on_after_signing_in_anew(live, new_page):
    """The save that was refused is made with the new token, without a question."""
    page = new_page("en", who="paul")
    page.goto("/home")
    page.context.add_cookies([{"name": "cohorte_session", "value": another_session(live, "paul"), "url": page.url}])
    save = "htmx.ajax('POST', '/me/passkeys/new', {source: 'h1', target: '#live', swap: 'none'})"

    token = page.locator('meta[name="csrf-token"]')
    stale = token.get_attribute("content")

    page.evaluate(save)
    expect(token).not_to_have_attribute("content", stale)
    with page.expect_response("**/me/passkeys/new") as saved:
        page.evaluate(save)

    assert saved.value.status == 422
    expect(page.get_by_role("dialog")).to_be_hidden()


def another_session(live, who: str) -> str:
    return live.do(sessions.open_session(live.people[who].account, at=clock.now())).token


def test_the_team_signs_in_again_in_place(live, new_page):
    page = new_page("en", who="zoe")
    page.goto("/membership")
    live.expire_sessions("zoe")

    page.evaluate(ASK)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    dialog.get_by_label("6-digit code").fill(live.totp_code("zoe"))
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    assert page.evaluate("fetch('/membership', {redirect: 'error'}).then((reply) => reply.status)") == 200
