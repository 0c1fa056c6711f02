"""A mother of two: she answers for the one, is invited for the other by mail, and each response says who answered."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.accounts.actions import opening, places
from app.accounts.model import Kind, NewAccount
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.audit.actions import NOBODY
from app.demo.answering import answer
from app.demo.cast import LEA
from app.lib import clock
from app.patients.actions import create_patient
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.model import NewPatient
from tests import people as cast
from tests.journeys.story import behold, press
from tests.live import Live, wait_for
from tests.pages import overflows

GIVEN = next(sent.given for sent in LEA.sent)
DAYS_OPEN = timedelta(days=7)


@pytest.mark.capability("R13")
@pytest.mark.capability("R14")
@pytest.mark.capability("E26")
@pytest.mark.parametrize(("language", "width", "js"), [("fr", 375, False), ("en", 1280, True)], ids=str)
def test_a_mother_answers_for_both(live, new_page, language, width, js):
    name = f"nora-{language}"
    first, second, contact, person = live.do(_family(live.people, name))
    live.people.by_name[name] = person
    record = f"/patients/{second}"

    team = new_page(language, who="ines")
    team.goto(f"{record}/contacts/{contact}/invite")
    team.locator("main form").get_by_role("button").last.click()
    expect(team.locator("section[aria-labelledby=contacts]")).to_contain_text(person.email)
    link = _link(live, person.email)

    mother = new_page(language, width, js=js, who=name)
    mother.goto(link)
    assert "Tim" not in mother.content()  # before the birth date nothing is said of the child
    for part, value in {"day": "14", "month": "9", "year": "2017"}.items():
        mother.locator(f"[name=born-{part}]").fill(value)
    mother.locator("main form").get_by_role("button").click()
    expect(mother.locator("h1")).to_contain_text("Tim")
    mother.locator("main form").get_by_role("button").click()
    mother.wait_for_url("**/home")
    expect(mother.locator(".co-strip")).to_contain_text("Tim")
    expect(mother.locator(".co-strip")).to_contain_text("Lise")

    for child, called in ((first, "Lise"), (second, "Tim")):
        response = live.do(_draft(live.people, name, child))
        mother.goto(f"/responses/{response}/review")
        press(mother, "Envoyer", "Send")
        mother.wait_for_url("**/sent")
        mother.goto(f"/responses/{response}")
        said = re.compile(rf"(Répondu par|Answered by) Nora Petit \((mère|mother)\) (pour|for) {called} Petit")
        expect(mother.locator("main")).to_contain_text(said)
        _team_reads(team, child, response, said)
    mother.goto("/me/relatives")
    assert not overflows(mother)
    if js:
        behold(mother, "relatives", language)
        team.goto(f"{record}/contacts")
        behold(team, "contacts", language)


def _team_reads(team: Page, child: UUID, response: UUID, said: re.Pattern[str]) -> None:
    team.goto(f"/responses/{response}")
    expect(team.locator("main")).to_contain_text(said)
    team.goto(f"/patients/{child}/questionnaires")
    expect(team.locator("main")).to_contain_text(re.compile(r"Nora Petit \((mère|mother)\)"))


def _link(live: Live, address: str) -> str:
    """The address within the invitation that was mailed."""
    pattern = re.compile(r"https?://[^/\s]+(/invitation/\S+)")

    def mailed() -> list[str]:
        return [found[1] for text in live.mails(address) if (found := pattern.search(text))]

    wait_for(lambda: bool(mailed()))
    return mailed()[-1]


async def _family(people: cast.Cast, name: str) -> tuple[UUID, UUID, UUID, cast.Person]:
    """Lise, for whom Nora answers; Tim, whose contact she is; the contact, and Nora signed in."""
    ines, at = people["ines"].actor, clock.now()
    lise, tim = [
        await create_patient(
            ines, NewPatient(given_names=given, family_name="Petit", birth_date=born, sex="unknown"), at=at
        )
        for given, born in (("Lise", date(2014, 3, 2)), ("Tim", date(2017, 9, 14)))
    ]
    email = f"{name}@example.org"
    new = NewAccount(kind=Kind.PATIENT, email=email, given_name="Nora", family_name="Petit")
    account = await opening.create_account(NOBODY, new, at=at)
    await places.link_patient(NOBODY, account, lise, "mother", since=cast.SINCE, at=at)
    known = NewContact(given_name="Nora", family_name="Petit", email=email, kind="mother")
    contact = await add_contact(ines, tim, known, at=at)
    return lise, tim, contact, await cast.signed_in(account, email)


async def _draft(people: cast.Cast, name: str, child: UUID) -> UUID:
    """What Nora has answered so far about one child."""
    today = clock.day_in("Europe/Paris", clock.now())
    asked = NewAssignment(
        patient=child,
        questionnaire="daily_life_proxy",
        answered_by="proxy",
        organisation=people.lyon,
        opens_on=today,
        due_on=today + DAYS_OPEN,
    )
    assignment = await assign_questionnaire(people["ines"].actor, asked, at=clock.now())
    return await answer(people[name].actor, assignment, GIVEN, "fr", at=clock.now())
