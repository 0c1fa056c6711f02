"""Who a patient is: changed with what was before kept, two at once, the NIR masked, codes of other systems."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.dates import PartialDate
from app.patients.identity import actions
from app.patients.identity.forms import read_form, shown
from app.patients.identity.queries import history_of
from app.patients.model import NewPatient
from app.patients.queries import followed_by_code, get_patient, list_found
from tests.browser import read, text_of
from tests.people import Cast

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NIR = "280056925900106"
NINA = NewPatient(
    given_names="Nina Rose",
    family_name="Garnier",
    birth_name="Le Goff",
    birth_date=PartialDate(1980, 5, 12),
    sex="female",
    nir=NIR,
    email="nina@example.org",
)


async def nina(people: Cast) -> UUID:
    return await create_patient(people["ines"].actor, NINA, at=AT)


def form_of(page: Any, **typed: str) -> dict[str, str]:
    """The form as a browser would send it, with these boxes typed over."""
    boxes = page.select("form[action$='/edit'] input, form[action$='/edit'] select")
    sent = {
        str(box["name"]): str(box.get("value", ""))
        for box in boxes
        if box.get("name") and (box.get("type") not in {"radio", "checkbox"} or box.has_attr("checked"))
    }
    for box in page.select("form[action$='/edit'] select"):
        sent[str(box["name"])] = str((box.select_one("option[selected]") or {}).get("value", ""))
    return sent | typed


def place_of(reply: httpx.Response) -> str:
    assert reply.status_code == 303, reply.text[:3000]
    return str(reply.headers["location"])


def test_the_form_of_somebody_known_reads_back_as_they_are() -> None:
    for known in (NINA, NewPatient(given_names="A", family_name="B", birth_date=PartialDate(1980), sex="unknown")):
        assert read_form(shown(known).values, AT.date()).known == known


@pytest.mark.capability("R4")
async def test_a_change_keeps_what_was_before_and_moves_what_finds_the_person(browser_for, people):
    patient = await nina(people)
    ines, place = browser_for("ines"), f"/patients/{patient}/identity"
    sent = form_of(await ines.page(f"{place}/edit"), family_name="Perrin", phone="0639980002")
    assert sent["nir"] == ""
    assert place_of(await ines.post(f"{place}/edit", data=sent)) == f"{place}?saved=identity"
    changed = await get_patient(patient)
    assert (changed.family_name, changed.phone, changed.nir, changed.revision) == (
        "Perrin",
        "06 39 98 00 02",
        NIR,
        2,
    )
    found = [await list_found(people["ines"].actor, asked) for asked in ("perrin", "garnier")]
    assert [[one.id for one in part] for part in found] == [[patient], []]
    past = await history_of(patient)
    assert [(one.former, one.made_by) for one in past] == [(NINA, people["ines"].account)]
    history = text_of((await ines.page(place)).select_one("section[aria-labelledby=history]"))
    assert "Garnier" in history
    assert "Perrin" in history
    event = await fetch("SELECT details FROM audit_event WHERE action = 'patient.changed'")
    assert [row["details"] for row in event] == ['{"fields": "family_name,phone"}']
    sealed = b"".join([row["former"] for row in await fetch("SELECT former FROM patient_identity_history")])
    assert b"Garnier" not in sealed


async def test_nothing_changed_leaves_no_trace(browser_for, people):
    patient = await nina(people)
    ines = browser_for("ines")
    sent = form_of(await ines.page(f"/patients/{patient}/identity/edit"))
    place_of(await ines.post(f"/patients/{patient}/identity/edit", data=sent))
    assert await history_of(patient) == []


async def test_two_at_once_see_both_and_nothing_typed_is_lost(browser_for, people):
    patient = await nina(people)
    ines, marc, place = browser_for("ines"), browser_for("marc"), f"/patients/{patient}/identity/edit"
    of_ines = form_of(await ines.page(place), family_name="Perrin")
    of_marc = form_of(await marc.page(place), family_name="Moulin")
    place_of(await ines.post(place, data=of_ines))
    late = await marc.post(place, data=of_marc)
    assert late.status_code == 409
    assert "Perrin" in text_of(read(late).select_one("#theirs"))
    again = form_of(read(late))
    assert again["family_name"] == "Moulin"
    place_of(await marc.post(place, data=again))
    assert (await get_patient(patient)).family_name == "Moulin"
    assert [one.former and one.former.family_name for one in await history_of(patient)] == ["Perrin", "Garnier"]


async def test_the_nir_is_masked_until_somebody_asks_which_is_written_down(browser_for, people):
    patient = await nina(people)
    place = f"/patients/{patient}/identity"
    ines = browser_for("ines")
    masked = await ines.get(place)
    whole = await ines.post(f"{place}/nir")
    part = await browser_for("ines", htmx=True).post(f"{place}/nir")
    numbers = [read(one).get_text().replace("\xa0", "").count(NIR) for one in (masked, whole, part)]
    assert numbers == [0, 1, 1]
    assert NIR not in (await ines.get(f"{place}/edit")).text.replace("\xa0", "")
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'nir.shown'") == 2
    sent = form_of(await ines.page(f"{place}/edit"), nir_forget="yes")
    place_of(await ines.post(f"{place}/edit", data=sent))
    assert (await get_patient(patient)).nir == ""


@pytest.mark.capability("T7")
async def test_a_code_of_the_former_network_names_one_record(browser_for, people):
    patient = await nina(people)
    ines, place = browser_for("ines"), f"/patients/{patient}/identity"
    assert place_of(await ines.post(f"{place}/codes", data={"code": "01 02 000123"})) == f"{place}?saved=code"
    assert "0102000123" in (await ines.page(place)).text
    assert [one.id for one in await list_found(people["ines"].actor, "01-02-000123")] == [patient]
    for wrong, where in (("123", place), ("0102000123", f"/patients/{people.paul_patient}/identity")):
        reply = await ines.post(f"{where}/codes", data={"code": wrong})
        assert reply.status_code == 422
        assert read(reply).select_one("#code")["value"] == wrong  # type: ignore[index]


async def test_a_code_that_names_a_record_elsewhere_is_kept_like_a_free_one(browser_for, people):
    """Nobody learns by trying that somebody is known elsewhere, and for what."""
    foreign, patient, code = await create_patient(people["zoe"].actor, NINA, at=AT), await nina(people), "0102000123"
    ines, zoe, place = browser_for("ines"), browser_for("zoe"), f"/patients/{patient}/identity"
    await zoe.post(f"/patients/{foreign}/identity/codes", data={"code": code})
    assert place_of(await ines.post(f"{place}/codes", data={"code": code})) == f"{place}?saved=code"
    assert (await ines.post(f"{place}/codes", data={"code": code})).status_code == 422
    found = [await followed_by_code(people[who].actor, [code]) for who in ("ines", "zoe")]
    assert found == [{code: patient}, {code: foreign}]

    follow = "INSERT INTO affiliation (id, patient, organisation, valid_from) VALUES ($1, $2, $3, current_date)"
    await execute(follow, new_id(), foreign, people.lyon)
    assert await followed_by_code(people["ines"].actor, [code]) == {}
    assert {one.id for one in await list_found(people["ines"].actor, code)} == {patient, foreign}


async def test_trying_codes_one_after_the_other_is_stopped(browser_for, people, monkeypatch):
    patient = await nina(people)
    ines, place = browser_for("ines"), f"/patients/{patient}/identity/codes"
    monkeypatch.setattr(actions, "MATCHING", actions.Limit("patient.matching", 1, timedelta(hours=1)))
    first, late = [await ines.post(place, data={"code": f"010200012{n}"}) for n in (1, 2)]
    assert (first.status_code, late.status_code) == (303, 422)
    assert "Please try again later" in late.text
    assert read(late).select_one("#code")["value"] == "0102000122"  # type: ignore[index]


async def test_a_code_on_the_wrong_record_is_taken_away_and_kept_in_the_history(browser_for, people):
    patient = await nina(people)
    ines, place = browser_for("ines"), f"/patients/{patient}/identity"
    await ines.post(f"{place}/codes", data={"code": "0102000123"})
    page = await ines.page(place)
    action = str(page.select_one("form[action$='/remove']")["action"])  # type: ignore[index]
    assert (await browser_for("zoe").post(action)).status_code == 404
    assert place_of(await ines.post(action)) == f"{place}?saved=no-code"
    assert await list_found(people["ines"].actor, "0102000123") == []
    assert "0102000123" in text_of((await ines.page(place)).select_one("section[aria-labelledby=history]"))
    other = f"/patients/{people.paul_patient}/identity/codes"
    assert place_of(await ines.post(other, data={"code": "0102000123"})).endswith("saved=code")
    assert (await ines.post(action)).status_code == 409


async def test_another_record_of_the_same_person_is_pointed_at_and_no_foreign_one(browser_for, people):
    patient, twin = await nina(people), await nina(people)
    foreign = await create_patient(people["zoe"].actor, NINA, at=AT)
    page = await browser_for("ines").page(f"/patients/{patient}/identity")
    links = {str(link["href"]) for link in page.select("main a")}
    assert f"/patients/{patient}/merge/{twin}" in links
    assert str(foreign) not in str(page)


async def test_who_a_foreign_patient_is_does_not_exist(browser_for, people):
    patient = await nina(people)
    zoe = browser_for("zoe")
    asked = [
        await zoe.get(f"/patients/{patient}/identity"),
        await zoe.get(f"/patients/{patient}/identity/edit"),
        await zoe.post(f"/patients/{patient}/identity/edit", data={}),
        await zoe.post(f"/patients/{patient}/identity/nir"),
        await zoe.post(f"/patients/{patient}/identity/codes", data={"code": "0102000123"}),
    ]
    assert [reply.status_code for reply in asked] == [404] * 5


async def test_a_change_that_meets_a_newer_one_is_refused(db, people):
    from app.lib.errors import Refused

    patient = await nina(people)
    other = NewPatient.from_text(NINA.as_text().replace("Garnier", "Perrin"))
    with pytest.raises(Refused, match=r"patient\.changed_meanwhile"):
        await actions.change_identity(people["ines"].actor, patient, other, seen=0, at=AT)
