"""Everything lost: two administrators open the account anew, and its owner signs in again. Or refuses."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.story import behold, press, told
from tests.live import wait_for
from tests.pages import axe, overflows

BETTER = "violet kettle over nine fields"
REASON = "Vue à l’accueil du centre, carte d’identité en main."


def link_in(live, address: str) -> str:
    """The newest link mailed there, once there is one."""

    def found() -> list[str]:
        return [link for text in live.mails(address) for link in re.findall(r"/reset/\S+", text)]

    return wait_for(found)[-1]


def ask(page, address: str, new: str = "") -> str:
    """The first administrator asks; the path of the reset."""
    page.goto("/administration/resets")
    page.locator("#email").fill(address)
    press(page, "Trouver le compte", "Find the account")
    page.locator("#reason").fill(REASON)
    page.locator("#email").fill(new)
    press(page, "Demander la réinitialisation", "Ask for the reset")
    page.wait_for_url(re.compile(r"/administration/resets/[0-9a-f-]{36}$"))
    return page.url


@pytest.mark.capability("E13")
@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 375)])
def test_a_lost_factor_is_reset_by_two_administrators(live, new_page, language, width):
    who = told(live, f"lost-{language}")
    new = f"found-{language}@example.org"
    former = new_page(language, who=who.practitioner)
    former.goto("/me")
    first, second = new_page(language, width, who="ines"), new_page(language, width, who="sacha")

    first.goto("/administration/resets")
    behold(first, "resets", language)
    path = ask(first, who.team_address, new)
    assert link_in(live, who.team_address)
    second.goto(path)
    behold(second, "reset", language)
    press(second, "Confirmer la réinitialisation", "Confirm the reset")
    expect(second.get_by_text(re.compile("Lien envoyé|Link sent"))).to_be_visible()

    former.goto("/me")
    assert "/sign-in" in former.url
    page = new_page(language, width)
    page.goto(link_in(live, new))
    behold(page, "reset-link", language)
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("#password").fill(BETTER)
    page.keyboard.press("Enter")
    page.wait_for_url("**/reset/done/team")
    assert axe(page) == []
    press(page, "Se connecter", "Sign in")
    page.locator("#email").fill(new)
    page.locator("#password").fill(BETTER)
    page.keyboard.press("Enter")
    page.locator("#code").fill(live.mail_code(new))
    page.keyboard.press("Enter")

    page.wait_for_url("**/me")
    expect(page.get_by_text(new, exact=True)).to_be_visible()
    assert not overflows(page)


@pytest.mark.parametrize("js", [True, False])
def test_the_owner_says_that_it_was_not_they(live, new_page, js):
    who = told(live, f"object-{js}".lower())
    ask(new_page("fr", who="ines"), who.team_address)
    page = new_page("fr", 375, js=js)

    page.goto(link_in(live, who.team_address))
    assert not js or axe(page) == []
    press(page, "Je n’ai rien demandé")

    expect(page.get_by_role("heading", level=1)).to_have_text("La réinitialisation n’aura pas lieu")
    page.goto(link_in(live, who.team_address))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne fonctionne plus")
    assert not js or axe(page) == []
    assert not overflows(page)
