"""The team's pages of laboratory results: entered, read, corrected; nothing typed is lost."""

from datetime import date
from decimal import Decimal

from app.biology.queries import list_reports
from app.lib.ids import new_id
from tests.biology.stories import LITHIUM, entry, report
from tests.browser import read, text_of

FORM = {"panel": "drug-levels", "taken_on": "2026-11-02", "unit-lithium": "mmol/L"}


async def test_the_form_asks_for_what_was_chosen_and_keeps_it(db, people, browser_for):
    base = f"/patients/{people.paul_patient}/biology"
    async with browser_for("ines") as browser:
        chosen = await browser.page(f"{base}/new?panel=drug-levels&panel=thyroid")
        fields = {one["name"]: one.get("value", "") for one in chosen.select("input[name]")}
        assert {"value-lithium", "value-tsh"} <= set(fields)
        assert "value-sodium" not in fields
        typed = FORM | {"form": fields["form"], "value-lithium": "0,95", "low-lithium": "0,6", "high-lithium": "0.8"}
        first = await browser.post(f"{base}/new", data=typed)
        await browser.post(f"{base}/new", data=typed)
        page = await browser.page(first.headers["location"])

    assert len(await list_reports(people["ines"].actor, people.paul_patient)) == 1
    row = text_of(page.select_one("table tbody tr"))
    assert "0.95 mmol/L" in row.replace("\xa0", " ")
    assert "Above the laboratory’s range" in row


async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(db, people, browser_for):
    typed = FORM | {"form": str(new_id()), "value-lithium": "0,95 environ", "comment": "Avant la prise", "taken_on": ""}
    async with browser_for("ines") as browser:
        reply = await browser.post(f"/patients/{people.paul_patient}/biology/new", data=typed)

    page = read(reply)
    assert reply.status_code == 422
    assert page.select_one("#value-lithium")["value"] == "0,95 environ"
    assert "Avant la prise" in text_of(page.select_one("#comment"))
    summary = text_of(page.select_one("#error-summary"))
    assert "Lithium: write a number like 4,2 or <0,1" in summary
    assert "Enter the day on which the sample was taken" in summary


async def test_nothing_was_measured_before_the_birth(db, people, browser_for):
    typed = FORM | {"form": str(new_id()), "value-lithium": "0,7", "taken_on": "2013-12-31"}
    async with browser_for("ines") as browser:
        reply = await browser.post(f"/patients/{people.lea_patient}/biology/new", data=typed)
        made = await report(people, LITHIUM, patient=people.lea_patient)
        corrected = typed | {"revision": "1", "reason": "Mal lu"}
        again = await browser.post(f"/lab-reports/{made}/edit", data=corrected)

    for one in (reply, again):
        assert one.status_code == 422
        assert "not born yet" in text_of(read(one).select_one("#error-summary"))


async def test_an_unlikely_value_is_asked_about_once(db, people, browser_for):
    typed = FORM | {"form": str(new_id()), "value-lithium": "72"}
    address = f"/patients/{people.paul_patient}/biology/new"
    async with browser_for("ines") as browser:
        asked = await browser.post(address, data=typed)
        box = read(asked).select_one("input[name=sure]")
        other = await browser.post(address, data=typed | {"value-lithium": "75", "sure": box["value"]})
        kept = await browser.post(address, data=typed | {"sure": box["value"]})

    assert (asked.status_code, other.status_code, kept.status_code) == (422, 422, 303)
    assert len(await list_reports(people["ines"].actor, people.paul_patient)) == 1


async def test_thousands_of_a_count_are_no_decimals(db, people, browser_for):
    typed = {"panel": "haematology", "taken_on": "2026-11-02", "form": str(new_id()), "unit-neutrophils": "/uL"}
    ranges = {"low-neutrophils": "1.800", "high-neutrophils": "7,500"}
    address = f"/patients/{people.paul_patient}/biology/new"
    async with browser_for("ines") as browser:
        wrong = await browser.post(address, data=typed | {"value-neutrophils": "0.450"})
        asked = await browser.post(address, data=typed | {"value-neutrophils": "4.5"})
        kept = await browser.post(address, data=typed | ranges | {"value-neutrophils": "4.500"})

    assert "write a number" in text_of(read(wrong).select_one("#error-summary"))
    assert read(asked).select_one("input[name=sure]")
    assert kept.status_code == 303
    ((result,),) = [one.results for one in await list_reports(people["ines"].actor, people.paul_patient)]
    assert (result.value, result.low, result.high) == (Decimal("4.5"), Decimal("1.8"), Decimal("7.5"))


async def test_two_who_correct_at_once_see_both(db, people, browser_for):
    made = await report(people, LITHIUM)
    typed = FORM | {"revision": "1", "reason": "Mal lu"}
    async with browser_for("ines") as browser:
        first = await browser.post(f"/lab-reports/{made}/edit", data=typed | {"value-lithium": "0,27"})
        second = await browser.post(f"/lab-reports/{made}/edit", data=typed | {"value-lithium": "0,29"})
        shown = await browser.page(f"/lab-reports/{made}")

    assert (first.status_code, second.status_code) == (303, 409)
    both = read(second)
    assert both.select_one("#value-lithium")["value"] == "0,29"
    assert "0.27" in text_of(both.select_one(".co-diff__side--old"))
    said = text_of(shown.select_one("main"))
    assert "Mal lu" in said
    assert "0.72" in said.partition("What it said before")[2]


async def test_the_course_draws_a_band_only_where_ranges_agree(db, people, browser_for):
    base = f"/patients/{people.paul_patient}/biology"
    await report(people, LITHIUM, day=date(2026, 1, 5))
    await report(people, entry("lithium", "0.9", "mmol/L", "0.6", "0.8"), day=date(2026, 4, 5))
    async with browser_for("ines") as browser:
        agreed = await browser.page(f"{base}/course/lithium")
        await report(people, entry("lithium", "0.2", "mmol/L", sign="<"), day=date(2026, 7, 5))
        differing = await browser.page(f"{base}/course/lithium")
        unknown = await browser.get(f"{base}/course/unobtainium")

    assert agreed.select("rect[class^=band]")
    assert not differing.select("rect[class^=band]")
    assert "< 0.2" in text_of(differing.select_one("details")).replace("\xa0", " ")
    assert unknown.status_code == 404


async def test_a_report_is_taken_out_with_a_reason_and_comes_back(db, people, browser_for):
    made = await report(people, LITHIUM)
    base = f"/patients/{people.paul_patient}/biology"
    async with browser_for("ines") as browser:
        unsaid = await browser.post(f"/lab-reports/{made}/remove", data={"reason": " "})
        gone = await browser.post(f"/lab-reports/{made}/remove", data={"reason": "Autre personne"})
        listed = await browser.page(f"{base}?removed=true")
        course = await browser.page(f"/patients/{people.paul_patient}/course?part=biology")
        back = await browser.post(f"/lab-reports/{made}/restore")
        told = await browser.page(f"/patients/{people.paul_patient}/course?part=biology")

    assert (unsaid.status_code, gone.status_code, back.status_code) == (422, 303, 303)
    assert "Autre personne" in text_of(listed.select_one("main"))
    assert "Laboratory report: One result" not in text_of(course.select_one("main"))
    assert "Laboratory report: One result" in text_of(told.select_one("main"))


async def test_to_another_centre_none_of_it_exists(db, people, browser_for):
    made = await report(people)
    base = f"/patients/{people.paul_patient}/biology"
    async with browser_for("zoe") as browser:
        for address in (base, f"{base}/new", f"{base}/course/lithium", f"/lab-reports/{made}"):
            assert (await browser.get(address)).status_code == 404, address
        for address in (f"{base}/new", f"/lab-reports/{made}/edit", f"/lab-reports/{made}/remove"):
            assert (await browser.post(address, data=FORM)).status_code == 404, address
