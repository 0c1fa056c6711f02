"""Deciding on requests for a place: who may, what they see, what comes of it."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.access.policy import Role
from app.accounts.places.actions import grant_place, refuse_place, request_place
from app.accounts.places.model import Wish
from app.accounts.places.queries import list_requests
from app.accounts.queries import list_memberships
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_row, fetch_value
from app.lib.errors import Refused
from tests.browser import read, text_of


@pytest.fixture
async def asked(db, people) -> dict[str, UUID]:
    """Lucie asks Lyon, Brest, and a centre that nobody knows."""
    lucie, at = people["lucie"].account, clock.now()
    return {
        "lyon": await request_place(lucie, Wish("psychologist", people.lyon), at=at),
        "brest": await request_place(lucie, Wish("arc", people.brest), at=at),
        "other": await request_place(lucie, Wish("nurse", None, "CHU de Limoges"), at=at),
    }


def page_of(request: UUID) -> str:
    return f"/administration/requests/{request}"


async def test_each_sees_what_is_theirs_to_decide(browser_for, asked):
    seen = {
        who: {link["href"] for link in (await browser_for(who).page("/administration/requests")).select(".co-rows a")}
        for who in ("ines", "odile", "zoe", "sacha")
    }

    assert seen == {
        "ines": {page_of(asked["lyon"])},
        "odile": {page_of(asked["lyon"])},
        "zoe": {page_of(asked["brest"])},
        "sacha": {page_of(request) for request in asked.values()},
    }


@pytest.mark.parametrize("who", ["paul", "marc", "hugo", "lucie", "tom"])
async def test_the_others_see_none(browser_for, asked, who):
    browser = browser_for(who)

    assert (await browser.get("/administration/requests")).status_code == 403
    assert (await browser.get(page_of(asked["lyon"]))).status_code in {403, 404}
    for act in ("grant", "refuse"):
        reply = await browser.post(f"{page_of(asked['lyon'])}/{act}", data={"reason": "no"})
        assert reply.status_code in {403, 404}
    assert await fetch_value("SELECT count(*) FROM membership_request WHERE decided_at IS NOT NULL") == 0


@pytest.mark.parametrize(("who", "whose"), [("zoe", "lyon"), ("ines", "brest"), ("ines", "other"), ("odile", "other")])
async def test_what_another_centre_is_asked_does_not_exist(browser_for, asked, who, whose):
    browser = browser_for(who)

    statuses = [
        (await browser.get(page_of(asked[whose]))).status_code,
        (await browser.post(f"{page_of(asked[whose])}/grant")).status_code,
        (await browser.post(f"{page_of(asked[whose])}/refuse", data={"reason": "no"})).status_code,
    ]

    assert statuses == [404, 404, 404]


async def test_whoever_decides_sees_what_they_need(browser_for, people, asked):
    page = await browser_for("ines").page(page_of(asked["lyon"]))

    shown = text_of(page.select_one(".co-dl"))
    for words in ("BLANC Lucie", "lucie@example.org", "confirmed on", "Psychologist", "Not given", "None"):
        assert words in shown
    noted = "SELECT count(*) FROM audit_event WHERE action = $1 AND actor = $2 AND subject = $3"
    read_by = (Action.ADMINISTRATION_READ, people["ines"].account, people["lucie"].account)
    assert await fetch_value(noted, *read_by) == 1


async def test_a_number_is_never_called_verified(browser_for, people, asked):
    row = await fetch_row("SELECT data_key FROM account WHERE id = $1", people["lucie"].account)
    from app.lib.keys import ring

    lucie = people["lucie"].account
    sealed = ring().open(row["data_key"], lucie).seal("10000000009", lucie, "account.rpps")
    await execute("UPDATE account SET rpps = $2 WHERE id = $1", lucie, sealed)

    page = await browser_for("ines").page(page_of(asked["lyon"]))

    assert "10000000009 (form right, not looked up in the register)" in text_of(page.select_one(".co-dl"))
    assert "Another account gives the same RPPS number" in text_of(page.main)


@pytest.mark.capability("E7")
async def test_a_place_is_granted(browser_for, people, asked):
    reply = await browser_for("ines").post(f"{page_of(asked['lyon'])}/grant")

    assert (reply.status_code, reply.headers["location"]) == (303, "/administration/requests")
    lucie = people["lucie"].account
    [place] = await list_memberships(lucie, clock.day_in("Europe/Paris", clock.now()))
    assert (place.organisation, place.profession) == (people.lyon, "psychologist")
    row = await fetch_row("SELECT role, administers FROM membership WHERE id = $1", place.id)
    assert (row["role"], row["administers"]) == (Role.PRACTITIONER, False)
    done = [
        row["action"] for row in await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", lucie)
    ]
    assert done[-2:] == [Action.MEMBERSHIP_ADDED, Action.PLACE_GRANTED]
    told = await fetch("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'accounts:tell_owner'")
    assert sum("place_granted" in row["args"] for row in told) == 1
    page = await browser_for("ines").page("/administration/requests")
    assert "Granted" in text_of(page.main)
    assert "by Inès Moreau" in text_of(page.main)


async def test_an_arc_gets_the_place_of_an_arc(people, asked):
    membership = await grant_place(people["zoe"].actor, asked["brest"], at=clock.now())

    assert await fetch_value("SELECT role FROM membership WHERE id = $1", membership) == Role.ARC


async def test_a_refusal_needs_a_reason(browser_for, people, asked):
    browser = browser_for("ines")

    without = await browser.post(f"{page_of(asked['lyon'])}/refuse", data={"reason": " \0"})
    long = await browser.post(f"{page_of(asked['lyon'])}/refuse", data={"reason": "x" * 1001})
    done = await browser.post(f"{page_of(asked['lyon'])}/refuse", data={"reason": "Not of our department"})

    assert (without.status_code, long.status_code, done.status_code) == (422, 422, 303)
    assert "Say why" in text_of(read(without).select_one("#reason-error"))
    assert text_of(read(long).select_one("#reason")) == "x" * 1001
    row = await fetch_row("SELECT * FROM membership_request WHERE id = $1", asked["lyon"])
    assert (row["membership"], row["decided_by"]) == (None, people["ines"].account)
    assert b"department" not in row["reason"]
    [read_by_lucie] = [one for one in await list_requests(people["lucie"].account) if one.id == asked["lyon"]]
    assert read_by_lucie.reason == "Not of our department"
    details = [row["details"] for row in await fetch("SELECT details FROM audit_event WHERE action = 'place.refused'")]
    assert "department" not in str(details)


async def test_a_second_decision_says_that_there_was_one(browser_for, people, asked):
    await browser_for("odile").post(f"{page_of(asked['lyon'])}/refuse", data={"reason": "Not of our department"})
    browser = browser_for("ines")

    late = await browser.post(f"{page_of(asked['lyon'])}/grant")
    page = await browser.page(page_of(asked["lyon"]))

    assert late.status_code == 409
    assert "This request has been decided on" in text_of(read(late).main)
    assert page.select("form[action$='/grant']") == []
    assert "Not of our department" in text_of(page.main)
    with pytest.raises(Refused, match=r"place\.decided"):
        await refuse_place(people["ines"].actor, asked["lyon"], "again", at=clock.now())


async def test_who_was_refused_is_known_no_more(browser_for, people, asked):
    await refuse_place(people["odile"].actor, asked["lyon"], "Not of our department", at=clock.now())
    await grant_place(people["zoe"].actor, asked["brest"], at=clock.now())

    page = (await browser_for("odile").page(page_of(asked["lyon"]))).main
    listed = (await browser_for("odile").page("/administration/requests")).main

    for shown in (page, listed):
        assert not any(word in str(shown) for word in ("Lucie", "BLANC", "lucie@", "Brest"))
        assert "Psychologist" in text_of(shown)
    assert "Not of our department" in text_of(page)
    assert "BLANC Lucie" in text_of((await browser_for("sacha").page("/administration/requests")).main)
    assert "lucie@example.org" in text_of((await browser_for("zoe").page(page_of(asked["brest"]))).main)


async def test_who_left_is_known_no_more(browser_for, people, asked):
    place = await grant_place(people["ines"].actor, asked["lyon"], at=clock.now())
    path, browser = page_of(asked["lyon"]), browser_for("ines")
    before = (await browser.page(path)).main
    await execute("UPDATE membership SET valid_from = '2025-01-01', valid_to = '2025-06-01' WHERE id = $1", place)

    after = (await browser.page(path)).main

    assert "lucie@example.org" in text_of(before)
    assert not any(word in str(after) for word in ("lucie@example.org", "Lucie", "BLANC"))


async def test_who_names_a_centre_freely_is_placed_by_the_network(browser_for, people, asked):
    browser = browser_for("sacha")
    page = await browser.page(page_of(asked["other"]))

    without = await browser.post(f"{page_of(asked['other'])}/grant", data={"organisation": ""})
    done = await browser.post(f"{page_of(asked['other'])}/grant", data={"organisation": str(people.brest)})

    create = page.select_one("a[href^='/administration/organisations/new']")
    assert create["href"] == "/administration/organisations/new?name=CHU%20de%20Limoges"
    assert "Choose the centre" in text_of(read(without).select_one("#organisation-error"))
    assert done.status_code == 303
    [place] = await list_memberships(people["lucie"].account, clock.day_in("Europe/Paris", clock.now()))
    assert place.organisation == people.brest


async def test_a_stale_factor_asks_for_a_fresh_one(browser_for, people, asked):
    await execute(
        "UPDATE session SET second_factor_at = $2 WHERE account = $1",
        people["ines"].account,
        clock.now() - timedelta(minutes=16),
    )

    reply = await browser_for("ines").get(page_of(asked["lyon"]))

    assert reply.headers["location"].startswith("/step-up?next=")


async def test_the_request_of_a_closed_account_is_gone(browser_for, people, asked):
    await execute("UPDATE account SET closed_at = now() WHERE id = $1", people["lucie"].account)
    browser = browser_for("ines")

    assert page_of(asked["lyon"]) not in (await browser.get("/administration/requests")).text
    assert (await browser.get(page_of(asked["lyon"]))).status_code == 404
    with pytest.raises(Refused, match=r"account\.closed"):
        await grant_place(people["ines"].actor, asked["lyon"], at=clock.now())
