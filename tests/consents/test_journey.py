"""A consent collected on the centre's screen, then withdrawn by the patient: pages, search and jobs refuse at once."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.access.consent import Use
from app.consents.queries import allowed
from app.lib import clock
from app.lib.db import fetch_value
from app.patients.queries import list_found
from app.responses.actions import score_response, submit_response
from app.responses.fingerprints import digest
from app.responses.queries import answers_of, scores_of_response
from tests.journeys.story import Told, axe, behold, enter_by_password, overflows, press, told
from tests.live import Live, wait_for

WORDS = {
    "fr": {"closed": "est fermé", "certified": "est certifié", "no": "Votre non est noté", "sarah": "GARNIER Sarah"},
    "en": {"closed": "is closed", "certified": "is certified", "no": "Your no is noted", "sarah": "GARNIER Sarah"},
}


@pytest.mark.parametrize(("language", "width", "js"), [("fr", 1280, True), ("en", 375, False)])
def test_consent_is_collected_then_withdrawn(live, new_page, language, width, js):
    who = told(live, f"consent-{language}")
    response = who.opened("phq9")
    team, words = new_page(language, width, js=js), WORDS[language]
    enter_by_password(team, who, f"/patients/{who.patient}/consents")

    collect(team, language, js=js)

    expect(team.locator("main")).to_contain_text(words["certified"])
    assert not overflows(team)
    assert live.do(allowed(who.patient, Use.EXPORT))
    copy = wait_for(lambda: live.do(fetch_value("SELECT copy FROM consent WHERE patient = $1", who.patient)))
    assert copy

    withdraw(new_page(language, width, js=js, who=who.name), language, js=js)

    refused(team, who, words)
    assert not found(live, who)
    live.do(send(live, who, response))
    assert live.do(scores_of_response(response)) == []
    sent = wait_for(lambda: live.do(kept_from(response)))
    assert sent


def collect(team: Page, language: str, *, js: bool) -> None:
    """Begin, sign with the patient beside, certify."""
    press(team, "Recueillir un consentement", "Collect a consent")
    team.locator("input[name=purposes][value=care]").check()
    team.locator("input[name=purposes][value=research]").check()
    team.locator(f"input[name=language][value={language}]").check()
    team.locator("input[name=method][value=screen]").check()
    press(team, "Continuer", "Continue")
    team.wait_for_url("**/sign")
    press(team, "Signer", "Sign")
    expect(team.locator("#error-summary")).to_be_visible()
    if js:
        behold(team, "consent-sign", language)
    for box in team.locator("input[type=checkbox]").all():
        box.check()
    for purpose in ("care", "research"):
        team.locator(f"input[name=answer-{purpose}][value=yes]").check()
    team.locator("#name").fill("Sarah Garnier")
    press(team, "Signer", "Sign")
    team.wait_for_url("**/certify")
    assert not js or axe(team) == []
    for box in team.locator("input[name=ticks]").all():
        box.check()
    press(team, "Certifier", "Certify")
    team.wait_for_url("**/consents?done=certified")
    if js:
        behold(team, "consents-tab", language)


def withdraw(page: Page, language: str, *, js: bool) -> None:
    """The patient takes back what they allowed, and need not say why."""
    page.goto("/me")
    page.locator("a[href='/me/consents']").click()
    page.locator("a[href$='/care']").click()
    if js:
        behold(page, "consent-own", language)
    press(page, "Retirer mon consentement", "Withdraw my consent")
    page.wait_for_url("**/withdraw")
    assert not js or axe(page) == []
    press(page, "Retirer mon consentement", "Withdraw my consent")
    page.wait_for_url("**?done=no")
    expect(page.locator("main")).to_contain_text(WORDS[language]["no"])


def refused(team: Page, who: Told, words: dict[str, str]) -> None:
    """The team's pages say by code that the record is closed, and a search finds nobody."""
    reply = team.goto(f"/patients/{who.patient}")
    assert reply is not None
    assert reply.status == 403
    expect(team.locator("h1")).to_contain_text(words["closed"])
    assert words["sarah"] not in team.content()
    team.goto("/today")
    team.locator("#search").fill("Garnier Sarah")
    team.locator("#search").press("Enter")
    team.wait_for_url("**/patients/search")
    assert str(who.patient) not in team.content()


def found(live: Live, who: Told) -> bool:
    people = live.do(list_found(live.people[who.practitioner].actor, "Garnier Sarah"))
    return who.patient in {one.id for one in people}


async def send(live: Live, who: Told, response: UUID) -> None:
    """The patient goes on answering; the job that would compute stops."""
    seen = digest(await answers_of(response))
    await submit_response(live.people[who.name].actor, response, seen, "fr", at=clock.now())
    await score_response(response, at=clock.now())


async def kept_from(response: UUID) -> int:
    count: int = await fetch_value(
        "SELECT count(*) FROM audit_event WHERE action = 'consent.kept_from' AND subject = $1", response
    )
    return count
