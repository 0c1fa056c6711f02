"""Looking after a centre and the network in a real browser: inviting somebody who gets in, and opening an identity."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.live import wait_for
from tests.pages import axe, overflows

SIZES = pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 375)])
PASSWORD = "seven herons over quiet water"
REASON = "Hospital call: the code must be matched to a person"


def looked_at(page: Page) -> None:
    """No page is left behind that axe or a narrow screen complains about."""
    assert axe(page) == []
    assert not overflows(page)


def press(page: Page, french: str, english: str) -> None:
    page.get_by_role("button", name=re.compile(f"{french}|{english}")).first.click()


def follow(page: Page, french: str, english: str) -> None:
    page.get_by_role("link", name=re.compile(f"{french}|{english}")).first.click()


@pytest.mark.capability("E35")
@SIZES
def test_an_invited_nurse_gets_in_and_is_seen(live, new_page, language, width):
    address = f"nina-{language}@example.org"
    admin = new_page(language, width, who="odile")
    admin.goto("/administration")
    looked_at(admin)
    follow(admin, "Invitations", "Invitations")
    follow(admin, "Inviter quelqu’un", "Invite somebody")
    looked_at(admin)
    press(admin, "Envoyer l’invitation", "Send the invitation")
    expect(admin.locator("#error-summary")).to_be_visible()
    looked_at(admin)
    admin.fill("#email", address)
    admin.fill("#given_name", "Nina")
    admin.fill("#family_name", f"Roux {language}")
    admin.select_option("#profession", "nurse")
    press(admin, "Envoyer l’invitation", "Send the invitation")
    expect(admin.locator("tbody tr").first).to_contain_text(address)
    looked_at(admin)

    [text] = wait_for(lambda: live.mails(address))
    link = re.search(rf"{live.url}(/invitations/\S+)", text)
    assert link is not None
    nina = new_page(language, width)
    nina.goto(link[1])
    expect(nina.locator("h1")).to_contain_text("Centre expert de Lyon")
    looked_at(nina)
    nina.fill("#password", "nina")
    press(nina, "Accepter et ouvrir", "Accept and open")
    expect(nina.locator("#password-error")).not_to_be_empty()
    looked_at(nina)
    nina.fill("#password", PASSWORD)
    press(nina, "Accepter et ouvrir", "Accept and open")
    nina.wait_for_url("**/invitations/accepted")
    looked_at(nina)
    follow(nina, "Commencer la formation", "Begin the course")
    nina.wait_for_url("**/training**")

    admin.goto("/administration/invitations")
    expect(admin.locator("tbody tr").first).to_contain_text(re.compile("Acceptée|Accepted"))
    follow(admin, "Voir la personne", "See the person")
    expect(admin.locator("h1")).to_have_text(f"Nina Roux {language}")
    expect(admin.locator("main")).to_contain_text(re.compile("Dernière connexion|Last sign-in"))
    expect(admin.locator("main")).to_contain_text(re.compile("Pas encore suivie|Not taken"))
    looked_at(admin)
    again = new_page(language, width)
    again.goto(link[1])
    expect(again.locator("h1")).to_have_text(re.compile("Ce lien n’ouvre pas|This link does not open"))
    looked_at(again)


@pytest.mark.capability("E40")
@SIZES
def test_an_identity_is_opened_for_a_reason_that_the_centre_reads(live, new_page, language, width):
    # Another person each time: to the first it is still open.
    opener = {"fr": "sacha", "en": "nour"}[language]
    page = new_page(language, width, who=opener)
    page.goto("/administration/patients")
    expect(page.locator("main")).not_to_contain_text("Lambert")
    looked_at(page)
    page.goto(f"/administration/patients/{live.people.paul_patient}/identity")
    press(page, "Ouvrir pour", "Open for")
    expect(page.locator("#error-summary")).to_be_visible()
    looked_at(page)
    page.fill("#reason", f"{REASON} ({language})")
    press(page, "Ouvrir pour", "Open for")
    expect(page.locator("h1")).to_have_text("Paul Lambert")
    looked_at(page)

    team = new_page(language, width, who="ines")
    for path in ("/today", f"/patients/{live.people.paul_patient}"):
        team.goto(path)
        expect(team.locator(".co-note").filter(has_text=f"{REASON} ({language})")).to_be_visible()
        looked_at(team)
    name = live.people[opener].actor.name
    wait_for(lambda: any(name in text for text in live.mails("odile@example.org")))


@pytest.mark.capability("E34")
@SIZES
def test_the_other_pages_of_administration_hold_up(live, new_page, language, width):
    people = live.people
    network = new_page(language, width, who="sacha")
    for path in (
        "/administration/organisations",
        "/administration/organisations/new",
        f"/administration/organisations/{people.lyon}",
        f"/administration/organisations/{people.lyon}/edit",
        f"/administration/organisations/{people.lyon}/close",
        "/administration/professionals",
        f"/administration/professionals/{people['hugo'].account}",
        f"/administration/professionals/{people['hugo'].account}/deliveries",
        f"/administration/professionals/{people['hugo'].account}/places/new",
        f"/administration/professionals/{people['hugo'].account}/close",
        "/permissions",
    ):
        reply = network.goto(path)
        assert reply is not None
        assert reply.status == 200, path
        looked_at(network)
    network.goto(f"/administration/professionals/{people['hugo'].account}")
    follow(network, "Mettre fin", "End")
    press(network, "Mettre fin", "End the place")
    expect(network.locator("#error-summary")).to_be_visible()
    looked_at(network)
