"""Who a request speaks for, for how long, in which language; and which forms are taken."""

from datetime import timedelta

import pytest

from app.access.policy import Role
from app.accounts import queries, tokens
from app.accounts.actions import sessions
from app.accounts.model import IDLE_PATIENT, IDLE_TEAM, LONGEST_SESSION
from app.audit.actions import Action
from app.lib import clock, csrf
from app.lib.db import execute, fetch, fetch_row, fetch_value
from tests.browser import read, text_of


async def find(person, at=None):
    return await queries.find_session(tokens.hash_of(person.signed_in.token), at or clock.now())


@pytest.mark.parametrize(("who", "idle"), [("paul", IDLE_PATIENT), ("ines", IDLE_TEAM)])
async def test_a_session_ends_when_it_is_not_used(db, people, who, idle):
    at = clock.now()
    opened = await sessions.open_session(people[who].account, at=at)

    async def live(after: timedelta) -> bool:
        session, _ = await queries.find_session(tokens.hash_of(opened.token), at + after)
        return session.live

    assert [await live(idle - timedelta(seconds=1)), await live(idle)] == [True, False]


async def test_no_session_lasts_longer_than_twelve_hours(db, people):
    at = clock.now()
    opened = await sessions.open_session(people["paul"].account, at=at)
    await execute("UPDATE session SET idle_until = now() + interval '1 year'")

    session, _ = await queries.find_session(tokens.hash_of(opened.token), at + LONGEST_SESSION)

    assert not session.live


async def test_use_is_noted_once_a_minute(browser_for, people):
    held = tokens.hash_of(people["paul"].signed_in.token)
    await execute("UPDATE session SET last_seen_at = now() - interval '2 minutes' WHERE token_hash = $1", held)
    seen = "SELECT last_seen_at, idle_until FROM session WHERE token_hash = $1"
    before = await fetch_row(seen, held)

    await browser_for("paul").get("/help")
    once = await fetch_row(seen, held)
    await browser_for("paul").get("/help")

    assert once["last_seen_at"] > before["last_seen_at"]
    assert once["idle_until"] - once["last_seen_at"] == IDLE_PATIENT
    assert await fetch_row(seen, held) == once


async def test_a_proxy_answers_for_her_daughter_alone(db, people):
    _, actor = await find(people["claire"])

    assert actor.patients == frozenset({people.lea_patient})


async def test_a_link_that_ended_opens_nothing(db, people):
    await execute("UPDATE patient_link SET valid_to = '2025-12-31' WHERE account = $1", people["claire"].account)

    _, actor = await find(people["claire"])

    assert actor.patients == frozenset()


async def test_staff_whose_place_ended_stay_signed_in_and_see_no_patient(browser_for, people):
    await execute("UPDATE membership SET valid_to = '2025-12-31' WHERE account = $1", people["ines"].account)
    ines = browser_for("ines")

    _, actor = await find(people["ines"])
    record = await ines.get(f"/patients/{people.paul_patient}")

    assert (actor.role, actor.organisation, actor.administers) == (Role.WAITING, None, False)
    assert (record.status_code, (await ines.get("/patients")).status_code) == (404, 403)
    assert (await ines.get("/membership")).headers["location"] == "/waiting"


async def test_a_closed_account_is_signed_out(db, people):
    await execute("UPDATE account SET closed_at = now() WHERE id = $1", people["paul"].account)

    assert await find(people["paul"]) is None


async def test_the_database_holds_no_token_and_no_name(db, people):
    paul = people["paul"]
    rows = await fetch("SELECT account::text, session::text FROM account JOIN session ON session.account = account.id")
    kept = " ".join(str(value) for row in rows for value in row.values())

    assert paul.signed_in.token not in kept
    assert "Lambert" not in kept
    assert "paul@example.org" not in kept


@pytest.mark.parametrize(
    ("headers", "data", "taken"),
    [
        ({"X-CSRF-Token": ""}, {}, False),
        ({"X-CSRF-Token": "made up"}, {}, False),
        ({"X-CSRF-Token": csrf.token(b"x" * 32)}, {}, False),
        ({"X-CSRF-Token": ""}, {"_csrf_token": "made up"}, False),
    ],
)
async def test_a_form_that_is_not_ours_changes_nothing(browser_for, people, headers, data, taken):
    reply = await browser_for("paul").post("/sign-out", headers=headers, data=data)

    assert reply.status_code == 403
    assert text_of(read(reply).h1) == "This page stood open for too long"
    assert (await find(people["paul"]))[0].live


async def test_the_token_may_stand_in_the_form(browser_for, people):
    token = csrf.token(people["paul"].signed_in.csrf_secret)

    reply = await browser_for("paul").post("/sign-out", headers={"X-CSRF-Token": ""}, data={"_csrf_token": token})

    assert reply.status_code == 303


async def test_a_token_of_another_session_is_refused(browser_for, people):
    token = csrf.token(people["claire"].signed_in.csrf_secret)

    reply = await browser_for("paul").post("/sign-out", headers={"X-CSRF-Token": token})

    assert reply.status_code == 403


async def test_a_stranger_is_given_a_form_cookie_once(browser_for):
    browser = browser_for(None)
    browser.cookies.delete("cohorte_form")

    first = await browser.get("/sign-in")
    second = await browser.get("/sign-in")

    assert first.headers["set-cookie"].endswith("; Path=/; SameSite=Lax; HttpOnly")
    assert "set-cookie" not in second.headers
    page = read(second)
    reply = await browser.post(
        "/sign-in",
        headers={"X-CSRF-Token": ""},
        data={"_csrf_token": page.select_one("input[name=_csrf_token]")["value"], "email": "nobody@example.org"},
    )
    assert reply.status_code == 303


async def test_the_language_is_chosen_cookie_first(browser_for, people):
    browser = browser_for("paul", language="en")
    assert (await browser.page("/help")).html["lang"] == "en"

    browser.cookies.delete("language")
    assert (await browser.page("/help")).html["lang"] == "fr"


async def test_a_refused_form_offers_the_page_it_was_sent_from_in_another_language(browser_for):
    """The address of a form that only takes what is sent cannot be opened, in no language."""
    stranger = browser_for(None)
    elsewhere = "http://test/sign-in/code?next=/answers"

    reply = await stranger.post("/sign-out", headers={"Referer": elsewhere, "X-CSRF-Token": ""})
    offered = read(reply).select_one("a[href^='/language/fr']")["href"]
    there = await stranger.get(offered)

    assert (reply.status_code, there.headers["location"]) == (403, "/sign-in/code?next=/answers")


@pytest.mark.parametrize("referer", [{}, {"Referer": "http://test/sign-out"}, {"Referer": "http://test//evil.example"}])
async def test_another_language_never_leads_to_what_only_takes_forms(browser_for, referer):
    paul = browser_for("paul")

    reply = await paul.post("/sign-out", headers={"X-CSRF-Token": "", **referer})
    there = await paul.get(read(reply).select_one("a[href^='/language/fr']")["href"])

    assert there.headers["location"] == "/"


async def test_choosing_a_language_changes_the_account_too(browser_for, people):
    browser = browser_for("paul")

    reply = await browser.get("/language/en", params={"next": "/help?a=1"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/help?a=1")
    assert reply.headers["set-cookie"].startswith("language=en; Path=/; SameSite=Lax; Max-Age=31536000; HttpOnly")
    assert await queries.get_language(people["paul"].account) == "en"
    assert await fetch_value("SELECT action FROM audit_event ORDER BY id DESC LIMIT 1") == Action.LANGUAGE_CHOSEN


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("paul", 403), ("ines", 200), ("marc", 200)])
async def test_who_may_open_the_choice_of_centre(browser_for, who, status):
    assert (await browser_for(who).get("/membership")).status_code == status


async def test_marc_goes_to_work_in_brest(browser_for, people):
    browser = browser_for("marc")
    page = await browser.page("/membership")
    brest = next(i["value"] for i in page.select("input[name=membership]") if not i.has_attr("checked"))

    reply = await browser.post("/membership", data={"membership": brest})

    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    _, actor = await find(people["marc"])
    assert (actor.organisation, actor.organisation_name) == (people.brest, "Centre expert de Brest")


@pytest.mark.parametrize(("who", "ways"), [("marc", 1), ("ines", 0)])
async def test_only_who_works_in_several_centres_is_offered_to_change(browser_for, who, ways):
    page = await browser_for(who).page("/membership")

    assert len(page.select(".co-strip a[href='/membership']")) == ways


async def test_nobody_takes_a_place_they_do_not_hold(browser_for, people):
    zoes = await fetch_value("SELECT id FROM membership WHERE account = $1", people["zoe"].account)

    reply = await browser_for("ines").post("/membership", data={"membership": str(zoes)})

    assert reply.status_code == 422
    assert text_of(read(reply).select_one("#membership-error")) == "Error: Choose a centre"
    _, actor = await find(people["ines"])
    assert actor.organisation == people.lyon
