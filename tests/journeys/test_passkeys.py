"""Passkeys with Chromium's virtual authenticator: a practitioner and a patient add one, sign in and confirm with it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.story import behold, leave, press, told

PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
WORDS = {
    "fr": ("Clés d’accès", "Donnez un nom à la clé d’accès", "Rien n’a été confirmé."),
    "en": ("Passkeys", "Give the passkey a name", "Nothing was confirmed."),
}


class Device:
    """What the browser keeps passkeys in."""

    def __init__(self, page) -> None:
        self.link = page.context.new_cdp_session(page)
        self.link.send("WebAuthn.enable")
        self.id = self.link.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})["authenticatorId"]

    def recognises_its_owner(self, does: bool) -> None:
        self.link.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": does})

    @property
    def held(self) -> int:
        return len(self.link.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])


@pytest.mark.capability("R5")
@pytest.mark.capability("T22")
@pytest.mark.parametrize(("language", "team"), [("fr", False), ("en", True)], ids=["patient-fr", "team-en"])
def test_a_passkey_is_added_and_used(live, new_page, language, team):
    story = told(live, f"passkey-{language}")
    who, home = (story.practitioner, "/today") if team else (story.name, "/home")
    title, name_it, nothing = WORDS[language]
    page = new_page(language, who=who)
    device = Device(page)

    page.goto("/me/passkeys")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    press(page, "Ajouter une clé d’accès", "Add a passkey")
    behold(page, "passkey-new", language)
    press(page, "Ajouter une clé d’accès", "Add a passkey")
    expect(page.locator("#name-error")).to_contain_text(name_it)
    page.locator("#name").fill("Téléphone de Sarah")
    press(page, "Ajouter une clé d’accès", "Add a passkey")
    page.wait_for_url("**/me/passkeys")
    expect(page.get_by_text("Téléphone de Sarah").first).to_be_visible()
    assert device.held == 1
    behold(page, "passkeys", language)

    leave(page)
    page.goto("/sign-in/team" if team else "/sign-in")
    behold(page, "sign-in-team" if team else "sign-in", language)
    device.recognises_its_owner(False)
    press(page, "Utiliser une clé d’accès", "Use a passkey")
    expect(page.get_by_role("status").filter(has_text=nothing)).to_be_visible()
    expect(page.locator("button:focus")).to_have_count(1)
    device.recognises_its_owner(True)
    press(page, "Utiliser une clé d’accès", "Use a passkey")

    page.wait_for_url(live.url + home)


def test_confirming_with_a_passkey_loses_nothing(live, new_page):
    """A form that was sent too late for its second factor goes on after the passkey."""
    story = told(live, "passkey-held")
    page = new_page("en", who=story.practitioner)
    Device(page)
    page.goto("/me/passkeys/new")
    page.locator("#name").fill("First")
    press(page, "Add a passkey")
    page.wait_for_url("**/me/passkeys")
    page.goto("/me/recovery-codes")
    live.age_factors(story.practitioner)

    press(page, "Make my codes")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    behold(page, "step-up", "en")
    press(page, "Confirm with a passkey")
    press(page, "Save and go on")

    expect(page.locator("#codes li")).to_have_count(10)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_javascript_other_ways_are_offered(new_page, language):
    page = new_page(language, 375, js=False)

    page.goto("/sign-in?next=/answers")
    press(page, "Utiliser une clé d’accès", "Use a passkey")

    # Chromium does not draw it when scripts are switched off by its driver, as it does when a person does so.
    page.wait_for_url("**/sign-in/passkey**")
    said = page.locator("noscript").inner_html()
    assert {"fr": "JavaScript est désactivé", "en": "JavaScript is switched off"}[language] in said
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    expect(page.locator("main a[href='/sign-in?next=/answers']").first).to_be_visible()
