"""A report entered and corrected, a file looked at and taken over, in a browser: with a keyboard, with and without
JavaScript, on a narrow screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.lib import clock
from app.patients.queries import get_patient
from tests.journeys.story import axe, enter_by_password, overflows, press, told

HEAD = "code;date;analyte;valeur;unité;laboratoire"


@pytest.mark.parametrize(("language", "width", "js"), [("fr", 1280, True), ("en", 320, False)])
def test_results_are_entered_and_taken_over(live, new_page, language, width, js):
    who = told(live, f"biology-{language}")
    team: Page = new_page(language, width, js=js)
    enter_by_password(team, who, f"/patients/{who.patient}/biology/new")
    team.locator("input[name=panel][value=drug-levels]").check()
    team.locator("input[name=panel][value=drug-levels]").press("Enter")
    team.locator("#taken_on").fill(clock.day_in("Europe/Paris", clock.now()).isoformat())
    team.locator("#value-lithium").fill("9,1")
    team.locator("#high-lithium").fill("0,8")

    team.locator("#high-lithium").press("Enter")
    expect(team.locator("#error-summary")).to_be_visible()
    assert not overflows(team)
    assert not js or axe(team) == []
    team.locator("#value-lithium").fill("0,91")
    team.locator("#value-lithium").press("Enter")

    team.wait_for_url("**/biology?done=entered")
    expect(team.locator("main table").first).to_contain_text(re.compile("0[,.]91"))
    assert not overflows(team)
    assert not js or axe(team) == []

    code = live.do(get_patient(who.patient)).code
    lines = [f"{code};02/11/2026;TSH;1,8;mUI/L;Parc", f"{code};02/11/2026;TSH;x;mUI/L;Parc"]
    content = "\r\n".join([HEAD, *lines]).encode("cp1252")
    team.goto("/patients/imports/biology")
    team.set_input_files("#file", files=[{"name": "parc.csv", "mimeType": "text/csv", "buffer": content}])
    press(team, "Vérifier le fichier", "Check the file")
    expect(team.locator("main tbody tr")).to_have_count(2)
    assert not overflows(team)
    assert not js or axe(team) == []
    press(team, "Importer une ligne", "Import one line")
    team.goto(f"/patients/{who.patient}/biology?panel=thyroid")
    expect(team.locator("main table").first).to_contain_text("TSH")
