"""Trials for journeys, and whom they are about: each journey has files, a patient and a practitioner of its own."""

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, expect

from app.consents.actions import deciding
from app.consents.rendering import texts_in_use
from app.lib import clock
from app.lib.db import fetch_value
from app.lib.i18n import ZONE
from app.patients.affiliations.actions import ask_affiliation
from app.patients.affiliations.actions.deciding import approve_request
from app.patients.queries import get_patient
from app.trials.enrolling.actions import Joining, Screening, enrol
from app.trials.queries import find_enrolment
from app.trials.signing.actions import sign_visit
from app.trials.signing.queries import preflight
from app.trials.visits.actions.holding import complete_visit, open_visit
from tests.journeys.story import PHQ9, Told, choose, press, told
from tests.live import ROOT, Live
from tests.pages import axe, overflows
from tests.trials.stories import applied, opened, text_of, visit_named

TODAY = clock.day_in(ZONE, clock.now())
SHORT = text_of("small").replace(", gad7]", "]").replace("[madrs, {key: ymrs, required: false}]", "[madrs]")


def named(key: str, title: str, text: str = SHORT) -> str:
    """The small trial under another key and name; its first visit asks a PHQ-9 of the patient, a MADRS of the team."""
    return text.replace("key: small", f"key: {key}").replace("Small trial", title).replace("Petit essai", title)


@dataclass(frozen=True)
class Taking:
    """Somebody who takes part, by their enrolment."""

    who: Told
    enrolment: UUID

    def visit(self, name: str = "start#0") -> str:
        """The address of one visit."""
        return f"/visits/{self.who.live.do(visit_named(self.enrolment, name)).id}"


def trial_in(live: Live, text: str, *centres: UUID) -> str:
    """The trial of this text is open in these centres; its key."""
    return str(live.do(_trial_in(text, *centres)))


async def _trial_in(text: str, *centres: UUID) -> str:
    key = (await applied(text)).key
    await opened(key, *centres)
    return key


def agrees(who: Told, key: str) -> None:
    """The patient agrees to take part, on their own page."""
    who.live.do(_agrees(who, f"trial:{key}"))


async def _agrees(who: Told, purpose: str) -> None:
    wish = deciding.Wish(purpose, True, (await texts_in_use())[purpose].version, "fr")
    await deciding.decide(who.live.people[who.name].actor, who.patient, wish, at=clock.now())


def takes_part(live: Live, name: str, key: str, *, on: date = TODAY) -> Taking:
    """A new patient of Lyon, enrolled there by a practitioner of their own."""
    who = told(live, name)
    agrees(who, key)
    screening, joining = Screening(patient=who.patient, trial=key, answers={}), Joining(included_on=on)
    return Taking(who, live.do(enrol(live.people[who.practitioner].actor, screening, joining, at=clock.now())))


def held_and_signed(one: Taking) -> None:
    """Their first visit was held, something lacks for a reason, and it is signed."""
    one.who.live.do(_held_and_signed(one))


async def _held_and_signed(one: Taking) -> None:
    by, visit = one.who.live.people[one.who.practitioner].actor, await visit_named(one.enrolment, "start#0")
    await open_visit(by, visit.id, TODAY, at=clock.now())
    await complete_visit(by, visit.id, TODAY, "Ill that day.", at=clock.now())
    after, enrolment = await visit_named(one.enrolment, "start#0"), await find_enrolment(one.enrolment)
    assert enrolment is not None
    seen = (await preflight(after, enrolment, TODAY)).seen
    assert await sign_visit(by, visit.id, seen, confirmed=True, at=clock.now())


def followed_in_brest(who: Told) -> None:
    """Brest follows the patient too, as Lyon agreed."""
    who.live.do(_followed_in_brest(who))


async def _followed_in_brest(who: Told) -> None:
    people, at = who.live.people, clock.now()
    known = (await get_patient(who.patient)).known
    request = await ask_affiliation(people["zoe"].actor, known, "", at=at)
    about = "SELECT id FROM affiliation_request_record WHERE request = $1 AND patient = $2"
    question = await fetch_value(about, request, who.patient)
    await approve_request(people[who.practitioner].actor, question, at=at)


def operator(live: Live, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`cohorte trial …` as whoever runs the server types it."""
    command = [sys.executable, "-m", "app.cli", "trial", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=live.environment, capture_output=True, text=True, timeout=60)


def longer(text: str) -> str:
    """Version 1.1.0 of the small trial: once more at home, in a longer window, also for whoever is enrolled."""
    text = text.replace('version: "1.0.0"\ntitle', 'version: "1.1.0"\ntitle')
    text = text.replace("times: 6", "times: 7").replace("10 days]", "12 days]")
    said = '{version: "1.1.0", approved: "2026-06-01", changes: {en: Longer., fr: Prolongé.}, '
    return text.replace("sdv:", f"amendments:\n  - {said}enrolled_people: future_visits}}\nsdv:")


# --- what people do -------------------------------------------------------------------------------------------------


def usable(page: Page) -> None:
    """Anybody can use it as it stands."""
    found = axe(page)
    assert not found, f"{page.url}: {found}"
    assert not overflows(page), page.url


def fits(page: Page) -> None:
    """Nothing runs off the side; axe has no answer where no script runs."""
    assert not overflows(page), page.url


def screening(page: Page, who: Told, key: str) -> None:
    """From the record's trials to the page on which somebody is checked."""
    page.goto(f"/patients/{who.patient}/trials")
    page.locator("main a[href$='/trials/new']").click()
    page.locator(f"main a[href$='/trials/{key}/screening']").click()
    page.wait_for_url(f"**/trials/{key}/screening")


def confirm(page: Page) -> None:
    """Enrol with what is on the page, and see that it is done."""
    press(page, "Inclure avec ce calendrier", "Enrol with this calendar")
    page.wait_for_url("**/trials?done=enrolled")
    expect(page.locator("main [role=status]").first).to_be_visible()


def go_to_visit(page: Page) -> str:
    """From the record's trials to the visit that comes first; its address."""
    page.locator("main a[href^='/visits/']").first.click()
    page.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}$"))
    return page.url


def answer_phq9(page: Page, *, worry: int = 0) -> None:
    """Say yes to the introduction, answer each question alike, read again and send."""
    press(page, "Commencer", "Start")
    for item in PHQ9:
        choose(page, item, worry)
    _on(page)
    if worry:
        choose(page, "q10", 1)
        _on(page)
    _send(page)


def rate_madrs(page: Page) -> None:
    """Type the ten figures of the paper form, read again and send."""
    for item in range(1, 11):
        page.locator(f"#q{item}").fill("1")
    _on(page)
    _send(page)


def _on(page: Page) -> None:
    page.locator("button[name=go][value=next]").last.click()


def _send(page: Page) -> None:
    page.locator("#send button[type=submit]").click()
    page.wait_for_url("**/sent")
