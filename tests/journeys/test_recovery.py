"""An authenticator is set up and used, and codes on paper open the door when it is lost."""

import pytest
from playwright.sync_api import expect

from app.accounts import one_time
from app.lib import clock
from tests.journeys.story import behold, behold_still, leave, press, told
from tests.people import PASSWORD

LOGGED_IN = "**/today"


def after_password(page, who) -> None:
    page.goto("/sign-in/team")
    page.locator("#email").fill(who.team_address)
    page.locator("#password").fill(PASSWORD)
    press(page, "Continuer", "Continue")
    page.wait_for_url("**/sign-in/team/code**")


@pytest.mark.capability("E14")
@pytest.mark.capability("R6")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_authenticator_then_recovery_codes(live, new_page, language):
    who = told(live, f"totp-{language}")
    page = new_page(language, who=who.practitioner)

    page.goto("/me/authenticator")
    behold(page, "authenticator", language)
    press(page, "La remplacer", "Replace it")
    page.wait_for_url("**/me/authenticator/new")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    behold(page, "authenticator-new", language)
    page.locator("#code").fill(one_time.code_at(secret, clock.now()))
    press(page, "Confirmer", "Confirm")
    page.wait_for_url("**/me/recovery-codes?first=1")
    behold(page, "recovery", language)
    press(page, "Créer mes codes", "Make my codes")
    expect(page.locator("#codes li")).to_have_count(10)
    codes = page.locator("#codes li").all_inner_texts()
    behold(page, "recovery-codes", language)
    leave(page)

    after_password(page, who)
    behold(page, "second-factor", language)
    next_step = int(clock.now().timestamp()) // one_time.STEP + 1
    page.locator("#code").fill(one_time.TOTP(secret).at(next_step * one_time.STEP))
    press(page, "Se connecter", "Sign in")
    page.wait_for_url(LOGGED_IN)
    leave(page)

    after_password(page, who)
    press(page, "Utiliser un code de secours", "Use a recovery code")
    page.locator("#recovery").fill("AAAAA-22222")
    press(page, "Se connecter", "Sign in")
    expect(page.locator("#recovery-error")).not_to_be_empty()
    behold(page, "recovery-wrong", language)
    page.locator("#recovery").fill(codes[0].strip().lower())
    press(page, "Se connecter", "Sign in")
    page.wait_for_url(LOGGED_IN)


def test_without_javascript_the_same_doors_open(live, new_page):
    """The factors of a professional without a script: what one has is set up, shown and used."""
    who = told(live, "totp-still")
    page, reader = new_page("fr", js=False, who=who.practitioner), new_page("fr")

    page.goto("/me/authenticator/new")
    behold_still(page, reader, "authenticator-still", "fr")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("#code").fill(one_time.code_at(secret, clock.now()))
    press(page, "Confirmer")
    page.wait_for_url("**/me/recovery-codes?first=1")
    live.age_factors(who.practitioner)
    press(page, "Créer mes codes")

    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est bien vous")
    behold_still(page, reader, "step-up-still", "fr")
    next_step = int(clock.now().timestamp()) // one_time.STEP + 1
    page.locator("#code").fill(one_time.TOTP(secret).at(next_step * one_time.STEP))
    press(page, "Confirmer")
    press(page, "Enregistrer et continuer", "Enregistrer")
    expect(page.locator("#codes li")).to_have_count(10)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_patient_confirms_by_mailed_code(live, new_page, language):
    who = told(live, f"confirm-{language}")
    page = new_page(language, 375, who=who.name)
    live.age_factors(who.name)

    page.goto("/me/recovery-codes")
    press(page, "Envoyer un code à", "Send a code to")
    expect(page.locator("#code")).to_be_visible()
    behold(page, "step-up-patient", language)
    page.locator("#code").fill(live.mail_code(who.address))
    press(page, "Confirmer", "Confirm")

    page.wait_for_url("**/me/recovery-codes")
