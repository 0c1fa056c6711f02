"""Opening a record: the form's rules, the blind match, and that nothing of a foreign record is in any answer."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.affiliations.actions.leaving import end_following
from app.patients.affiliations.model import End
from app.patients.model import NewPatient
from app.patients.queries import find_patient
from tests.browser import read, text_of
from tests.people import Cast

TOKEN = re.compile(rb'(name="_csrf_token" value="|name="csrf-token" content=")[^"]+')
NINA = {
    "birth_name": "Le Goff",
    "given_names": "Nina, Rose",
    "sex": "female",
    "birth_date-day": "12",
    "birth_date-month": "5",
    "birth_date-year": "1980",
    "birth_place": "Vénissieux",
    "birth_place_code": "69259",
    "email": "nina@example.org",
    "phone": "0639980001",
    "language": "fr",
}
KNOWN = NewPatient(
    given_names="Nina Rose",
    family_name="Le Goff",
    birth_date=date(1980, 5, 12),
    sex="female",
    birth_place="Vénissieux",
    phone="06 39 98 77 77",
    email="secret.nina@example.org",
)


def form(**typed: str) -> dict[str, str]:
    return NINA | {"entry": str(new_id())} | typed


def place_of(reply: httpx.Response) -> str:
    assert reply.status_code == 303, reply.text[:2000]
    return str(reply.headers["location"])


async def known_at(people: Cast, who: str, **parts: Any) -> UUID:
    return await create_patient(people[who].actor, replace(KNOWN, **parts), at=clock.now())


async def records() -> int:
    found: int = await fetch_value("SELECT count(*) FROM patient")
    return found


@pytest.mark.capability("E10")
@pytest.mark.capability("E23")
async def test_a_person_without_a_record_gets_one_with_a_code(browser_for, people):
    ines = browser_for("ines")
    place = place_of(await ines.post("/patients/new", data=form(nir="2 80 05 69 259 001 ")))
    patient = await find_patient(UUID(place.split("/")[2]))
    assert patient is not None
    known = patient.known
    assert (known.given_names, known.family_name, known.birth_name) == ("Nina Rose", "Le Goff", "")
    assert (
        known.birth_date.isoformat() if isinstance(known.birth_date, date) else known.birth_date.text
    ) == "1980-05-12"
    assert (known.birth_place, known.birth_place_code, known.phone) == ("Vénissieux", "69259", "06 39 98 00 01")
    assert (known.email, len(known.nir)) == ("nina@example.org", 15)
    page = await ines.page(place)
    assert text_of(page.select_one("#code-text")) == patient.code
    assert (await browser_for("zoe").get(place)).status_code == 404
    assert (await ines.post("/patients/search", data={"q": "le goff 1980"})).text.count(patient.code) == 1


async def test_nothing_that_identifies_is_readable_in_the_rows(browser_for, db, people):
    await known_at(people, "zoe")
    place_of(await browser_for("ines").post("/patients/new", data=form(nir="2 80 05 69 259 001")))
    rows = [*await fetch("SELECT * FROM patient_draft"), *await fetch("SELECT * FROM patient")]
    kept = b"".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row.values()
    )
    assert [word for word in (b"Nina", b"Le Goff", b"Vnissieux", b"2800569", b"nina@") if word in kept] == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"birth_name": ""}, "birth_name"),
        ({"birth_name": "Le G0ff"}, "birth_name"),
        ({"family_name": "x" * 101}, "family_name"),
        ({"given_names": " , "}, "given_names"),
        ({"sex": "other"}, "sex"),
        ({"birth_date-month": "13"}, "birth_date"),
        ({"birth_date-day": "99999999999"}, "birth_date"),
        ({"birth_date-month": ""}, "birth_date"),
        ({"birth_date-year": "2090"}, "birth_date"),
        ({"birth_date-year": "1850"}, "birth_date"),
        ({"birth_place_code": "6925"}, "birth_place_code"),
        ({"birth_country": "BE"}, "birth_place_code"),
        ({"birth_country": "XX", "birth_place_code": ""}, "birth_country"),
        ({"nir": "280056925900199"}, "nir"),
        ({"email": "nina"}, "email"),
        ({"phone": "12"}, "phone"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(browser_for, typed, field):
    before = await records()
    sent = form(**typed)
    reply = await browser_for("ines").post("/patients/new", data=sent)
    page = read(reply)
    assert reply.status_code == 422
    assert page.select_one(f"#error-summary a[href='#{field}']")
    assert text_of(page.select_one(f"#{field}-error")).startswith("Error:")
    kept = {str(box["name"]): str(box.get("value", "")) for box in page.select("input[type=text], input[type=email]")}
    assert {name: kept[name] for name in sent if name in kept} == {name: sent[name] for name in sent if name in kept}
    assert page.select_one("input[name=entry]")["value"] == sent["entry"]  # type: ignore[index]
    assert await records() == before


@pytest.mark.parametrize("pasted", ["12/05/1980", "12 mai 1980", "1980-05-12"])
async def test_a_whole_date_in_the_first_box_is_read(browser_for, pasted):
    sent = form(**{"birth_date-day": pasted, "birth_date-month": "", "birth_date-year": ""})
    place = place_of(await browser_for("ines").post("/patients/new", data=sent))
    patient = await find_patient(UUID(place.split("/")[2]))
    assert patient is not None
    assert patient.birth_date.text == "1980-05-12"


async def test_a_month_is_enough_and_is_said_as_such(browser_for):
    ines = browser_for("ines", language="fr")
    place = place_of(await ines.post("/patients/new", data=form(**{"birth_date-day": ""})))
    page = await ines.page(place.replace("/created", "/identity"))
    assert "mai\xa01980" in page.text


async def test_sending_the_form_twice_opens_one_record(browser_for):
    before, sent = await records(), form()
    ines = browser_for("ines")
    places = {place_of(await ines.post("/patients/new", data=sent)) for _ in range(2)}
    assert (len(places), await records()) == (1, before + 1)


async def test_a_nir_that_disagrees_is_a_warning_and_no_wall(browser_for):
    ines, sent = browser_for("ines"), form(nir="1 81 05 69 259 001")
    part = await browser_for("ines", htmx=True).post("/patients/new/nir", data=sent)
    assert "other sex" in part.text
    assert "another year" in part.text
    first = await ines.post("/patients/new", data=sent)
    assert first.status_code == 422
    assert read(first).select_one("input[name=nir_read]")
    assert place_of(await ines.post("/patients/new", data=sent | {"nir_read": "yes"})).endswith("/created")


async def test_a_close_record_of_ones_own_centre_is_shown_with_reasons(browser_for, people):
    known = await known_at(people, "ines", birth_date=date(1980, 12, 5))
    before, ines = await records(), browser_for("ines")
    place = place_of(await ines.post("/patients/new", data=form()))
    page = await ines.page(place)
    assert page.select_one(f"a[href='/patients/{known}']")
    assert "day and month of birth exchanged" in page.text
    assert "A close record may exist" not in page.text
    assert await records() == before
    assert (await browser_for("marc").get(place)).status_code == 404
    refused = await ines.post(f"{place}/create", data={"reason": "no"})
    probable = page.select_one("#reason")
    assert refused.status_code == (422 if probable else 303)
    made = place_of(await ines.post(f"{place}/create", data={"reason": "Twin sister, both were seen together"}))
    assert place_of(await ines.post(f"{place}/create", data={"reason": "Twin sister, once more"})) == made
    assert place_of(await ines.get(place)) == made
    assert await records() == before + 1


async def test_a_used_form_with_another_person_in_it_opens_the_other_persons_record(browser_for, people):
    """A tab that was brought back: what is typed over Nina is not lost in Nina's record; sent twice it is one."""
    ines, sent = browser_for("ines"), form()
    nina = place_of(await ines.post("/patients/new", data=sent))
    over = sent | {"birth_name": "Quiniou", "given_names": "Zélie", "email": "", "phone": ""}
    before = await records()
    made = [place_of(await ines.post("/patients/new", data=over)) for _ in range(2)]
    assert made[0] == made[1] != nina
    assert await records() == before + 1
    assert "Quiniou" in (await ines.page(made[0].removesuffix("/created") + "/identity")).text
    assert place_of(await ines.post("/patients/new", data=sent)) == nina


async def open_foreign(browser_for: Any, people: Cast, count: int, sent: dict[str, str]) -> list[httpx.Response]:
    """What somebody of Lyon is answered when Brest follows so many people like this one."""
    codes = []
    for number in range(count):
        patient = await find_patient(await known_at(people, "zoe", email=f"secret{number}.nina@example.org"))
        assert patient is not None
        codes += [str(patient.id), patient.code, patient.email, "77 77"]
    ines = browser_for("ines")
    reply = await ines.post("/patients/new", data=sent)
    page = await ines.get(place_of(reply))
    again = await ines.get(place_of(reply) + "/edit")
    told = [reply, page, again, await ines.post(f"{place_of(reply)}/create", data={"reason": ""})]
    for answer in told:
        whole = answer.text + str(answer.headers)
        assert [secret for secret in [*codes, "Brest", "BRE", "Zoé", "Caradec"] if secret in whole] == []
    return told


async def test_a_foreign_record_gives_away_that_it_may_exist_and_no_more(browser_for, db, people):
    """One or five: the same bytes, but for the tokens against forged requests."""
    from app.lib.db import DB

    sent, told = form(), []
    for count in (1, 5):
        savepoint = await DB.current_transaction.get().savepoint()
        answers = await open_foreign(browser_for, people, count, sent)
        told.append([(one.status_code, TOKEN.sub(b"", one.content), one.headers.get("location")) for one in answers])
        details = await fetch_value(
            "SELECT details FROM audit_event WHERE action = 'patients.matched' ORDER BY id DESC"
        )
        assert json.loads(details) == {"own": 0, "elsewhere": 1}
        await savepoint.rollback_to()
    assert told[0] == told[1]
    assert b"A close record may exist" in told[0][1][1]


@pytest.mark.capability("E23")
async def test_opening_a_record_beside_a_foreign_one_is_said_why_and_written_down(browser_for, people):
    await known_at(people, "zoe")
    before, ines = await records(), browser_for("ines")
    place = place_of(await ines.post("/patients/new", data=form()))
    made = place_of(await ines.post(f"{place}/create", data={"reason": "Seen with an identity card, lives in Lyon"}))
    patient = UUID(made.split("/")[2])
    assert await records() == before + 1
    actions = await fetch("SELECT action FROM audit_event WHERE patient = $1 ORDER BY id", patient)
    assert [row["action"] for row in actions][:2] == ["patient.created", "patient.kept_apart"]
    assert "Seen with an identity card" in (await ines.page(f"/patients/{patient}/identity")).text


async def test_asking_goes_to_whoever_follows_the_person(browser_for, people):
    await known_at(people, "zoe")
    ines = browser_for("ines")
    place = place_of(await ines.post("/patients/new", data=form()))
    assert place_of(await ines.post(f"{place}/ask", data={"note": ""})) == "/patients/requests?done=sent"
    waiting = await fetch("SELECT organisation, asked_by FROM affiliation_request")
    assert [tuple(row) for row in waiting] == [(people.lyon, people["ines"].account)]


async def test_looking_for_people_one_after_the_other_is_stopped(browser_for, monkeypatch):
    from app.patients.identity import actions

    monkeypatch.setattr(actions, "MATCHING", replace(actions.MATCHING, tries=1))
    ines = browser_for("ines")
    place_of(await ines.post("/patients/new", data=form()))
    before = await records()
    reply = await ines.post("/patients/new", data=form(given_names="Anna", birth_name="Kowalski"))
    assert reply.status_code == 422
    assert "many people" in read(reply).select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert await records() == before


async def test_what_was_typed_is_kept_for_an_hour(browser_for, people):
    from app.patients.identity.actions import forget_entries

    await known_at(people, "zoe")
    ines = browser_for("ines")
    place = place_of(await ines.post("/patients/new", data=form()))
    await execute("UPDATE patient_draft SET valid_until = now() - interval '1 minute'")
    assert (await ines.get(place)).status_code == 409
    assert (await ines.post(f"{place}/create", data={"reason": "Quite another person"})).status_code == 409
    await forget_entries(at=clock.now())
    assert await fetch_value("SELECT count(*) FROM patient_draft") == 0
    assert (await ines.get(place)).status_code == 404


async def test_a_form_with_a_colleagues_number_opens_nothing(browser_for, people):
    await known_at(people, "zoe")
    sent = form()
    place_of(await browser_for("ines").post("/patients/new", data=sent))
    before = await records()
    reply = await browser_for("marc").post("/patients/new", data=form(given_names="Ada") | {"entry": sent["entry"]})
    assert (reply.status_code, await records()) == (409, before)


async def test_a_close_record_is_shown_while_the_centre_may_read_it_and_that_is_written_down(browser_for, people):
    known = await known_at(people, "ines", given_names="Nina Rose Maud")
    ines = browser_for("ines")
    read_of = "SELECT count(*) FROM audit_event WHERE action = 'patient.read' AND patient = $1"
    place = place_of(await ines.post("/patients/new", data=form()))
    assert "Maud" in (await ines.page(place)).text
    assert await fetch_value(read_of, known) == 1

    await end_following(
        people["ines"].actor, known, End.MOVED, clock.day_in("Europe/Paris", clock.now()), at=clock.now()
    )

    page = await ines.page(place)
    assert [secret for secret in (str(known), "Maud", "secret.nina") if secret in str(page)] == []
    assert "A close record may exist" in page.text
    assert await fetch_value(read_of, known) == 1


async def test_a_record_that_closes_meanwhile_is_named_no_more(browser_for, people):
    known = await known_at(people, "ines", given_names="Nina Rose Maud")
    ines = browser_for("ines")
    place = place_of(await ines.post("/patients/new", data=form()))
    await execute("UPDATE patient SET withheld = '{care}' WHERE id = $1", known)
    page = await ines.page(place)
    assert "its owner has closed" in page.text
    assert [secret for secret in (str(known), "Maud") if secret in str(page)] == []


async def test_a_record_that_its_owner_closed_is_not_opened_by_this_page(browser_for, people):
    known = await known_at(people, "ines", given_names="Nina Rose Maud")
    await execute("UPDATE patient SET withheld = '{care}' WHERE id = $1", known)
    ines = browser_for("ines")
    page = await ines.page(place_of(await ines.post("/patients/new", data=form())))
    assert "its owner has closed" in page.text
    assert [secret for secret in (str(known), "Maud", "secret.nina", "77 77") if secret in str(page)] == []
