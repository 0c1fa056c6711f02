"""Waiting for a place: what a professional sees, asks for, and reads of the decision."""

import pytest

from app.accounts.actions.places import end_membership
from app.accounts.places.actions import grant_place, refuse_place, request_place
from app.accounts.places.model import WAITING_AT_MOST, Wish
from app.accounts.places.queries import list_requests
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.errors import Refused
from tests.browser import read, text_of


async def test_who_works_nowhere_is_asked_where(browser_for):
    page = await browser_for("lucie").page("/waiting")

    assert text_of(page.h1) == "You work in no centre yet"
    assert page.select_one("details[open] select#organisation") is not None
    links = {link["href"] for link in page.select("main a")}
    assert {"/me/authenticator", "/me/passkeys", "/training"} <= links


async def test_a_request_is_made_and_waits(browser_for, people):
    browser = browser_for("lucie")

    sent = await browser.post("/waiting", data={"profession": "nurse", "organisation": str(people.brest)})
    page = await browser.page(sent.headers["location"])

    assert "Your request was sent." in text_of(page.main)
    assert text_of(page.h1) == "Your request is waiting"
    assert "Centre expert de Brest Waiting Nurse, asked on" in text_of(page.select_one(".co-feed"))
    noted = "SELECT count(*) FROM audit_event WHERE action = $1 AND subject = $2 AND organisation = $3"
    assert await fetch_value(noted, Action.PLACE_REQUESTED, people["lucie"].account, people.brest) == 1


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"profession": ""}, "profession", "Choose your profession"),
        ({"organisation": "x"}, "organisation", "Choose your centre"),
        ({"organisation": "other"}, "other_organisation", "Enter the name of your centre"),
    ],
)
async def test_faults_are_said_beside_the_field(browser_for, people, changed, field, words):
    fields = {"profession": "nurse", "organisation": str(people.brest)} | changed

    reply = await browser_for("lucie").post("/waiting", data=fields)

    assert reply.status_code == 422
    assert text_of(read(reply).select_one(f"#{field}-error")).startswith(f"Error: {words}")


async def test_one_centre_is_asked_once(browser_for, people):
    fields = {"profession": "nurse", "organisation": str(people.brest)}
    browser = browser_for("lucie")
    await browser.post("/waiting", data=fields)

    reply = await browser.post("/waiting", data=fields)

    assert reply.status_code == 422
    assert "You have asked this centre already" in text_of(read(reply).select_one("#organisation-error"))


async def test_where_one_works_one_does_not_ask(browser_for, people):
    fields = {"profession": "nurse", "organisation": str(people.lyon)}

    reply = await browser_for("ines").post("/waiting", data=fields)

    assert "or you work there" in text_of(read(reply).select_one("#organisation-error"))


async def test_so_many_requests_may_wait(browser_for, people):
    for n in range(WAITING_AT_MOST):
        await request_place(people["lucie"].account, Wish("nurse", None, f"Centre {n}"), at=clock.now())

    reply = await browser_for("lucie").post("/waiting", data={"profession": "nurse", "organisation": str(people.brest)})

    assert "Five of your requests are waiting" in text_of(read(reply).select_one("#organisation-error"))


async def test_a_closed_centre_takes_nobody(people, db):
    await execute("UPDATE organisation SET closed_at = now() WHERE id = $1", people.brest)

    with pytest.raises(Refused, match=r"place\.closed"):
        await request_place(people["lucie"].account, Wish("nurse", people.brest), at=clock.now())


async def test_a_refusal_is_read_with_its_reason(browser_for, people):
    lucie = people["lucie"].account
    request = await request_place(lucie, Wish("nurse", people.lyon), at=clock.now())
    await refuse_place(people["ines"].actor, request, "You work in the next <b>building</b>.", at=clock.now())

    page = await browser_for("lucie").page("/waiting")

    assert "Refused" in text_of(page.select_one(".co-feed"))
    assert "Reason: You work in the next <b>building</b>." in text_of(page.select_one(".co-feed"))


async def test_from_a_granted_request_one_begins_to_work(browser_for, people):
    lucie, browser = people["lucie"].account, browser_for("lucie")
    request = await request_place(lucie, Wish("nurse", people.lyon), at=clock.now())
    membership = await grant_place(people["ines"].actor, request, at=clock.now())

    page = await browser.page("/waiting")
    field = page.select_one("form[action='/membership'] input[name=membership]")
    done = await browser.post("/membership", data={"membership": field["value"]})

    assert field["value"] == str(membership)
    assert done.status_code == 303
    assert (await browser.get("/today")).status_code == 200


async def test_a_place_that_ended_is_not_offered(browser_for, people):
    lucie = people["lucie"].account
    request = await request_place(lucie, Wish("nurse", people.lyon), at=clock.now())
    membership = await grant_place(people["ines"].actor, request, at=clock.now())
    await end_membership(people["ines"].actor, membership, None, at=clock.now())

    assert (await browser_for("lucie").page("/waiting")).select("form[action='/membership']") == []


async def test_an_arc_reads_that_no_trial_is_open(browser_for):
    page = await browser_for("hugo").page("/waiting")

    assert text_of(page.h1) == "No trial has been opened to you yet"
    assert "trial by trial" in text_of(page.main)


async def test_nobody_reads_the_requests_of_others(browser_for, people):
    await request_place(people["lucie"].account, Wish("nurse", None, "Hôpital des Fleurs"), at=clock.now())

    assert "Hôpital des Fleurs" in text_of((await browser_for("lucie").page("/waiting")).main)
    for other in ("ines", "hugo", "zoe"):
        assert "Hôpital des Fleurs" not in text_of((await browser_for(other).page("/waiting")).main)
    assert (await browser_for("paul").get("/waiting")).status_code == 403
    assert [one.place for one in await list_requests(people["lucie"].account)] == ["Hôpital des Fleurs"]


async def test_who_waits_reaches_no_patient(browser_for, people):
    await request_place(people["lucie"].account, Wish("nurse", people.lyon), at=clock.now())
    browser = browser_for("lucie")

    assert (await browser.get("/today")).status_code == 403
    assert (await browser.get(f"/patients/{people.paul_patient}")).status_code == 404
    assert (await browser.post("/patients/search", data={"q": "Paul"})).status_code == 403


@pytest.mark.parametrize(
    ("centre", "told"), [("lyon", {"ines", "odile"}), ("brest", {"zoe"}), (None, {"sacha", "nour"})]
)
async def test_who_decides_is_told_that_somebody_waits(db, people, centre, told):
    wish = Wish("nurse", getattr(people, centre)) if centre else Wish("nurse", other_organisation="Clinique du Parc")

    await request_place(people["lucie"].account, wish, at=clock.now())

    queued = await fetch(
        "SELECT args->>'account' AS account FROM procrastinate_jobs WHERE args->>'notice' = 'place_asked'"
    )
    assert {row["account"] for row in queued} == {str(people[who].account) for who in told}
