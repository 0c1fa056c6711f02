"""Two records of one person: compared, merged, added to, and parted again. With JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

from app.lib import clock
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.patients.queries import get_patient
from tests.journeys.story import press, told
from tests.pages import axe, overflows

REASON = "Vue ce jour avec sa carte d’identité."


def merging(page, *, js: bool, undo: bool = False) -> None:
    """Where it stands, and that anybody can use it. Without JavaScript axe has no answer."""
    assert not overflows(page), page.url
    assert not js or axe(page) == [], page.url
    expect(page.locator("main form[action$='/undo']")).to_have_count(int(undo))


@pytest.mark.capability("T4")
@pytest.mark.capability("E23")
@pytest.mark.parametrize(("language", "width", "js"), [("fr", 320, False), ("en", 1280, True)])
def test_two_records_become_one_and_two_again(live, new_page, language, width, js):
    who = told(live, f"twice-{language}")
    known = live.do(get_patient(who.patient)).known
    again = NewPatient(
        given_names=f"{known.given_names} Odile",
        family_name=known.family_name,
        birth_date=known.birth_date,
        sex=known.sex,
    )
    other = live.do(create_patient(live.people[who.practitioner].actor, again, at=clock.now()))
    page, base = new_page(language, width, js=js, who=who.practitioner), f"/patients/{who.patient}"

    page.goto(f"{base}/merge")
    merging(page, js=js)
    page.locator(f"main a[href$='/merge/{other}']").first.click()
    page.wait_for_url(f"**/merge/{other}")
    merging(page, js=js)
    press(page, "Fusionner les deux dossiers", "Merge the two records")
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator("#reason").fill(REASON)
    press(page, "Fusionner les deux dossiers", "Merge the two records")
    page.wait_for_url(re.compile(r"/merges\?done=merged$"))
    expect(page.locator("main h1")).to_contain_text("Odile")
    merging(page, js=js)
    page.goto(f"/patients/{other}")
    assert page.url.endswith(base)

    who.ask_for("gad7")
    page.goto(f"{base}/merges")
    page.locator("main a[href$='/undo']").click()
    page.wait_for_url("**/undo")
    merging(page, js=js, undo=True)
    page.locator("#reason").fill(REASON)
    press(page, "Annuler la fusion", "Undo the merge")
    expect(page.locator("#error-summary")).to_be_visible()
    merging(page, js=js, undo=True)
    page.locator("main input[value=absorbed]").check()
    press(page, "Annuler la fusion", "Undo the merge")
    page.wait_for_url(re.compile(r"/merges\?done=undone$"))
    expect(page.locator("main h1")).not_to_contain_text("Odile")
    page.goto(f"/patients/{other}/questionnaires")
    assert page.url.endswith(f"/patients/{other}/questionnaires")
    expect(page.locator("main")).to_contain_text("GAD-7")
