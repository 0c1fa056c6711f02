"""The Treatments tab and what a patient sees of it: who may, what is kept, what nothing is lost of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.dates import PartialDate
from app.treatments import actions
from app.treatments.actions import What
from app.treatments.drugs.actions import import_drugs
from app.treatments.drugs.reading import Entry, Reading, Substance
from app.treatments.model import NewEffect, Stop
from app.treatments.queries import current_of, history_of, list_prescriptions, periods_of
from tests.browser import read, text_of
from tests.treatments.stories import noticed, plan, prescribed

SERTRALINE = What("60000001", "SERTRALINE X 50 mg, gélule", "SERTRALINE", Decimal(50), "capsule")
FORM = {
    "words": "",
    "unit": "capsule",
    "morning": "1",
    "noon": "",
    "evening": "",
    "night": "",
    "clock": "",
    "rhythm": "daily",
    "started": "03/02/2026",
    "reason": "Dépression",
    "prescriber": "Dr Moreau",
    "refill_on": "2026-12-24",
}


@pytest.fixture
async def drugs(db, people):
    part = Substance("gélule", "1", "SERTRALINE", "50 mg", "une gélule", "SA", 1)
    entry = Entry("60000001", SERTRALINE.label, "gélule", "orale", "X", "Autorisation active", True, (part,))
    await import_drugs(NOBODY, Reading({"60000001": entry}), "test", "2025-01", at=clock.now())


@pytest.mark.capability("E32")
async def test_a_drug_is_found_prescribed_changed_and_stopped(browser_for, drugs, people):
    ines, base = browser_for("ines"), f"/patients/{people.paul_patient}/treatments"

    found = await ines.page(f"{base}/new?q=sertalin")
    assert "SERTRALINE X 50 mg" in text_of(found.select_one("#found"))
    form = await ines.page(str(found.select_one("#found a")["href"]))
    sent = FORM | {"id": str(form.select_one("input[name=id]")["value"])}
    address = f"{base}/new/plan?drug=60000001"
    assert (await ines.post(address, data=sent)).status_code == 303
    assert (await ines.post(address, data=sent)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM prescription") == 1
    shown = text_of((await ines.page(base)).main)
    assert "50 mg a day" in shown
    assert "1\xa0capsule in the morning" in shown
    (first,) = await list_prescriptions(people["ines"].actor, people.paul_patient)

    change = await ines.page(f"/prescriptions/{first.id}/change")
    new = {name: str(change.select_one(f"input[name={name}]")["value"]) for name in ("id", "revision")}
    for _ in range(2):
        reply = await ines.post(
            f"/prescriptions/{first.id}/change", data=FORM | new | {"morning": "2", "started": "01/06/2026"}
        )
        assert reply.status_code == 303
    periods = await periods_of(people["ines"].actor, people.paul_patient)
    assert [(one.label, one.daily, one.end and one.end.isoformat()) for one in periods] == [
        ("Sertraline", 50, "2026-06-01"),
        ("Sertraline", 100, None),
    ]
    page = await ines.page(base)
    assert len(page.select("svg.co-chart__svg rect.med-b")) == 2  # the lighter dose, for a wide page and a telephone

    (now,) = await current_of(people["ines"].actor, people.paul_patient, clock.day_in("Europe/Paris", clock.now()))
    stop = f"/prescriptions/{now.id}/stop"
    assert (await ines.post(stop, data={"ended": "", "stop_reason": "", "note": "kept"})).status_code == 422
    reply = await ines.post(stop, data={"ended": "10/11/2026", "stop_reason": "remission", "note": "Mieux"})
    assert reply.status_code == 303
    assert await current_of(people["ines"].actor, people.paul_patient, clock.day_in("Europe/Paris", clock.now())) == []
    assert "No longer needed" in text_of((await ines.page(base)).main)
    reply = await ines.post(stop, data={"ended": "11/11/2026", "stop_reason": "wish", "note": ""})
    assert reply.status_code == 303
    (kept,) = await history_of(now.id)
    assert kept.values["ended"] == "2026-11-10"


async def test_the_same_substance_twice_is_asked_about(browser_for, drugs, people):
    await prescribed(people, "ines", people.paul_patient, plan(unit="capsule"), SERTRALINE)
    ines, address = browser_for("ines"), f"/patients/{people.paul_patient}/treatments/new/plan?drug=60000001"

    asked = await ines.post(address, data=FORM)

    assert "The same substance is taken already" in asked.text
    assert await fetch_value("SELECT count(*) FROM prescription") == 1
    assert (await ines.post(address, data=FORM | {"twice": "yes"})).status_code == 303
    assert await fetch_value("SELECT count(*) FROM prescription") == 2


async def test_one_substance_is_the_same_however_it_is_spelled(browser_for, db, people):
    names = {"1": "SODIUM (VALPROATE DE)", "2": "ACIDE VALPROÏQUE", "3": "LITHIUM (CARBONATE DE)"}
    entries = {}
    for number, name in names.items():
        part, cis = Substance("gélule", number, name, "500 mg", "une gélule", "SA", 1), f"6000000{number}"
        said = (cis, f"X{number} 500 mg, gélule", "gélule", "orale", "X", "Autorisation active", True, (part,))
        entries[cis] = Entry(*said, atc="N05AN01" if number == "3" else "N03AG01")
    await import_drugs(NOBODY, Reading(entries), "test", "2025-01", at=clock.now())
    ines, base = browser_for("ines"), f"/patients/{people.paul_patient}/treatments/new/plan?drug=6000000"
    assert (await ines.post(f"{base}1", data=FORM)).status_code == 303

    assert (await ines.post(f"{base}3", data=FORM)).status_code == 303
    asked = await ines.post(f"{base}2", data=FORM)
    assert "The same substance is taken already" in asked.text
    assert (await ines.post(f"{base}2", data=FORM | {"twice": "yes"})).status_code == 303

    periods = await periods_of(people["ines"].actor, people.paul_patient)
    assert len(periods) == 3
    assert len({one.label for one in periods}) == 2


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser_for, people):
    wrong = FORM | {"morning": "lots", "started": "soon", "rhythm": "weekdays", "unit": "", "reason": "Sommeil"}

    reply = await browser_for("ines").post(f"/patients/{people.paul_patient}/treatments/new/plan", data=wrong)

    assert reply.status_code == 422
    page = read(reply)
    errors = {link["href"] for link in page.select(".nhsuk-error-summary a")}
    assert errors == {"#words", "#unit", "#morning", "#started", "#weekdays"}
    assert all(page.select_one(error) for error in errors)
    assert page.select_one("#reason")["value"] == "Sommeil"
    assert page.select_one("#morning")["value"] == "lots"


async def test_a_correction_keeps_what_stood_there_and_two_at_once_are_seen(browser_for, people):
    one = await prescribed(people, "ines", people.paul_patient, plan("Melatonin, own preparation", unit="mg"))
    ines, address = browser_for("ines"), f"/prescriptions/{one}/correct"
    typed = FORM | {"words": "Melatonin", "unit": "mg", "morning": "2", "revision": "1", "why": "Typed wrong"}

    assert (await ines.post(address, data=typed | {"why": ""})).status_code == 422
    assert (await ines.post(address, data=typed)).status_code == 303
    late = await ines.post(address, data=typed | {"morning": "4"})

    assert late.status_code == 409
    assert "Stands there now" in late.text
    assert read(late).select_one("#morning")["value"] == "4"
    (former,) = await history_of(one)
    assert (former.values["words"], former.why) == ("Melatonin, own preparation", "Typed wrong")
    (held,) = await list_prescriptions(people["ines"].actor, people.paul_patient)
    assert held.plan.of_a_day == 2


async def test_the_former_dose_ends_where_the_corrected_one_begins(browser_for, people):
    ines, at = people["ines"].actor, clock.now()
    first = await prescribed(people, "ines", people.paul_patient, plan("Walks", started="2026-02-03"))
    second = new_id()
    more = plan("Walks", "2", started="2026-06-01")
    await actions.change_dose(ines, people.paul_patient, (first, 1), second, more, at=at)
    address = f"/prescriptions/{second}/correct"
    typed = FORM | {"words": "Walks", "unit": "tablet", "morning": "2", "revision": "1", "why": "Typed wrong"}

    assert (await browser_for("ines").post(address, data=typed | {"started": "01/01/2026"})).status_code == 422
    assert (await browser_for("ines").post(address, data=typed | {"started": "01/05/2026"})).status_code == 303

    ends = [
        (one.start.isoformat(), one.end and one.end.isoformat()) for one in await periods_of(ines, people.paul_patient)
    ]
    assert ends == [("2026-02-03", "2026-05-01"), ("2026-05-01", None)]
    (kept,) = await history_of(first)
    assert (kept.values["ended"], kept.why) == ("2026-06-01", "Typed wrong")


@pytest.mark.parametrize(("ended", "current"), [("2026", 0), ("2026-11", 0), ("2026-12", 1), ("2026-11-22", 0)])
async def test_what_was_stopped_without_a_day_is_no_longer_current(db, people, ended, current):
    one = await prescribed(people, "ines", people.paul_patient, plan("Walks"))
    stop = Stop(PartialDate.of(ended), "remission")
    await actions.stop_prescription(people["ines"].actor, one, stop, at=clock.now())

    assert len(await current_of(people["ines"].actor, people.paul_patient, date(2026, 11, 22))) == current


async def test_an_adverse_effect_is_written_down_said_more_of_and_removed(browser_for, people):
    one = await prescribed(people, "ines", people.paul_patient, plan("Lithium"))
    foreign = await prescribed(people, "zoe", people.yann_patient, plan("Other"))
    ines, base = browser_for("ines"), f"/patients/{people.paul_patient}"
    sent = {
        "label": "Tremblement",
        "severity": "moderate",
        "started": "03/2026",
        "ended": "",
        "outcome": "ongoing",
        "action_taken": "none",
        "suspected": [str(one), str(foreign)],
    }

    assert (await ines.post(f"{base}/adverse-effects/new", data=sent | {"severity": ""})).status_code == 422
    assert (await ines.post(f"{base}/adverse-effects/new", data=sent)).status_code == 303
    effect, suspected = (await fetch("SELECT id, suspected FROM adverse_effect"))[0]
    assert suspected == [one]
    more = sent | {"revision": "1", "outcome": "recovered", "ended": "09/2026"}
    assert (await ines.post(f"/adverse-effects/{effect}", data=more)).status_code == 303
    assert (await ines.post(f"/adverse-effects/{effect}", data=more | {"outcome": "sequelae"})).status_code == 409
    assert "Suspected: Lithium" in text_of((await ines.page(f"{base}/treatments")).main)
    assert (await ines.post(f"/adverse-effects/{effect}/remove", data={"why": "Mistake"})).status_code == 303
    assert "Tremblement" not in (await ines.get(f"{base}/treatments")).text


async def test_a_used_form_with_something_else_in_it_says_that_it_was_used(db, people):
    """Another person's, another drug or dose, a colleague's: nothing is kept, and nobody is told that it was added."""
    ines, paul, lea, at = people["ines"].actor, people.paul_patient, people.lea_patient, clock.now()
    first, second, effect = [new_id() for _ in range(3)]
    walks, more = plan("Walks"), plan("Walks", "2", started="2026-05-01")
    for _ in range(2):
        await actions.prescribe(ines, paul, first, What(), walks, at=at)
    for _ in range(2):
        assert await actions.change_dose(ines, paul, (first, 1), second, more, at=at) is None
    noticed_now = NewEffect("Tremor", "mild", PartialDate.of("2026-03"), None, "ongoing", "none", (first,))
    for _ in range(2):
        await actions.add_effect(ines, paul, effect, noticed_now, at=at)

    foreign = await prescribed(people, "ines", lea, plan("Iron"))
    tries = [
        actions.prescribe(ines, lea, first, What(), walks, at=at),
        actions.prescribe(ines, paul, first, What(), plan("Runs"), at=at),
        actions.prescribe(people["marc"].actor, paul, first, What(), walks, at=at),
        actions.change_dose(ines, paul, (second, 1), first, more, at=at),
        actions.change_dose(ines, lea, (foreign, 1), second, more, at=at),
        actions.add_effect(ines, lea, effect, noticed_now, at=at),
        actions.add_effect(ines, paul, effect, replace(noticed_now, severity="severe"), at=at),
    ]
    for one in tries:
        with pytest.raises(Refused, match="taken"):
            await one
    assert await fetch_value("SELECT count(*) FROM prescription") == 3


async def test_nobody_elses_is_shown_or_changed(browser_for, people):
    own = await prescribed(people, "ines", people.paul_patient, plan("Walks"))
    effect = await noticed(people, "ines", people.paul_patient)
    await prescribed(people, "zoe", people.yann_patient, plan("Secret of Brest"))
    zoe = browser_for("zoe")
    asks = [
        f"/patients/{people.paul_patient}/treatments",
        f"/patients/{people.paul_patient}/treatments/new",
        f"/prescriptions/{own}/change",
        f"/prescriptions/{own}/correct",
        f"/prescriptions/{own}/stop",
        f"/prescriptions/{own}/remove",
        f"/adverse-effects/{effect}",
        f"/adverse-effects/{effect}/remove",
    ]

    assert {(await zoe.get(ask)).status_code for ask in asks} == {404}
    assert (await browser_for("paul").get(f"/treatments/{people.yann_patient}")).status_code == 404
    assert (await browser_for("paul").get(asks[0] + "/new")).status_code == 403
    assert "Secret of Brest" not in (await browser_for("ines").get(asks[0])).text


async def test_where_sharing_is_withheld_a_centre_sees_its_own(db, people):
    await execute(
        "INSERT INTO affiliation SELECT (json_populate_record(a, json_build_object('id', gen_random_uuid(), "
        "'organisation', $2::uuid))).* FROM affiliation a WHERE a.patient = $1",
        people.paul_patient,
        people.brest,
    )
    await prescribed(people, "ines", people.paul_patient, plan("Of Lyon"))
    zoe = people["zoe"].actor
    assert [one.name for one in await list_prescriptions(zoe, people.paul_patient)] == ["Of Lyon"]

    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", people.paul_patient)

    assert await list_prescriptions(zoe, people.paul_patient) == []
    assert len(await list_prescriptions(people["ines"].actor, people.paul_patient)) == 1
    assert len(await list_prescriptions(people["paul"].actor, people.paul_patient)) == 1


@pytest.mark.capability("A21")
async def test_patients_and_relatives_read_what_is_taken_today(browser_for, people):
    await prescribed(people, "ines", people.paul_patient, plan("Vitamin D", unit="drop", amount="4"))
    await prescribed(people, "ines", people.lea_patient, plan("Iron", unit="mg", amount="50"))

    paul = await browser_for("paul").get("/treatments", follow_redirects=True)
    claire = await browser_for("claire").get("/treatments", follow_redirects=True)

    assert "Vitamin D: 4\xa0drops" in text_of(read(paul).select_one("main")).replace(" :", ":")
    assert "Iron" in claire.text
    assert "Vitamin D" not in claire.text


async def test_the_questionnaire_about_taking_medicines_is_proposed(browser_for, people):
    ines = browser_for("ines")
    page = await ines.page(f"/patients/{people.paul_patient}/treatments")

    link = next(one["href"] for one in page.select("main a") if "assignments/new?" in one["href"])
    form = await ines.page(str(link))

    assert [box["value"] for box in form.select("input[name=chosen][checked]")] == ["medication_taking:patient"]
