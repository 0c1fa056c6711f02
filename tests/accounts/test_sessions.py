"""Where one is signed in: shown with what tells browsers apart, and ended one by one or all but this one."""

import pytest

from app.accounts import queries, tokens
from app.accounts.actions import sessions
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch_value
from app.lib.origin import Origin, origin
from tests.browser import text_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


async def open_elsewhere(account, *, network: str = "203.0.113.0"):
    """Sign in from another browser; its session's id."""
    asking = origin.set(Origin(agent=FIREFOX, network=network))
    try:
        opened = await sessions.open_session(account, method="passkey", at=clock.now())
    finally:
        origin.reset(asking)
    return await fetch_value("SELECT id FROM session WHERE token_hash = $1", tokens.hash_of(opened.token)), opened


async def test_each_browser_is_told_apart_and_this_one_marked(browser_for, people):
    await open_elsewhere(people["paul"].account)
    await open_elsewhere(people["yann"].account, network="198.51.100.0")

    page = await browser_for("paul").page("/me/sessions")

    rows = [text_of(row) for row in page.select(".co-rows > li")]
    assert len(rows) == 2
    assert "This browser" in rows[0]
    assert "Firefox, Windows" in rows[1]
    assert "by passkey" in rows[1]
    assert "203.0.113.0" in rows[1]
    assert "198.51.100.0" not in text_of(page.main)


async def test_one_of_them_is_signed_out(browser_for, people):
    other, opened = await open_elsewhere(people["paul"].account)
    browser = browser_for("paul")

    reply = await browser.post(f"/me/sessions/{other}/close")

    assert reply.headers["location"] == "/me/sessions?closed=1"
    assert "One browser is signed out." in text_of((await browser.page("/me/sessions?closed=1")).main)
    browser.cookies.set("cohorte_session", opened.token)
    assert (await browser.get("/me")).headers["location"].startswith("/sign-in")


async def test_signing_out_here_leads_to_the_door(browser_for, people):
    here = await fetch_value(
        "SELECT id FROM session WHERE token_hash = $1", tokens.hash_of(people["paul"].signed_in.token)
    )

    reply = await browser_for("paul").post(f"/me/sessions/{here}/close")

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")
    assert await queries.find_session(tokens.hash_of(people["paul"].signed_in.token), clock.now()) is None


@pytest.mark.parametrize("who", ["yann", "ines", "sacha"])
async def test_somebody_elses_session_does_not_exist(browser_for, people, who):
    other, opened = await open_elsewhere(people["paul"].account)

    assert (await browser_for(who).post(f"/me/sessions/{other}/close")).status_code == 404
    assert await queries.find_session(tokens.hash_of(opened.token), clock.now()) is not None


async def test_everywhere_else_at_once_and_how_many(browser_for, people):
    for _ in range(2):
        await open_elsewhere(people["paul"].account)
    _, yanns = await open_elsewhere(people["yann"].account)
    await execute(
        "UPDATE session SET idle_until = now() WHERE id = $1", (await open_elsewhere(people["paul"].account))[0]
    )
    browser = browser_for("paul")

    reply = await browser.post("/me/sessions/others/close")
    page = await browser.page(reply.headers["location"])

    assert "2 browsers are signed out." in text_of(page.main)
    assert len(page.select(".co-rows > li")) == 1
    assert page.select("form[action$=others\\/close]") == []
    assert await queries.find_session(tokens.hash_of(yanns.token), clock.now()) is not None
    closed = "SELECT count(*) FROM audit_event WHERE action = $1 AND subject = $2"
    assert await fetch_value(closed, Action.SESSIONS_CLOSED, people["paul"].account) == 1
