"""Signing in as people do it: French, English, without JavaScript, on a telephone, and again in place."""

import pytest
from playwright.sync_api import expect

from tests.pages import axe, overflows
from tests.people import PASSWORD

WORDS = {
    "fr": ("Se connecter", "Recevoir un code", "Saisissez votre code", "Continuer", "Code à 6\xa0chiffres"),
    "en": ("Sign in", "Send me a code", "Enter your code", "Continue", "6-digit code"),
}


@pytest.mark.parametrize(
    ("language", "width", "js"), [("fr", 1280, True), ("en", 375, True), ("fr", 320, False)], ids=str
)
def test_a_patient_signs_in_by_mailed_code(live, new_page, language, width, js):
    who = {("fr", True): "paul", ("en", True): "claire", ("fr", False): "yann"}[language, js]
    address = live.people[who].email
    title, ask, enter, go_on, label = WORDS[language]
    page = new_page(language, width, js=js)

    page.goto("/privacy")
    page.goto("/sign-in?next=/privacy")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.locator("#email").fill(address)
    page.get_by_role("button", name=ask).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(enter)
    page.get_by_label(label).fill(live.mail_code(address))
    page.get_by_role("button", name=go_on).click()

    page.wait_for_url("**/privacy")
    assert "cohorte_session" in {cookie["name"] for cookie in page.context.cookies()}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/team", "/help", "/nowhere", "/language/xx"])
def test_the_doors_are_open_to_everybody(new_page, path, language):
    page = new_page(language, 375)

    page.goto(path)

    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert not overflows(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert axe(page) == []


def test_a_wrong_code_says_what_to_do(live, new_page):
    page = new_page("fr", 375)
    page.goto("/sign-in")
    page.locator("#email").fill("nobody@example.org")
    page.get_by_role("button", name="Recevoir un code").click()

    page.locator("#code").fill("123456")
    page.get_by_role("button", name="Continuer").click()

    expect(page).to_have_title("Erreur\xa0: Saisissez votre code – Cohorte")
    expect(page.locator("#code-error")).to_contain_text("Ce n’est pas le bon code.")
    assert axe(page) == []


def test_the_team_signs_in_with_two_steps(live, new_page):
    page = new_page("en")

    page.goto("/sign-in/team?next=/membership")
    page.get_by_label("Your work email address").fill("marc@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    assert axe(page) == []
    page.get_by_label("6-digit code").fill(live.totp_code("marc"))
    page.keyboard.press("Enter")

    page.wait_for_url("**/membership")
    expect(page.get_by_role("group", name="Centre you act in")).to_be_visible()
    assert axe(page) == []


def test_the_choice_of_language_keeps_the_page(live, new_page):
    page = new_page("fr")
    page.goto("/sign-in?next=/privacy")

    page.get_by_role("link", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page).to_have_url(f"{live.url}/sign-in?next=/privacy")
