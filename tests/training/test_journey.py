"""The course in a real browser, from a closed door to the printed certificate, with a script and without one."""

import io

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from app.accounts.actions import opening, places
from app.accounts.model import Kind, NewAccount, NewPlace
from app.audit.actions import NOBODY
from app.lib import clock
from app.training.quiz import QUESTIONS, SECTIONS
from tests import people as cast
from tests.journeys.story import shoot
from tests.live import Live
from tests.pages import axe, overflows


def newcomer(live: Live, name: str) -> str:
    """A nurse of Lyon who has not taken the course."""
    live.people.by_name[name] = live.do(_appear(live.people.lyon, name))
    return name


async def _appear(lyon, name):
    at = clock.now()
    new = NewAccount(kind=Kind.PROFESSIONAL, email=f"{name}@example.org", given_name="Nina", family_name="Roche")
    account = await opening.create_account(NOBODY, new, at=at)
    await places.add_membership(NOBODY, account, NewPlace(lyon, "nurse"), since=cast.SINCE, at=at)
    return await cast.signed_in(account, new.email)


def look(page: Page, name: str, language: str) -> None:
    """Reflow, axe and picture of the page as it is; axe cannot run where scripts do not."""
    assert not overflows(page), page.url
    assert "no-js" in name or axe(page) == [], page.url
    shoot(page, f"training-{name}", language)


def onwards(page: Page) -> None:
    page.locator("main .co-actions .nhsuk-button").first.click()


def answer(page: Page, *, wrong: int) -> None:
    """Choose every answer, the first ones wrongly."""
    for place, one in enumerate(QUESTIONS):
        value = one.right if place >= wrong else next(o for o in "abcd" if o != one.right)
        page.locator(f"input[name={one.key}][value={value}]").check(force=True)


@pytest.mark.parametrize(
    ("language", "width", "js"), [("fr", 1280, True), ("en", 375, True), ("fr", 375, False), ("en", 320, False)]
)
def test_from_the_closed_door_to_the_certificate(live, new_page, language, width, js):
    mode = "" if js else "-no-js"
    page = new_page(language, width, js=js, who=newcomer(live, f"nina-{language}-{width}{mode}"))
    wanted = f"/patients/{live.people.paul_patient}"

    page.goto(wanted)
    expect(page).to_have_url(f"{live.url}/training?next={wanted}")
    look(page, f"course{mode}", language)
    for section in SECTIONS:
        onwards(page)
        expect(page).to_have_url(f"{live.url}/training/{section}?next={wanted}")
        look(page, f"section-{section}{mode}", language)
    onwards(page)
    expect(page).to_have_url(f"{live.url}/training/quiz?next={wanted}")
    onwards(page)  # nothing answered
    expect(page.locator(".nhsuk-error-summary__list a")).to_have_count(len(QUESTIONS))
    look(page, f"quiz-missing{mode}", language)
    answer(page, wrong=2)
    onwards(page)
    expect(page.locator("main section.co-card")).to_have_count(2)
    look(page, f"failed{mode}", language)
    onwards(page)
    page.wait_for_url("**/training/quiz?again=1**")
    look(page, f"quiz{mode}", language)
    answer(page, wrong=1)
    onwards(page)
    expect(page.locator(".co-note--success")).to_be_visible()
    look(page, f"passed{mode}", language)
    onwards(page)
    expect(page).to_have_url(f"{live.url}{wanted}")
    expect(page.locator("h1")).to_have_text("LAMBERT Paul")


def test_the_certificate_fits_on_one_sheet(live, new_page):
    page = new_page("fr", who=newcomer(live, "nina-print"))
    page.goto("/training/quiz")
    answer(page, wrong=0)
    onwards(page)
    expect(page.locator(".co-note--success")).to_be_visible()
    page.goto("/training/certificate")
    look(page, "certificate", "fr")

    sheet = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(sheet.pages) == 1
    assert "Nina Roche" in sheet.pages[0].extract_text()
