"""Opening a record in a real browser: known here, known elsewhere, a request, its approval, one record for two."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from app.lib import clock
from app.patients.actions import create_patient
from app.patients.dates import PartialDate
from app.patients.model import NewPatient
from tests.pages import axe, overflows

CODE = re.compile(r"[2-9A-HJ-NP-TV-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Heard:
    """A person as a clerk hears her: birth name, given names, day, month and year of birth."""

    name: str
    given: str
    day: str
    month: str
    year: str = "1986"

    def type(self, page: Page) -> None:
        page.goto("/patients/new")
        page.fill("#birth_name", self.name)
        page.fill("#given_names", self.given)
        page.locator("input[name='sex'][value='female']").check(force=True)
        for part in ("day", "month", "year"):
            page.fill(f"input[name='birth_date-{part}']", getattr(self, part))
        assert not overflows(page)
        press(page, "ouvrir le dossier", "open the record")


STORIES = (
    pytest.param(
        "fr", 1280, True, Heard("Trévidic", "Anouk", "14", "2"), Heard("TREVIDIC", "Anouck", "14", "2"), id="fr"
    ),
    pytest.param(
        "en", 320, False, Heard("Cosquer", "Bleuenn", "3", "7"), Heard("Kosquer", "Bleuenn", "3", "7"), id="en-no-js"
    ),
)


def press(page: Page, french: str, english: str) -> None:
    page.get_by_role("button", name=re.compile(f"{french}|{english}", re.IGNORECASE)).first.click()


@pytest.mark.capability("E23")
@pytest.mark.parametrize(("language", "width", "js", "known", "heard"), STORIES)
def test_one_person_ends_up_with_one_record_that_both_centres_read(live, new_page, language, width, js, known, heard):
    ines, zoe = (new_page(language, width, js=js, who=who) for who in ("ines", "zoe"))
    axes = axe if js else (lambda _page: [])
    known.type(ines)
    ines.wait_for_url("**/created")
    expect(ines.locator("main")).to_contain_text(CODE)
    assert axes(ines) == []
    record = ines.url.removesuffix("/created")

    heard.type(ines)
    expect(ines.locator("main")).to_contain_text(known.name.upper())
    expect(ines.locator(f"main a[href='{record.removeprefix(live.url)}']")).to_be_visible()

    elsewhere = NewPatient(
        given_names=f"{known.given} Marie",
        family_name=f"Le {known.name}",
        birth_date=PartialDate(1952, 11, 5),
        sex="female",
        birth_place="Douarnenez",
    )
    theirs = live.do(create_patient(live.people["zoe"].actor, elsewhere, at=clock.now()))
    Heard(f"LE {heard.name}", f"{known.given}", "5", "11", "1952").type(ines)
    expect(
        ines.get_by_role("button", name=re.compile("Demander l’affiliation|Ask for the affiliation"))
    ).to_be_visible()
    page = ines.content()
    assert "Douarnenez" not in page
    assert "Brest" not in page
    assert str(theirs) not in page
    press(ines, "Demander l’affiliation", "Ask for the affiliation")
    ines.wait_for_url("**/patients/requests**")
    assert not overflows(ines)
    assert live.url + f"/patients/{theirs}" not in ines.content()

    zoe.goto("/patients/requests")
    assert axes(zoe) == []
    zoe.get_by_role("link", name=re.compile(f"LE {known.name}", re.IGNORECASE)).first.click()
    zoe.wait_for_url("**/patients/requests/**")
    assert axes(zoe) == []
    assert not overflows(zoe)
    press(zoe, "Accepter la demande", "Accept the request")
    expect(zoe.locator("#error-summary")).to_be_visible()
    zoe.locator("#informed").check(force=True)
    press(zoe, "Accepter la demande", "Accept the request")
    zoe.wait_for_url("**/patients/requests?done=approved")

    ines.goto("/patients/requests")
    ines.get_by_role("link", name=re.compile(f"LE {heard.name}", re.IGNORECASE)).first.click()
    ines.wait_for_url("**/patients/requests/**")
    ines.locator("main a.nhsuk-button").first.click()
    ines.wait_for_url(f"**/patients/{theirs}")
    ines.goto(f"/patients/{theirs}/access")
    expect(ines.locator("main")).to_contain_text("Centre expert de Brest")
    assert axes(ines) == []
    assert not overflows(ines)
