"""Signing in at either door: what is asked, what is refused, and what a browser holds afterwards."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts import one_time, queries, tokens
from app.accounts.actions import codes, signing_in
from app.accounts.model import CODES_ALLOWED, FAILURES_ALLOWED, TRIES_A_CODE
from app.accounts.problems import Problem
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.mail import MailRefused
from app.lib.mailbox import list_messages
from tests.browser import Browser, read, text_of
from tests.people import PASSWORD, TOTP_SECRET


async def run_mail_jobs() -> None:
    """Do what the worker would do with the mails that wait."""
    for row in await fetch("SELECT id, args FROM procrastinate_jobs WHERE task_name = 'accounts:mail_code'"):
        attempt = re.search(r'"attempt_id": "([^"]+)"', row["args"])
        assert attempt is not None
        await codes.send_code(attempt[1], at=clock.now())


async def mailed_code(folder: Path) -> str:
    await run_mail_jobs()
    found = re.search(r"^\d{6}$", list_messages(folder)[0].text, re.MULTILINE)
    assert found is not None
    return found[0]


async def half_a_minute_later() -> None:
    await execute("UPDATE throttle SET since = since - interval '31 seconds'")


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def events(subject: object) -> list[str]:
    rows = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", subject)
    return [row["action"] for row in rows]


async def test_a_patient_signs_in_by_mailed_code(browser_for, people, mailbox):
    browser = browser_for(None)

    asked = await browser.post("/sign-in", data={"email": " Paul@Example.ORG ", "next": "/answers"})
    page = await browser.page(asked.headers["location"])
    code = await mailed_code(mailbox)
    done = await browser.post("/sign-in/code", data={"code": f"{code[:3]} {code[3:]}", "next": "/answers"})

    assert "p•••••@example.org" in text_of(page.main)
    assert (done.status_code, done.headers["location"]) == (303, "/answers")
    session, actor = await queries.find_session(tokens.hash_of(browser.cookies["cohorte_session"]), clock.now())
    assert (actor.id, actor.patients, session.live) == (people["paul"].account, {people.paul_patient}, True)
    assert (await events(people["paul"].account))[-2:] == [Action.SECOND_FACTOR_GIVEN, Action.SESSION_OPENED]


async def test_the_mail_speaks_the_language_of_the_account(browser_for, people, mailbox):
    await execute("UPDATE account SET language = 'en' WHERE id = $1", people["paul"].account)
    await browser_for(None).post("/sign-in", data={"email": "paul@example.org"})
    await run_mail_jobs()

    [message] = list_messages(mailbox)
    assert (message.to, message.subject) == ("paul@example.org", "Your sign-in code")
    assert "It works once, for 10 minutes." in message.text
    assert "http" not in message.text


async def test_an_unknown_address_looks_the_same(browser_for, mailbox):
    known, unknown = browser_for(None), browser_for(None)

    one = await known.post("/sign-in", data={"email": "paul@example.org"})
    other = await unknown.post("/sign-in", data={"email": "pablo@example.org"})
    await run_mail_jobs()

    assert (one.status_code, one.headers["location"]) == (other.status_code, other.headers["location"])
    assert text_of((await known.page("/sign-in/code")).main) == text_of((await unknown.page("/sign-in/code")).main)
    assert [message.to for message in list_messages(mailbox)] == ["paul@example.org"]
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs") == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your email address"),
        ("paul", "Enter an email address like name@example.org"),
        ("paul\0@example.org", "Enter an email address like name@example.org"),
        ("🙂" * 100_000 + "@example.org", "Enter an email address like name@example.org"),
    ],
)
async def test_what_is_no_address_is_said_beside_the_field(browser_for, typed, words):
    reply = await browser_for(None).post("/sign-in", data={"email": typed})

    page = read(reply)
    assert reply.status_code == 422
    assert page.title.text.startswith("Error: ")
    assert text_of(page.select_one("#email-error")) == f"Error: {words}"
    assert [a["href"] for a in page.select(".nhsuk-error-summary__list a")] == ["#email"]


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "１２３４５６", "\0" * 6])
async def test_what_is_no_code_costs_no_try(browser_for, mailbox, typed):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})

    reply = await browser.post("/sign-in/code", data={"code": typed})

    assert reply.status_code == 422
    assert await fetch_value("SELECT sum(failures) FROM sign_in_attempt") == 0


async def test_a_code_works_once(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    code, held = await mailed_code(mailbox), browser.cookies["cohorte_sign_in"]
    await browser.post("/sign-in/code", data={"code": code})

    second = browser_for(None)
    second.cookies.set("cohorte_sign_in", held)
    reply = await second.post("/sign-in/code", data={"code": code})

    assert reply.headers["location"].startswith("/sign-in?")
    assert "cohorte_session" not in second.cookies


async def test_a_code_works_only_in_the_browser_that_asked(browser_for, mailbox):
    browser, other = browser_for(None), browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    await other.post("/sign-in", data={"email": "claire@example.org"})
    await run_mail_jobs()
    code = re.search(r"^\d{6}$", next(m.text for m in list_messages(mailbox) if "paul" in m.to), re.MULTILINE)[0]

    reply = await other.post("/sign-in/code", data={"code": code})

    assert "cohorte_session" not in other.cookies
    assert reply.status_code == 422


async def test_five_wrong_codes_end_the_attempt(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    code = await mailed_code(mailbox)

    for _ in range(TRIES_A_CODE):
        await browser.post("/sign-in/code", data={"code": wrong(code)})
    reply = await browser.post("/sign-in/code", data={"code": code})

    assert "Too many tries with this code" in text_of(read(reply).select_one("#code-error"))
    assert "cohorte_session" not in browser.cookies


async def test_a_code_runs_out(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    code = await mailed_code(mailbox)
    await execute("UPDATE sign_in_attempt SET valid_until = now() - interval '1 second'")

    reply = await browser.post("/sign-in/code", data={"code": code})

    assert "This code has run out" in text_of(read(reply).select_one("#code-error"))


async def test_another_code_waits_thirty_seconds_and_replaces_the_first(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    first = await mailed_code(mailbox)

    soon = await browser.post("/sign-in/code/again")
    await half_a_minute_later()
    later = await browser.post("/sign-in/code/again", data={"next": "/answers"})
    second = await mailed_code(mailbox)
    old = await browser.post("/sign-in/code", data={"code": first if first != second else wrong(second)})
    new = await browser.post("/sign-in/code", data={"code": second})

    assert "Wait 30 seconds" in text_of(read(soon).select_one("#code-error"))
    assert (later.status_code, later.headers["location"]) == (303, "/sign-in/code?next=/answers")
    assert (old.status_code, new.status_code) == (422, 303)


async def test_codes_for_one_address_are_counted_over_an_hour(db, people):
    at = clock.now()
    sent = [
        await signing_in.ask_for_code("paul@example.org", at=at + timedelta(minutes=n)) for n in range(CODES_ALLOWED)
    ]

    refused = await signing_in.ask_for_code("paul@example.org", at=at + timedelta(minutes=10))
    after_an_hour = await signing_in.ask_for_code("paul@example.org", at=at + timedelta(minutes=61))

    assert Problem.TOO_MANY_CODES not in sent
    assert refused is Problem.TOO_MANY_CODES
    assert not isinstance(after_an_hour, Problem)


async def test_a_double_click_ends_on_the_code_page(browser_for):
    browser = browser_for(None)
    replies = [await browser.post("/sign-in", data={"email": "paul@example.org"}) for _ in range(2)]

    assert [reply.headers["location"] for reply in replies] == ["/sign-in/code?next=/"] * 2


async def test_when_the_mail_server_refuses_nothing_changes(db, people):
    token = await signing_in.ask_for_code("paul@example.org", at=clock.now())
    attempt = await queries.find_attempt(tokens.hash_of(token))

    with pytest.raises(MailRefused, match="Connect"):
        await codes.send_code(attempt.id, at=clock.now())

    assert await fetch_value("SELECT code_hash FROM sign_in_attempt WHERE id = $1", attempt.id) is None


async def test_the_team_signs_in_by_password_and_authenticator(browser_for, people):
    browser = browser_for(None)
    first = await browser.post("/sign-in/team", data={"email": "ines@example.org", "password": PASSWORD})
    await browser.page(first.headers["location"])

    done = await browser.post("/sign-in/team/code", data={"code": one_time.code_at(TOTP_SECRET, clock.now())})

    assert (first.headers["location"], done.headers["location"]) == ("/sign-in/team/code?next=/", "/today")
    _, actor = await queries.find_session(tokens.hash_of(browser.cookies["cohorte_session"]), clock.now())
    assert replace(actor, factor_at=None) == replace(people["ines"].actor, factor_at=None)
    assert await fetch_value("SELECT second_factor_at FROM session ORDER BY created_at DESC LIMIT 1") is not None


async def test_an_authenticator_code_is_not_taken_twice(db, people):
    at = clock.now()
    code = one_time.code_at(TOTP_SECRET, at)
    first = await signing_in.check_password("ines@example.org", PASSWORD, at=at)
    assert not isinstance(await signing_in.sign_in(first, code, None, at=at), Problem)

    second = await signing_in.check_password("ines@example.org", PASSWORD, at=at)
    assert await signing_in.sign_in(second, code, None, at=at) is Problem.CODE_WRONG


@pytest.mark.parametrize(
    ("email", "password"),
    [("ines@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("paul@example.org", PASSWORD)],
)
async def test_a_wrong_password_and_an_unknown_address_read_the_same(browser_for, email, password):
    reply = await browser_for(None).post("/sign-in/team", data={"email": email, "password": password})

    assert reply.status_code == 422
    assert text_of(read(reply).select_one("#password-error")).startswith("Error: This address and this password")
    assert PASSWORD not in reply.text


async def test_too_many_wrong_passwords_close_the_door_for_a_while(db, people):
    at = clock.now()
    for _ in range(FAILURES_ALLOWED):
        await signing_in.check_password("ines@example.org", "wrong", at=at)

    assert await signing_in.check_password("ines@example.org", PASSWORD, at=at) is Problem.TOO_MANY_FAILURES
    later = at + timedelta(minutes=16)
    assert not isinstance(await signing_in.check_password("ines@example.org", PASSWORD, at=later), Problem)


async def test_staff_without_a_centre_come_in_and_wait(browser_for):
    browser = browser_for(None)
    await browser.post("/sign-in/team", data={"email": "lucie@example.org", "password": PASSWORD})

    done = await browser.post("/sign-in/team/code", data={"code": one_time.code_at(TOTP_SECRET, clock.now())})

    assert (done.status_code, done.headers["location"]) == (303, "/waiting")


async def test_a_team_account_receives_no_code_at_the_patients_door(browser_for, mailbox):
    await browser_for(None).post("/sign-in", data={"email": "ines@example.org"})
    await run_mail_jobs()

    assert list_messages(mailbox) == []


async def test_the_token_is_new_after_signing_in(browser_for, mailbox, people):
    browser: Browser = browser_for("yann")
    before = browser.cookies["cohorte_session"]
    token = await signing_in.ask_for_code("paul@example.org", at=clock.now())
    browser.cookies.set("cohorte_sign_in", token)
    code = await mailed_code(mailbox)

    reply = await browser.post("/sign-in/code", data={"code": code})

    assert reply.cookies["cohorte_session"] not in {"", before}
    assert await queries.find_session(tokens.hash_of(before), clock.now()) is None


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/team/code"])
async def test_without_an_attempt_the_code_page_leads_back(browser_for, path):
    reply = await browser_for(None).get(f"{path}?next=/answers")

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?next=/answers")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_next_stays_on_this_site(browser_for, elsewhere):
    reply = await browser_for("paul").get("/sign-in", params={"next": elsewhere})

    assert reply.headers["location"] == "/home"


async def test_signing_out_ends_the_session_everywhere(browser_for, people):
    browser = browser_for("paul")
    reply = await browser.post("/sign-out")

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")
    again = browser_for("paul")
    assert (await again.get("/")).headers["location"] == "/sign-in"
