"""My account as people use it: a new address, sessions closed elsewhere, a new password; also without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.story import behold, press, told
from tests.live import wait_for
from tests.pages import axe, overflows
from tests.people import PASSWORD

BETTER = "violet kettle over nine fields"
ADDRESS = {"fr": "Modifier Adresse e-mail", "en": "Change Email address"}
FOUND = {
    "fr": "Votre adresse e-mail est modifiée.",
    "en": "Your email address is changed.",
}


@pytest.mark.capability("R3")
@pytest.mark.parametrize(("language", "width", "js"), [("fr", 1280, True), ("en", 375, True), ("fr", 320, False)])
def test_a_patient_changes_their_address(live, new_page, language, width, js):
    name = f"me-{language}-{width}"
    who = told(live, name)
    new = f"{name}-new@example.org"
    page = new_page(language, width, js=js, who=name)

    page.goto("/me")
    if js:
        behold(page, "me", language)
        page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("link", name=ADDRESS[language]).click()
    page.locator("#email").fill(new)
    press(page, "Envoyer un code", "Send a code")
    page.wait_for_url("**/me/email/code")
    assert not js or axe(page) == []
    page.locator("#code").fill(live.mail_code(new))
    press(page, "Confirmer", "Confirm")

    page.wait_for_url("**/me?done=email")
    expect(page.get_by_text(FOUND[language])).to_be_visible()
    expect(page.get_by_text(new, exact=True)).to_be_visible()
    expect(page.get_by_text(who.address, exact=True)).to_have_count(0)
    assert not overflows(page)
    [letter] = wait_for(lambda: live.mails(who.address))
    assert new not in letter


@pytest.mark.parametrize(("language", "js"), [("fr", True), ("en", False)])
def test_signing_out_everywhere_else(live, new_page, language, js):
    name = f"sessions-{language}"
    told(live, name)
    elsewhere = new_page(language, who=name)
    elsewhere.goto("/me")
    page = new_page(language, 375, js=js, who=name)

    page.goto("/me/sessions")
    if js:
        assert axe(page) == []
    expect(page.get_by_role("listitem").filter(has_text=re.compile("Ce navigateur|This browser"))).to_have_count(1)
    press(page, "Fermer toutes les autres sessions", "Sign out everywhere else")
    page.wait_for_url("**/me/sessions?closed=*")

    elsewhere.goto("/me")
    assert "/sign-in" in elsewhere.url
    assert not overflows(page)


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 375)])
def test_the_team_changes_its_password(live, new_page, language, width):
    name = f"password-{language}"
    who = told(live, name)
    page = new_page(language, width, who=who.practitioner)

    page.goto("/me")
    assert axe(page) == []
    page.goto("/me/password")
    behold(page, "me-password", language)
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#password").fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#current_password")).to_have_value("")
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#password").fill(BETTER)
    page.keyboard.press("Enter")

    page.wait_for_url("**/me?done=password")
    door = new_page(language, width)
    door.goto("/sign-in/team")
    door.locator("#email").fill(who.team_address)
    door.locator("#password").fill(PASSWORD)
    door.keyboard.press("Enter")
    expect(door.locator("#error-summary")).to_be_visible()
