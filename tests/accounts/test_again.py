"""Signing in again in place: a session ran out while a page was open, and nothing may be lost."""

from urllib.parse import urlencode

import pytest

from app.accounts import one_time, queries, tokens
from app.accounts.actions import sessions, signing_in
from app.lib import clock, csrf
from app.lib.db import execute, fetch_value
from tests.accounts.test_sign_in import mailed_code, wrong
from tests.browser import read, text_of
from tests.people import PASSWORD, TOTP_SECRET

FORM = {"X-CSRF-Token": "", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def expired(browser_for, people):
    """A browser whose session just ran out."""

    async def browser(who: str, *, htmx: bool = True):
        held = tokens.hash_of(people[who].signed_in.token)
        await execute("UPDATE session SET idle_until = now() - interval '1 second' WHERE token_hash = $1", held)
        return browser_for(who, htmx=htmx)

    return browser


async def test_a_part_of_a_page_learns_it_by_status_alone(expired):
    reply = await (await expired("paul")).get("/me/recovery-codes")

    assert (reply.status_code, reply.content) == (401, b"")


async def test_a_patient_goes_on_in_place(expired, people, mailbox):
    browser = await expired("paul")
    before = people["paul"].signed_in

    offer = await browser.get("/sign-in/again")
    waiting = await browser.post("/sign-in/again/code")
    done = await browser.post("/sign-in/again", data={"code": await mailed_code(mailbox)})

    assert text_of(read(offer).select_one("#again-send")) == "Send a code to p•••••@example.org"
    assert read(waiting).select_one("#code")["autocomplete"] == "one-time-code"
    assert (done.status_code, done.text, done.headers["hx-trigger"]) == (200, "", "signed-in")
    # Pages left open keep their forms: the new session is bound to the same secret.
    assert csrf.is_valid(done.headers["x-csrf-token"], before.csrf_secret)
    session, actor = await queries.find_session(tokens.hash_of(done.cookies["cohorte_session"]), clock.now())
    assert (actor.id, actor.patients, session.live) == (before.account, people["paul"].actor.patients, True)
    assert session.csrf_secret == before.csrf_secret
    assert done.cookies["cohorte_session"] != before.token
    assert await queries.find_session(tokens.hash_of(before.token), clock.now()) is None


async def test_the_team_goes_on_in_place_with_both_factors(expired, people):
    browser = await expired("ines")

    offer = await browser.get("/sign-in/again")
    missing = await browser.post("/sign-in/again/password", data={"password": ""})
    refused = await browser.post("/sign-in/again/password", data={"password": "wrong"})
    right = await browser.post("/sign-in/again/password", data={"password": PASSWORD})
    done = await browser.post("/sign-in/again", data={"code": one_time.code_at(TOTP_SECRET, clock.now())})

    assert read(offer).select_one("#password")["type"] == "password"
    assert (missing.status_code, refused.status_code, right.status_code) == (422, 422, 200)
    assert text_of(read(refused).select_one("#password-error")).startswith("Error: This address and this password")
    assert (done.status_code, done.headers["hx-trigger"]) == (200, "signed-in")


async def test_a_wrong_code_leaves_the_dialog_open(expired, mailbox):
    browser = await expired("paul")
    await browser.post("/sign-in/again/code")

    reply = await browser.post("/sign-in/again", data={"code": wrong(await mailed_code(mailbox))})

    assert (reply.status_code, "hx-trigger" in reply.headers) == (422, False)
    assert read(reply).select_one("#code")


@pytest.mark.parametrize("begun_in_place", [True, False])
async def test_another_account_cannot_go_on_in_this_page(expired, mailbox, begun_in_place):
    """Also with a code that was asked for at the front door, in another tab."""
    browser = await expired("paul")
    token = await signing_in.ask_for_code("claire@example.org", again=begun_in_place, at=clock.now())
    browser.cookies.set("cohorte_sign_in", token)

    reply = await browser.post("/sign-in/again", data={"code": await mailed_code(mailbox)})

    assert reply.status_code == 422
    assert "Sign in with the account that was open on this page." in reply.text
    assert await fetch_value("SELECT count(*) FROM session WHERE closed_at IS NULL AND created_at > now()") == 0


async def test_a_page_of_its_own_without_javascript(expired, mailbox):
    browser = await expired("paul", htmx=False)

    offer = await browser.page("/sign-in/again?next=/answers")
    await browser.post("/sign-in/again/code", data={"next": "/answers"})
    done = await browser.post("/sign-in/again", data={"code": await mailed_code(mailbox), "next": "/answers"})

    assert text_of(offer.h1) == "Sign in again"
    assert (done.status_code, done.headers["location"]) == (303, "/answers")


async def test_who_is_not_known_is_led_to_the_front_door(browser_for):
    page = await browser_for(None).page("/sign-in/again?next=/answers")

    assert [a["href"] for a in page.select("main a.nhsuk-button")] == ["/sign-in?next=/answers"]


async def test_who_is_already_back_is_told_so(browser_for, people):
    token = csrf.token(people["paul"].signed_in.csrf_secret)

    reply = await browser_for("paul", htmx=True).get("/sign-in/again", headers={"X-CSRF-Token": token})

    assert reply.headers["hx-trigger"] == "signed-in"
    assert csrf.is_valid(reply.headers["x-csrf-token"], people["paul"].signed_in.csrf_secret)


@pytest.fixture
def anew(browser_for, people):
    """A browser that has signed in by the front door, and the form token of a page that was open before."""

    async def browser(who: str, *, page_of: str, htmx: bool = True):
        opened = await sessions.open_session(people[who].account, at=clock.now())
        found = browser_for(who, htmx=htmx)
        found.cookies.set("cohorte_session", opened.token)
        return found, csrf.token(people[page_of].signed_in.csrf_secret), opened.csrf_secret

    return browser


async def test_an_older_page_learns_that_its_token_is_stale_and_is_given_the_new_one(anew):
    browser, stale, secret = await anew("paul", page_of="paul")

    saving = await browser.post("/me/recovery-codes", headers={"X-CSRF-Token": stale})
    again = await browser.get("/sign-in/again", headers={"X-CSRF-Token": stale})
    afterwards = await browser.post("/sign-out", headers={"X-CSRF-Token": again.headers["x-csrf-token"]})

    assert (saving.status_code, saving.content) == (401, b"")
    assert (again.headers["hx-trigger"], csrf.is_valid(again.headers["x-csrf-token"], secret)) == ("signed-in", True)
    assert afterwards.status_code == 303


@pytest.mark.parametrize("token", ["claire", "made up", ""])
async def test_an_older_page_of_somebody_else_is_given_nothing(anew, token):
    browser, claires, _ = await anew("paul", page_of="claire")

    reply = await browser.get("/sign-in/again", headers={"X-CSRF-Token": claires if token == "claire" else token})

    assert {"hx-trigger", "x-csrf-token"} & set(reply.headers) == set()
    assert "Somebody else is signed in in this browser now." in text_of(read(reply))
    assert read(reply).select_one("form")["hx-get"] == "/sign-in/again"


async def test_the_dialog_of_an_older_page_begins_anew(anew):
    browser, stale, _ = await anew("paul", page_of="paul")

    reply = await browser.post("/sign-in/again/code", headers={"X-CSRF-Token": stale})

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in/again")


async def test_an_older_page_without_javascript_loses_nothing(anew):
    browser, stale, secret = await anew("paul", page_of="paul", htmx=False)
    typed = [("_csrf_token", stale), ("q1", "2"), ("q1", "3"), ("note", "Ça va.")]

    reply = await browser.post("/me/recovery-codes", headers=FORM, content=urlencode(typed).encode())

    form = read(reply).select_one("main form")
    hidden = [(field["name"], field["value"]) for field in form.select("input")]
    assert (reply.status_code, form["action"], sorted(hidden[1:])) == (403, "/me/recovery-codes", sorted(typed[1:]))
    assert csrf.is_valid(hidden[0][1], secret)


async def test_an_older_page_of_somebody_else_is_shown_nothing_of_it(anew):
    browser, claires, _ = await anew("paul", page_of="claire", htmx=False)

    reply = await browser.post(
        "/me/recovery-codes", headers=FORM, content=urlencode([("_csrf_token", claires), ("q1", "2")])
    )

    assert (reply.status_code, read(reply).select("main form")) == (403, [])


async def test_a_form_sent_too_late_loses_nothing_without_javascript(expired, people, mailbox):
    browser = await expired("paul", htmx=False)
    token = csrf.token(people["paul"].signed_in.csrf_secret)
    typed = [("_csrf_token", token), ("q1", "2"), ("q1", "3"), ("note", "Ça va.\nÀ demain, <b>docteur</b> 🙂")]

    late = await browser.post("/me/recovery-codes", headers=FORM, content=urlencode(typed).encode())
    waiting = await browser.post("/sign-in/again/code", data={"_held": kept(late)})
    wrong_once = await browser.post("/sign-in/again", data={"_held": kept(waiting), "code": ""})
    done = await browser.post("/sign-in/again", data={"_held": kept(wrong_once), "code": await mailed_code(mailbox)})

    assert late.status_code == 401
    form = read(done).select_one("main form")
    assert form["action"] == "/me/recovery-codes"
    hidden = [(field["name"], field["value"]) for field in form.select("input")]
    assert sorted(hidden[1:]) == sorted(typed[1:])
    assert csrf.is_valid(hidden[0][1], people["paul"].signed_in.csrf_secret)
    assert done.cookies["cohorte_session"]


async def test_a_form_that_is_not_ours_is_not_kept(expired):
    browser = await expired("paul", htmx=False)

    reply = await browser.post("/me/recovery-codes", data={"_csrf_token": "made up", "q1": "2"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?next=/")


async def test_a_kept_form_leads_nowhere_else(expired, mailbox):
    browser = await expired("paul", htmx=False)
    elsewhere = '["https://evil.example/", [["a", "b"]]]'
    await browser.post("/sign-in/again/code", data={"_held": elsewhere})

    done = await browser.post("/sign-in/again", data={"_held": elsewhere, "code": await mailed_code(mailbox)})

    assert (done.status_code, done.headers["location"]) == (303, "/")


def kept(reply) -> str:
    return read(reply).select_one("main input[name=_held]")["value"]
