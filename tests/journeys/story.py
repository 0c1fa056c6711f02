"""One patient and one practitioner of their own for each journey, and the steps that people take in it."""

import os
import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from app.accounts.actions import opening, places
from app.accounts.model import Kind, NewAccount, NewPlace
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.assignments.queries import find_assignment
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import fetch, fetch_value
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.responses.actions import open_response
from tests import people as cast
from tests.live import ROOT, Live
from tests.pages import axe, overflows

SHOTS = ROOT / "var" / "screenshots"
PICTURES = bool(os.environ.get("PICTURES"))
"""Whether pictures are wanted, as in `PICTURES=1 make test`. They prove nothing and take longer than all the rest."""
PHQ9 = tuple(f"q{number}" for number in range(1, 10))
DAYS_OPEN = 7
WIDTHS = (1280, 375)


@dataclass(frozen=True)
class Told:
    """Whom a journey is about: a patient of Lyon with an account, and a practitioner there."""

    live: Live
    name: str
    patient: UUID
    address: str
    practitioner: str

    @property
    def team_address(self) -> str:
        return self.live.people[self.practitioner].email

    def ask_for(self, key: str) -> UUID:
        """The practitioner asks for a questionnaire; the id of the assignment."""
        return self.live.do(_ask(self.live.people, self.patient, self.practitioner, key))

    def opened(self, key: str) -> UUID:
        """A response that the patient has just opened."""
        return self.live.do(_open(self.live.people, self.patient, self.name, self.practitioner, key))


def told(live: Live, name: str, family: str = "Garnier") -> Told:
    """A new patient `name` and a practitioner, both in Lyon; a family name of their own for who is looked for by it."""
    practitioner = f"dr-{name}"
    people, patient = live.do(_appear(live.people.lyon, name, practitioner, family))
    live.people.by_name.update(people)
    return Told(live, name, patient, people[name].email, practitioner)


async def _appear(lyon: UUID, name: str, practitioner: str, family: str) -> tuple[dict[str, cast.Person], UUID]:
    at = clock.now()
    new = NewAccount(
        kind=Kind.PROFESSIONAL,
        email=f"{practitioner}@example.org",
        given_name="Anne",
        family_name="Roux",
        password=cast.PASSWORD,
        totp_secret=cast.TOTP_SECRET,
    )
    account = await opening.create_account(NOBODY, new, at=at)
    await opening.note_training(NOBODY, account, date(2100, 1, 1), at=at)
    await places.add_membership(NOBODY, account, NewPlace(lyon, "psychiatrist"), since=cast.SINCE, at=at)
    doctor = await cast.signed_in(account, new.email)
    person = NewPatient(
        given_names="Sarah",
        family_name=family,
        birth_date=date(1987, 4, 9),
        sex="female",
        phone="06 12 34 56 78",
    )
    patient = await create_patient(doctor.actor, person, at=at - timedelta(days=200))
    own = NewAccount(
        kind=Kind.PATIENT,
        email=f"{name}@example.org",
        given_name=person.given_names,
        family_name=person.family_name,
    )
    account = await opening.create_account(NOBODY, own, at=at)
    await places.link_patient(NOBODY, account, patient, "self", since=cast.SINCE, at=at)
    return {practitioner: doctor, name: await cast.signed_in(account, own.email)}, patient


async def _ask(people: cast.Cast, patient: UUID, practitioner: str, key: str) -> UUID:
    today = clock.day_in("Europe/Paris", clock.now())
    new = NewAssignment(
        patient=patient,
        questionnaire=key,
        answered_by="patient",
        organisation=people.lyon,
        opens_on=today,
        due_on=today + timedelta(days=DAYS_OPEN),
    )
    return await assign_questionnaire(people[practitioner].actor, new, at=clock.now())


async def _open(people: cast.Cast, patient: UUID, name: str, practitioner: str, key: str) -> UUID:
    assignment = await find_assignment(await _ask(people, patient, practitioner, key))
    assert assignment is not None
    return await open_response(people[name].actor, assignment, "fr", at=clock.now())


# --- what people do -------------------------------------------------------------------------------------------------


def press(page: Page, *names: str) -> None:
    """Press the button or follow the link of one of these names (the French one, the English one)."""
    either = re.compile("^(" + "|".join(re.escape(name) for name in names) + ")")
    page.get_by_role("button", name=either).or_(page.get_by_role("link", name=either)).first.click()


def enter_by_mail(page: Page, who: Told, path: str = "/home") -> None:
    """Sign in by mailed code and arrive at `path`."""
    who.live.forget_sign_ins()
    page.goto(f"/sign-in?next={path}")
    page.locator("#email").fill(who.address)
    press(page, "Recevoir un code", "Send me a code")
    page.locator("#code").fill(who.live.mail_code(who.address))
    press(page, "Continuer", "Continue")
    page.wait_for_url(who.live.url + path)


def enter_by_password(page: Page, who: Told, path: str) -> None:
    """A practitioner signs in with password and authenticator, and arrives at `path`."""
    page.goto(f"/sign-in/team?next={path}")
    page.locator("#email").fill(who.team_address)
    page.locator("#password").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").fill(who.live.totp_code(who.practitioner))
    page.keyboard.press("Enter")
    page.wait_for_url(who.live.url + path)


def leave(page: Page) -> None:
    """Sign out, and wait until that is done: a page opened meanwhile would break it off."""
    before = page.url
    press(page, "Se déconnecter", "Sign out")
    page.wait_for_url(lambda url: url != before)


def card(page: Page, item: str) -> Locator:
    return page.locator(f"#item-{item}")


def choose(page: Page, item: str, value: object) -> None:
    page.locator(f"#item-{item} input[name='{item}'][value='{value}']").check()


def saved(page: Page) -> None:
    """Wait until the page says when it saved and nothing is under way."""
    words = re.compile(r"(Enregistré à \d+\xa0h\xa0\d\d|Saved at \d+[:.]\d\d)")
    expect(page.locator("#save-status")).to_have_text(words)
    expect(page.locator(".co-autosave--busy, .co-autosave--failed")).to_have_count(0)


def answers_of(live: Live, response: UUID) -> dict[str, str | None]:
    """The current answers as JSON texts."""
    return dict(live.do(_answers(response)))


async def _answers(response: UUID) -> list[tuple[str, str | None]]:
    rows = await fetch("SELECT item, value FROM answer WHERE response = $1 AND value IS NOT NULL", response)
    return [(row["item"], row["value"]) for row in rows]


def response_of(live: Live, assignment: UUID) -> UUID:
    found: UUID = live.do(fetch_value("SELECT response FROM assignment WHERE id = $1", assignment))
    return found


# --- what is looked at ----------------------------------------------------------------------------------------------


def shoot(page: Page, name: str, language: str, *, whole: bool = True) -> None:
    """Where pictures are wanted, one of the page as it stands, under its name, language and width."""
    if PICTURES:
        SHOTS.mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=SHOTS / f"{name}-{language}-{width}.png", full_page=whole)


def behold(page: Page, name: str, language: str, *, whole: bool = True) -> None:
    """At each width axe finds nothing and nothing runs off the side; a picture, where pictures are wanted."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        shoot(page, name, language, whole=whole)
        found = axe(page)
        assert not found, f"{name} at {width}: {found}"
        assert not overflows(page), f"{name} at {width} runs off the side"


def behold_still(page: Page, reader: Page, name: str, language: str) -> None:
    """The same for a page without scripts, which axe cannot run in: `reader` shows what it shows."""
    shown = page.content()
    reader.route("**/still", lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
    reader.goto("/still")
    behold(reader, name, language)
