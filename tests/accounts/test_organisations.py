"""Centres: who opens, changes and closes them, what a form refuses, and what closing one stops."""

import pytest

from app.accounts.organisations.actions import close_organisation
from app.accounts.organisations.model import fingerprint
from app.accounts.organisations.queries import get_organisation
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch_value
from app.lib.errors import Refused
from app.lib.ids import new_id
from tests.browser import read, text_of

HERE = "/administration/organisations"
GOING = {"reason": "Fusion avec Quimper", "alone": "yes"}
GOOD = {
    "name": "Centre expert de Nantes",
    "city": "Nantes",
    "code": " nan ",
    "kind": "inclusion_site",
    "time_zone": "Europe/Paris",
    "phone": "02 40 00 00 00",
    "pathologies": ["depression", "rett"],
    "controller": "CHU de Nantes",
    "data_owner": "Fondation Exemple",
    "data_protection_officer": "dpo@example.org",
}


async def last_event(subject: object) -> str:
    action: str = await fetch_value(
        "SELECT action FROM audit_event WHERE subject = $1 ORDER BY id DESC LIMIT 1", subject
    )
    return action


def errors(reply) -> dict[str, str]:
    return {str(a["href"])[1:]: a.text for a in read(reply).select(".nhsuk-error-summary__list a")}


@pytest.mark.capability("E34")
@pytest.mark.capability("T19")
async def test_the_network_opens_a_centre(browser_for, people):
    made = await browser_for("sacha").post(HERE, data=GOOD)
    page = await browser_for("sacha").page(made.headers["location"])

    organisation = await fetch_value("SELECT id FROM organisation WHERE code = 'NAN'")
    words = text_of(page.main)
    assert made.headers["location"] == f"{HERE}/{organisation}"
    assert all(
        word in words for word in ("Inclusion site", "Depression, Rett syndrome", "CHU de Nantes", "dpo@example.org")
    )
    assert await last_event(organisation) == Action.ORGANISATION_CREATED


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "  ", "Enter the name of the centre"),
        ("city", "", "Enter the city"),
        ("code", "", "Enter a code"),
        ("code", "É!", "Use 2 to 12 letters without accents and digits, for example LYO"),
        ("code", "lyo", "Another centre has this code. Choose another one."),
        ("kind", "castle", "Choose the kind of centre"),
        ("time_zone", "Mars/Olympus", "Choose the time zone"),
        ("phone", "call me", "Enter a telephone number with digits, for example 04 00 00 00 00"),
        ("controller", "x" * 121, "Shorten this to 120 characters at most"),
    ],
)
async def test_a_fault_is_said_beside_its_field_and_nothing_typed_is_lost(browser_for, field, typed, words):
    reply = await browser_for("sacha").post(HERE, data=GOOD | {field: typed})

    page = read(reply)
    assert reply.status_code == 422
    assert errors(reply) == {field: words}
    assert text_of(page.select_one(f"#{field}-error")) == f"Error: {words}"
    kept = {"name": "Centre expert de Nantes", "controller": "CHU de Nantes"}
    assert {name: page.select_one(f"#{name}")["value"] for name in kept if name != field}.items() <= kept.items()
    assert [box["value"] for box in page.select("input[name=pathologies][checked]")] == ["depression", "rett"]


async def test_a_name_that_was_asked_for_stands_in_the_form(browser_for):
    page = await browser_for("sacha").page(f"{HERE}/new?name=Hôpital+de+Dinan")
    assert page.select_one("#name")["value"] == "Hôpital de Dinan"


@pytest.mark.capability("E2")
@pytest.mark.parametrize(
    ("who", "status"), [("ines", 403), ("odile", 403), ("marc", 403), ("hugo", 403), ("lucie", 403), ("paul", 403)]
)
async def test_only_the_network_opens_centres(browser_for, who, status):
    assert (await browser_for(who).get(f"{HERE}/new")).status_code == status
    assert (await browser_for(who).post(HERE, data=GOOD)).status_code == status
    assert await fetch_value("SELECT count(*) FROM organisation WHERE code = 'NAN'") == 0


@pytest.mark.parametrize("part", ["", "/edit", "/close"])
async def test_another_centre_does_not_exist(browser_for, people, part):
    for who in ("ines", "odile"):
        assert (await browser_for(who).get(f"{HERE}/{people.brest}{part}")).status_code == 404
        assert (await browser_for(who).get(f"{HERE}/{new_id()}{part}")).status_code == 404
        if part:
            assert (await browser_for(who).post(f"{HERE}/{people.brest}{part}", data=GOOD)).status_code == 404


async def test_a_centre_sees_itself_alone_in_the_list(browser_for):
    own = text_of((await browser_for("odile").page(HERE)).main)
    all_of_them = text_of((await browser_for("sacha").page(HERE)).main)

    assert "Centre expert de Lyon" in own
    assert "Brest" not in own
    assert "Centre expert de Lyon" in all_of_them
    assert "Centre expert de Brest" in all_of_them


async def test_a_centre_changes_its_own_facts_and_not_its_name(browser_for, people):
    before = (await get_organisation(people.lyon)).details
    form = await browser_for("odile").page(f"{HERE}/{people.lyon}/edit")
    seen = form.select_one("input[name=seen]")["value"]
    reply = await browser_for("odile").post(f"{HERE}/{people.lyon}/edit", data=GOOD | {"seen": seen})

    after = (await get_organisation(people.lyon)).details
    assert form.select("#name, #code, #kind, #city") == []
    assert reply.status_code == 303
    assert (after.name, after.code, after.kind, after.city) == (before.name, before.code, before.kind, before.city)
    assert (after.phone, after.pathologies) == ("02 40 00 00 00", ("depression", "rett"))
    assert (after.controller, after.data_protection_officer) == ("CHU de Nantes", "dpo@example.org")
    fields = await fetch_value(
        "SELECT details::json->>'fields' FROM audit_event WHERE subject = $1 ORDER BY id DESC LIMIT 1", people.lyon
    )
    assert set(fields.split(",")) == {"phone", "pathologies", "controller", "data_owner", "data_protection_officer"}


async def test_two_who_change_a_centre_at_once_see_each_other(browser_for, people):
    seen = fingerprint((await get_organisation(people.lyon)).details)
    await browser_for("sacha").post(f"{HERE}/{people.lyon}/edit", data=GOOD | {"code": "LYO", "seen": seen})
    late = await browser_for("nour").post(
        f"{HERE}/{people.lyon}/edit", data=GOOD | {"code": "LYO", "city": "Villeurbanne", "seen": seen}
    )

    page = read(late)
    assert late.status_code == 409
    assert (await get_organisation(people.lyon)).details.city == "Nantes"
    assert "Somebody else changed this centre meanwhile" in text_of(page.main)
    assert [text_of(one) for one in page.select(".co-note dd")] == ["Nantes"]
    assert page.select_one("#city")["value"] == "Villeurbanne"

    again = GOOD | {"code": "LYO", "city": "Villeurbanne", "seen": page.select_one("input[name=seen]")["value"]}
    assert (await browser_for("nour").post(f"{HERE}/{people.lyon}/edit", data=again)).status_code == 303
    assert (await get_organisation(people.lyon)).details.city == "Villeurbanne"


async def test_a_code_is_not_taken_twice_by_a_change(browser_for, people):
    seen = fingerprint((await get_organisation(people.lyon)).details)
    reply = await browser_for("sacha").post(f"{HERE}/{people.lyon}/edit", data=GOOD | {"code": "BRE", "seen": seen})
    assert (reply.status_code, list(errors(reply))) == (422, ["code"])


async def test_closing_says_what_it_stops_asks_why_and_stops_it(browser_for, people):
    page = await browser_for("sacha").page(f"{HERE}/{people.brest}/close")
    missing = await browser_for("sacha").post(f"{HERE}/{people.brest}/close", data={"reason": " "})
    assert (await browser_for("zoe").get("/today")).status_code == 200

    await browser_for("sacha").post(f"{HERE}/{people.brest}/close", data=GOING)
    shown = text_of((await browser_for("sacha").page(f"{HERE}/{people.brest}")).main)
    listed = text_of((await browser_for("sacha").page(f"{HERE}?show=closed")).main)

    assert "2 professionals no longer act in this centre" in text_of(page.main)
    assert missing.status_code == 422
    assert errors(missing) == {
        "reason": "Say why the centre is closed",
        "alone": "Tick the box if you close the centre all the same",
    }
    assert "Fusion avec Quimper" in shown
    assert "Centre expert de Brest" in listed
    assert (await browser_for("zoe").get("/today")).status_code == 403
    assert (await browser_for("zoe").get(f"/patients/{people.yann_patient}")).status_code == 404
    assert (await browser_for("zoe").get("/administration")).status_code == 403
    assert await last_event(people.brest) == Action.ORGANISATION_CLOSED


async def test_a_centre_that_leaves_patients_alone_is_closed_knowingly(browser_for, people):
    reason = {"reason": "Fusion avec Quimper"}
    page = await browser_for("sacha").page(f"{HERE}/{people.brest}/close")
    unticked = await browser_for("sacha").post(f"{HERE}/{people.brest}/close", data=reason)

    assert "1 of these patients is followed by no other open centre" in text_of(page.select_one("#alone-hint"))
    assert (unticked.status_code, list(errors(unticked))) == (422, ["alone"])
    assert read(unticked).select_one("#reason")["value"] == "Fusion avec Quimper"
    with pytest.raises(Refused, match=r"organisation\.leaves_patients"):
        await close_organisation(people["sacha"].account, people.brest, "x", at=clock.now())
    # Lyon follows Yann too: then nobody is left alone, and nothing has to be ticked.
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from) VALUES ($1, $2, $3, 'active', now())",
        new_id(),
        people.yann_patient,
        people.lyon,
    )
    page = await browser_for("sacha").page(f"{HERE}/{people.brest}/close")
    assert page.select("[name=alone]") == []
    assert (await browser_for("sacha").post(f"{HERE}/{people.brest}/close", data=reason)).status_code == 303


async def test_a_closed_centre_opens_again(browser_for, people):
    await close_organisation(people["sacha"].account, people.brest, "Travaux", leaves_patients=True, at=clock.now())
    twice = await browser_for("sacha").post(f"{HERE}/{people.brest}/close", data={"reason": "Encore"})
    await browser_for("sacha").post(f"{HERE}/{people.brest}/reopen")

    assert twice.status_code == 409
    assert (await browser_for("zoe").get("/today")).status_code == 200
    assert await last_event(people.brest) == Action.ORGANISATION_REOPENED


@pytest.mark.parametrize("who", ["ines", "odile"])
async def test_a_centre_does_not_close_itself(browser_for, people, who):
    assert (await browser_for(who).get(f"{HERE}/{people.lyon}/close")).status_code == 403
    assert (await browser_for(who).post(f"{HERE}/{people.lyon}/close", data={"reason": "x"})).status_code == 403
    assert (await browser_for(who).post(f"{HERE}/{people.lyon}/reopen")).status_code == 403


async def test_what_is_sensitive_asks_for_a_fresh_second_factor(browser_for, people):
    await execute("UPDATE session SET second_factor_at = now() - interval '16 minutes'")
    for path in (f"{HERE}/new", f"{HERE}/{people.lyon}/edit", f"{HERE}/{people.lyon}/close"):
        reply = await browser_for("sacha").get(path)
        assert reply.headers["location"].startswith("/step-up?next=")
    assert (await browser_for("sacha").get(f"{HERE}/{people.lyon}")).status_code == 200
