"""A record goes out of sight and comes back; patients ask for it; administrators see codes alone."""

from uuid import UUID

import pytest

from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.dates import PartialDate
from app.patients.identity.queries import history_of, look_for
from app.patients.model import NewPatient
from app.patients.queries import list_found, scope_of_patient
from app.patients.removing.queries import asks_of, list_removal_asks
from tests.alerts.stories import SUFFERING, phq9
from tests.browser import read
from tests.people import Cast

WHY = {"kind": "mistake", "reason": "Opened twice while testing"}
NINA = NewPatient(given_names="Nina", family_name="Ribot", birth_date=PartialDate(1980, 5, 12), sex="female")


async def nina(people: Cast, who: str = "ines") -> UUID:
    return await create_patient(people[who].actor, NINA, at=clock.now())


async def told(people: Cast) -> list[str]:
    """Whom the worker is asked to write to, by name of the cast, and about what."""
    names = {str(person.account): name for name, person in people.by_name.items()}
    rows = await fetch(
        "SELECT args ->> 'account' AS account, args ->> 'notice' AS notice FROM procrastinate_jobs"
        " WHERE task_name = 'affiliations:tell' ORDER BY id"
    )
    return [f"{names.get(row['account'], row['account'])}: {row['notice']}" for row in rows]


@pytest.mark.capability("R12")
@pytest.mark.capability("R4")
async def test_a_removed_record_is_nowhere_and_comes_back(browser_for, people):
    patient = await nina(people)
    ines, actor = browser_for("ines"), people["ines"].actor
    reply = await ines.post(f"/patients/{patient}/remove", data=WHY)
    assert (reply.status_code, reply.headers["location"]) == (303, "/patients/removed")
    assert (await ines.get("/patients/removed")).status_code == 200
    assert await scope_of_patient(patient) is None
    assert await list_found(actor, "ribot") == []
    assert (await look_for(actor, NINA)).nothing
    assert str(patient) not in (await ines.get("/patients")).text
    assert (await ines.get(f"/patients/{patient}")).status_code == 404
    odile = browser_for("odile")
    listed = await odile.get("/administration/removed")
    assert str(patient) in listed.text
    assert [secret for secret in ("Nina", "Ribot", "RIBOT", "testing") if secret in listed.text] == []
    place = f"/administration/removed/{patient}/restore"
    assert (await odile.post(place, data={"reason": "no"})).status_code == 422
    assert (await odile.post(place, data={"reason": "It was no mistake"})).status_code == 303
    assert (await odile.post(place, data={"reason": "It was no mistake"})).status_code == 404
    assert [one.id for one in await list_found(actor, "ribot")] == [patient]
    assert [str(one.kind) for one in await history_of(patient)] == ["restored", "removed"]


async def test_another_centre_neither_removes_nor_restores(browser_for, people):
    own, foreign = await nina(people), await nina(people, "zoe")
    zoe = browser_for("zoe")
    assert (await zoe.get(f"/patients/{own}/remove")).status_code == 404
    assert (await zoe.post(f"/patients/{own}/remove", data=WHY)).status_code == 404
    assert (await browser_for("ines").post(f"/patients/{own}/remove", data=WHY)).status_code == 303
    assert (await zoe.post(f"/patients/{foreign}/remove", data=WHY)).status_code == 303
    codes = {row["id"]: row["code"] for row in await fetch("SELECT id, code FROM patient")}
    listed = (await zoe.get("/administration/removed")).text
    assert codes[foreign] in listed
    assert codes[own] not in listed
    assert (await zoe.post(f"/administration/removed/{own}/restore", data={"reason": "x" * 20})).status_code == 404


async def test_a_record_with_an_open_alert_stays(browser_for, people):
    await phq9(people, SUFFERING, who="paul")
    ines, place = browser_for("ines"), f"/patients/{people.paul_patient}/remove"
    assert "waits to be taken up" in (await ines.get(place)).text
    assert (await ines.post(place, data=WHY)).status_code == 409
    assert await scope_of_patient(people.paul_patient) is not None


async def test_a_record_that_another_centre_needs_stays(browser_for, people):
    patient = await nina(people)
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from, active_at)"
        " VALUES ($1, $2, $3, 'active', '2026-01-01', now())",
        new_id(),
        patient,
        people.brest,
    )
    ines, place = browser_for("ines"), f"/patients/{patient}/remove"
    page = await ines.get(place)
    assert "Another centre follows" in page.text
    assert not read(page).select("form[action$='/remove']")
    assert (await ines.post(place, data=WHY)).status_code == 409
    assert await scope_of_patient(patient) is not None


@pytest.mark.parametrize("typed", [{}, WHY | {"kind": "x"}, WHY | {"reason": "no"}, WHY | {"kind": "duplicate"}])
async def test_what_is_missing_is_said_and_a_duplicate_is_merged(browser_for, people, typed):
    patient = await nina(people)
    reply = await browser_for("ines").post(f"/patients/{patient}/remove", data=typed)
    assert reply.status_code == 422
    assert read(reply).select_one("#error-summary a")
    merge = read(reply).select_one(f"a[href='/patients/{patient}/merge']")
    assert (merge is not None) is (typed.get("kind") == "duplicate")
    assert await scope_of_patient(patient) is not None


async def test_removing_asks_for_a_fresh_second_factor(browser_for, people):
    patient = await nina(people)
    await execute("UPDATE session SET second_factor_at = now() - interval '1 hour'")
    ines, place = browser_for("ines"), f"/patients/{patient}/remove"
    assert (await ines.get(place)).headers["location"].startswith("/step-up")
    assert (await ines.post(place, data=WHY)).status_code == 403
    assert await scope_of_patient(patient) is not None


@pytest.mark.capability("R4")
async def test_a_patient_asks_is_answered_and_may_ask_again(browser_for, people):
    paul, ines, patient = browser_for("paul"), browser_for("ines"), people.paul_patient
    assert (await paul.get("/me/record")).headers["location"] == f"/me/record/{patient}"
    page = await paul.page(f"/me/record/{patient}")
    assert "Lambert" in page.text
    for _ in range(2):  # twice is once
        asked = await paul.post(f"/me/record/{patient}/remove", data={"reason": "I moved away"})
        assert asked.status_code == 303
    assert [one.reason for one in await list_removal_asks(people["ines"].actor)] == ["I moved away"]
    assert await list_removal_asks(people["zoe"].actor) == []
    assert "I moved away" in (await ines.get(f"/patients/{patient}/remove")).text
    assert (await ines.post(f"/patients/{patient}/remove/refuse", data={"words": ""})).status_code == 422
    refused = await ines.post(f"/patients/{patient}/remove/refuse", data={"words": "The law has us keep it."})
    assert refused.status_code == 303
    assert "The law has us keep it." in (await paul.page(f"/me/record/{patient}")).text
    assert (await ines.post(f"/patients/{patient}/remove/refuse", data={"words": "Again."})).status_code == 409
    await paul.post(f"/me/record/{patient}/remove", data={"reason": ""})
    assert (await paul.post(f"/me/record/{patient}/withdraw")).status_code == 303
    assert [str(one.state) for one in await asks_of([patient])] == ["withdrawn", "refused"]
    assert {"ines: removal_asked", "marc: removal_asked", "paul: removal_decided"} <= set(await told(people))
    assert not [one for one in await told(people) if one.startswith("zoe")]
    kept = b"".join(row["reason"] or b"" for row in await fetch("SELECT reason FROM removal_request"))
    assert b"moved" not in kept


async def test_a_removal_that_was_asked_for_is_accepted_and_told(browser_for, people):
    paul, patient = browser_for("paul"), people.paul_patient
    await paul.post(f"/me/record/{patient}/remove", data={"reason": ""})
    done = await browser_for("ines").post(f"/patients/{patient}/remove", data=WHY | {"kind": "asked"})
    assert done.status_code == 303
    assert await fetch_value("SELECT state FROM removal_request") == "accepted"
    assert "paul: record_removed" in await told(people)
    assert (await paul.get(f"/me/record/{patient}")).status_code == 404
    assert (await paul.get("/home")).status_code == 200


async def test_nobody_asks_for_somebody_elses_record(browser_for, people):
    for who in ("claire", "yann", "ines"):
        browser = browser_for(who)
        assert (await browser.get(f"/me/record/{people.paul_patient}")).status_code in {403, 404}
        asked = await browser.post(f"/me/record/{people.paul_patient}/remove", data={})
        assert asked.status_code in {403, 404}
    assert await fetch_value("SELECT count(*) FROM removal_request") == 0


async def test_a_proxy_asks_where_they_may_consent(browser_for, people):
    claire, lea = browser_for("claire"), people.lea_patient
    assert "Ask for removal" in (await claire.get(f"/me/record/{lea}")).text
    assert (await claire.post(f"/me/record/{lea}/remove", data={"reason": ""})).status_code == 303
    assert [one.patient for one in await list_removal_asks(people["ines"].actor)] == [lea]
    await execute("UPDATE patient_link SET rights = '{view}' WHERE account = $1", people["claire"].account)
    assert "Only the person" in (await claire.get(f"/me/record/{lea}")).text
    assert (await claire.post(f"/me/record/{lea}/withdraw")).status_code == 403
