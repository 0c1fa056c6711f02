"""Signing up as people do it: a patient with and without JavaScript; a psychologist, from the form to the first day."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.accounts import one_time
from app.accounts.sign_up import proof
from app.lib import clock
from app.lib.i18n import catalogue
from tests.journeys.story import leave
from tests.live import wait_for
from tests.pages import axe, overflows

PASSWORD = "violette bouilloire neuf prairies"


def in_(language: str, text: str) -> str:
    """A text of the product in this language."""
    return catalogue(language).gettext(text)


def is_sound(page: Page, js: bool = True) -> None:
    """Nothing that axe (a script) finds, and nothing wider than the screen, also on the narrowest one."""
    assert not js or axe(page) == []
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert not overflows(page)
    page.set_viewport_size(size)


def press(page: Page, language: str, text: str) -> None:
    page.get_by_role("button", name=in_(language, text), exact=True).click()


def fill_in_patient(page: Page, email: str) -> None:
    page.locator("#family_name").fill("Delmas")
    page.locator("#given_name").fill("Ève")
    page.locator("#birth_date").fill("9")
    page.locator("#birth_date-month").fill("3")
    page.locator("#birth_date-year").fill("1984")
    page.locator("input[name=sex][value=female]").check()
    page.locator("#email").fill(email)


def take_time(page: Page) -> None:
    """As if the form had been on the screen for long: a program would be quicker than the seconds asked for."""
    stamp = proof.stamp(clock.now() - timedelta(minutes=1))
    page.locator("input[name=stamp]").evaluate("(field, value) => { field.value = value }", stamp)


@pytest.mark.capability("E7")
@pytest.mark.capability("E9")
@pytest.mark.parametrize(
    ("language", "width", "js"), [("fr", 1280, True), ("en", 375, True), ("fr", 375, False)], ids=str
)
def test_a_patient_signs_up(live, new_page, language, width, js):
    page = new_page(language, width, js=js)
    email = f"delmas.{language}.{width}.{js}@example.org".lower()

    page.goto("/sign-up")
    is_sound(page, js)
    page.get_by_role("link", name=in_(language, "Sign up as a patient")).click()
    page.wait_for_url("**/sign-up/patient")
    is_sound(page, js)
    fill_in_patient(page, email)
    if js:
        expect(page.locator("altcha-widget input[name=altcha]")).to_have_value(re.compile("^ey"))
        is_sound(page, js)
    else:
        expect(page.locator("[data-proof-without]")).to_be_visible()
    take_time(page)
    press(page, language, "Create my account")

    page.wait_for_url("**/sign-up/code")
    is_sound(page, js)
    page.locator("#code").fill(live.mail_code(email))
    press(page, language, "Confirm my address")

    page.wait_for_url("**/home")
    expect(page.locator(".co-empty")).to_contain_text(email)
    is_sound(page, js)


def test_faults_are_shown_and_nothing_is_lost(new_page):
    page = new_page("fr", 375)
    page.goto("/sign-up/patient")
    page.locator("#family_name").fill("Delmas")
    page.locator("#nir").fill("2 84 03")
    press(page, "fr", "Create my account")

    expect(page).to_have_title(re.compile("^Erreur\xa0: "))
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#family_name")).to_have_value("Delmas")
    expect(page.locator("#nir")).to_have_value("2 84 03")
    is_sound(page)
    page.locator("#error-summary a").last.click()
    expect(page.locator("#nir")).to_be_focused()


def test_a_form_sent_while_the_check_runs_waits_for_it(live, new_page):
    page = new_page("en", 1280)
    page.route("**/sign-up/challenge", lambda route: (page.wait_for_timeout(3500), route.continue_()))
    page.goto("/sign-up/patient")
    fill_in_patient(page, "hasty@example.org")

    press(page, "en", "Create my account")

    expect(page.locator("#live")).to_have_text(in_("en", "The check is still under way. Wait a moment."))
    page.wait_for_url("**/sign-up/code")


def signed_up_professional(live, page: Page, language: str, email: str) -> None:
    page.goto("/sign-up/professional")
    is_sound(page)
    page.locator("#family_name").fill("Tessier")
    page.locator("#given_name").fill(f"Léo {language.upper()}")
    page.locator("#profession").select_option("psychologist")
    page.locator("#organisation").select_option(str(live.people.lyon))
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    expect(page.locator("altcha-widget input[name=altcha]")).to_have_value(re.compile("^ey"))
    take_time(page)
    press(page, language, "Create my account")
    page.wait_for_url("**/sign-up/code")
    page.locator("#code").fill(live.mail_code(email))
    press(page, language, "Confirm my address")
    page.wait_for_url("**/waiting")


def set_up_authenticator(page: Page) -> str:
    """The secret, once a code of it was used to confirm it."""
    page.goto("/me/authenticator/new")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("#code").fill(one_time.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/recovery-codes*")
    return secret


def next_code(secret: str) -> str:
    """What the authenticator shows next, a step early as on a phone whose clock is ahead: each code works once."""
    return one_time.code_at(secret, clock.now() + timedelta(seconds=one_time.STEP))


@pytest.mark.capability("E12")
@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 375)], ids=str)
def test_a_psychologist_signs_up_is_approved_and_signs_in(live, new_page, language, width):
    page, email = new_page(language, width), f"tessier.{language}@example.org"
    signed_up_professional(live, page, language, email)
    expect(page.get_by_role("heading", level=1)).to_have_text(in_(language, "Your request is waiting"))
    is_sound(page)
    assert page.goto("/today").status == 403
    secret = set_up_authenticator(page)

    ines = new_page(language, 1280, who="ines")
    ines.goto("/administration/requests")
    is_sound(ines)
    ines.get_by_role("link", name=f"TESSIER Léo {language.upper()}").click()
    expect(ines.locator("dl").first).to_contain_text(email)
    is_sound(ines)
    press(ines, language, "Grant the place")
    ines.wait_for_url("**/administration/requests")
    expect(ines.locator("main")).to_contain_text(in_(language, "Granted"))

    leave(page)
    page.goto("/sign-in/team")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").fill(next_code(secret))
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/training\?next=/today$"))
    expect(page.locator(".co-strip")).to_contain_text("Centre expert de Lyon")
    assert "cohorte_session" in {cookie["name"] for cookie in page.context.cookies()}
    course = " Before the first patient’s record comes the short course on patients’ data."
    told = in_(language, f"Sign in to Cohorte: you can work there from now on.{course}")
    wait_for(lambda: any(told in text for text in live.mails(email)))
