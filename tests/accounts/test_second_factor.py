"""What stands between a right password and the records: what is offered, by which ways, and that nothing passes it."""

import re

import pytest
from litestar.routes import HTTPRoute

from app.access.guard import Requirement
from app.accounts import one_time, queries, tokens
from app.accounts.actions import codes, signing_in
from app.accounts.model import BETWEEN_CODES, Way
from app.accounts.problems import Problem
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.mailbox import list_messages
from app.settings import settings
from tests import twilio_stub
from tests.accounts.devices import Device
from tests.accounts.test_passkeys import add
from tests.accounts.test_sign_in import half_a_minute_later, mailed_code, run_mail_jobs, wrong
from tests.browser import read, text_of
from tests.people import PASSWORD, TOTP_SECRET

PHONE = "+33639980001"


@pytest.fixture
def twilio(monkeypatch):
    with twilio_stub.running() as stub:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stub
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


async def proven_phone(account) -> None:
    wrapped = await fetch_value("SELECT data_key FROM account WHERE id = $1", account)
    sealed = ring().open(wrapped, account).seal(PHONE, account, "account.phone")
    await execute("UPDATE account SET phone = $2, phone_verified_at = now() WHERE id = $1", account, sealed)


async def without_authenticator(account) -> None:
    await execute("UPDATE account SET totp_secret = NULL WHERE id = $1", account)


async def after_password(browser_for, who: str = "ines"):
    browser = browser_for(None)
    reply = await browser.post("/sign-in/team", data={"email": f"{who}@example.org", "password": PASSWORD})
    assert reply.headers["location"] == "/sign-in/team/code?next=/"
    return browser


def ways(page) -> list[str]:
    """The ways of sending a code that a page offers."""
    return [field["value"] for field in page.select("main input[name=way]")]


# --- nothing passes ---------------------------------------------------------------------------------------------------


@pytest.mark.capability("E13")
async def test_a_password_alone_opens_no_page_at_all(browser_for, application):
    """Every address that asks for anything, with nothing but the cookie that a right password gives."""
    browser = await after_password(browser_for)
    asked = 0
    for route in application.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            if isinstance(handler.opt.get("requires"), Requirement):
                path = re.sub(r"\{\w+:uuid\}", lambda _: str(new_id()), route.path)
                path = re.sub(r"\{\w+:\w+\}", "nothing", path)
                for method in handler.http_methods - {"OPTIONS"}:
                    reply = await browser.request(method, path)
                    asked += 1
                    assert (reply.status_code, reply.headers["location"].partition("?")[0]) == (303, "/sign-in"), path

    assert asked > 50
    assert "cohorte_session" not in browser.cookies


async def test_no_page_before_the_second_factor_names_a_person(browser_for, people):
    browser = await after_password(browser_for)

    page = await browser.page("/sign-in/team/code")

    assert "i•••••@example.org" in text_of(page.main)
    assert "Moreau" not in str(page)


# --- what is offered --------------------------------------------------------------------------------------------------


async def test_with_an_authenticator_nothing_is_mailed(browser_for, mailbox):
    browser = await after_password(browser_for)
    page = await browser.page("/sign-in/team/code")
    await run_mail_jobs()

    assert "open your authenticator app" in text_of(page.main)
    assert ways(page) == ["email"]
    assert list_messages(mailbox) == []


async def test_without_one_a_code_is_mailed_at_once(browser_for, people, mailbox):
    await without_authenticator(people["ines"].account)
    browser = await after_password(browser_for)
    page = await browser.page("/sign-in/team/code")

    done = await browser.post("/sign-in/team/code", data={"code": await mailed_code(mailbox)})

    assert "We sent a code to i•••••@example.org" in text_of(page.main)
    assert (done.status_code, done.headers["location"]) == (303, "/today")


async def test_the_code_may_be_mailed_instead_and_both_kinds_work(browser_for, mailbox):
    for typed in ("mailed", "shown"):
        await half_a_minute_later()
        browser = await after_password(browser_for)
        asked = await browser.post("/sign-in/team/code/again", data={"way": "email", "next": "/patients"})
        code = await mailed_code(mailbox) if typed == "mailed" else one_time.code_at(TOTP_SECRET, clock.now())
        done = await browser.post("/sign-in/team/code", data={"code": code, "next": "/patients"})

        assert asked.headers["location"] == "/sign-in/team/code?next=/patients"
        assert (done.status_code, done.headers["location"]) == (303, "/patients")


async def test_the_page_offers_what_the_account_has(browser_for, people, twilio):
    await proven_phone(people["ines"].account)
    await add(browser_for("ines"), Device())
    with_all = await (await after_password(browser_for)).page("/sign-in/team/code")
    with_little = await (await after_password(browser_for, "zoe")).page("/sign-in/team/code")

    assert (ways(with_all), ways(with_little)) == (["sms", "voice", "email"], ["email"])
    assert [bool(page.select("form[data-passkey]")) for page in (with_all, with_little)] == [True, False]


async def test_the_code_comes_by_text_message_or_call(browser_for, people, twilio, mailbox):
    await proven_phone(people["ines"].account)
    browser = await after_password(browser_for)

    await browser.post("/sign-in/team/code/again", data={"way": "voice"})
    await run_mail_jobs()
    calling = await browser.page("/sign-in/team/code")
    await half_a_minute_later()
    await browser.post("/sign-in/team/code/again", data={"way": "sms"})
    await run_mail_jobs()
    done = await browser.post("/sign-in/team/code", data={"code": twilio.code(PHONE)})

    assert len(twilio.calls(PHONE)) == 1
    assert "We are calling your telephone" in text_of(calling.main)
    assert (done.status_code, list_messages(mailbox)) == (303, [])


async def test_another_code_makes_the_former_useless(browser_for, people, mailbox):
    await without_authenticator(people["ines"].account)
    browser = await after_password(browser_for)
    first = await mailed_code(mailbox)
    await browser.post("/sign-in/team/code/again")
    second = await mailed_code(mailbox)

    old = await browser.post("/sign-in/team/code", data={"code": first if first != second else wrong(second)})

    assert old.status_code == 422
    assert (await browser.post("/sign-in/team/code", data={"code": second})).status_code == 303


async def test_asking_too_soon_is_answered_politely(browser_for):
    browser = await after_password(browser_for)
    await browser.post("/sign-in/team/code/again")

    soon = await browser.post("/sign-in/team/code/again")

    assert "Wait 30 seconds" in text_of(read(soon).select_one("#code-error"))


@pytest.mark.parametrize("path", ["/sign-in/team/code/again", "/sign-in/code/again", "/sign-in/team/code"])
async def test_without_an_attempt_one_starts_again(browser_for, path):
    reply = await browser_for(None).post(path, data={"next": "/today"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?next=/today")


async def test_a_patients_attempt_is_no_password(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "ines@example.org"})

    assert (await browser.post("/sign-in/team/code/again")).headers["location"] == "/sign-in?next=/"
    code = one_time.code_at(TOTP_SECRET, clock.now())
    assert (await browser.post("/sign-in/code", data={"code": code})).status_code == 422


async def test_a_first_factor_of_another_kind_leads_to_the_second(browser_for, people):
    at = clock.now()
    token = await signing_in.ask_for_second_factor(people["ines"].account, "oidc", at=at)
    browser = browser_for(None)
    browser.cookies.set("cohorte_sign_in", token)

    page = await browser.page("/sign-in/team/code")
    done = await browser.post("/sign-in/team/code", data={"code": one_time.code_at(TOTP_SECRET, at)})

    assert page.select_one("#code")
    assert done.status_code == 303
    assert await fetch_value("SELECT method FROM session ORDER BY created_at DESC LIMIT 1") == "oidc"


@pytest.mark.parametrize(("state", "words"), [("bounced", "Choose another way"), ("delivered", "has arrived")])
async def test_what_became_of_the_code_is_said_after_the_password(browser_for, people, mailbox, state, words):
    await without_authenticator(people["ines"].account)
    browser = await after_password(browser_for)
    await run_mail_jobs()
    await execute("UPDATE delivery SET state = $1", state)

    assert words in text_of((await browser.page("/sign-in/team/code")).main)


async def test_what_became_of_a_patients_code_is_not_said(browser_for, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    await run_mail_jobs()
    before = text_of((await browser.page("/sign-in/code")).main)
    await execute("UPDATE delivery SET state = 'bounced'")

    assert text_of((await browser.page("/sign-in/code")).main) == before


# --- the patients' second channel -------------------------------------------------------------------------------------


@pytest.mark.capability("E11")
async def test_a_patient_has_the_code_sent_to_the_telephone(browser_for, people, twilio, mailbox):
    await proven_phone(people["paul"].account)
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    first = await mailed_code(mailbox)
    await half_a_minute_later()

    asked = await browser.post("/sign-in/code/again", data={"way": "sms", "next": "/answers"})
    page = await browser.page(asked.headers["location"])
    await run_mail_jobs()
    old = await browser.post("/sign-in/code", data={"code": first})
    done = await browser.post("/sign-in/code", data={"code": twilio.code(PHONE), "next": "/answers"})

    assert ways(page) == ["sms", "voice", "email"]
    assert "by text message if a telephone number is registered" in text_of(page.main)
    assert (old.status_code, done.status_code, done.headers["location"]) == (422, 303, "/answers")


async def test_a_patient_is_called(browser_for, people, twilio):
    await proven_phone(people["paul"].account)
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    await half_a_minute_later()
    await browser.post("/sign-in/code/again", data={"way": "voice"})
    await execute("DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs)")
    await run_mail_jobs()

    assert len(twilio.calls(PHONE)) == 1


async def test_without_a_telephone_the_code_comes_by_mail_all_the_same(browser_for, twilio, mailbox):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    await half_a_minute_later()
    await browser.post("/sign-in/code/again", data={"way": "sms"})

    assert (await browser.post("/sign-in/code", data={"code": await mailed_code(mailbox)})).status_code == 303
    assert twilio.sent == []


@pytest.mark.parametrize("way", ["email", "sms", "voice"])
async def test_nobody_learns_by_it_which_addresses_are_known(browser_for, people, twilio, mailbox, way):
    await proven_phone(people["paul"].account)
    shown = []
    for email in ("paul@example.org", "peter@example.org", "pia@example.org"):
        browser = browser_for(None)
        asked = await browser.post("/sign-in", data={"email": email})
        await half_a_minute_later()
        again = await browser.post("/sign-in/code/again", data={"way": way})
        await run_mail_jobs()
        await execute("UPDATE sign_in_attempt SET code_sent_at = code_sent_at - interval '5 minutes'")
        await execute("UPDATE sign_in_attempt SET created_at = date_trunc('day', now())")
        refused = await browser.post("/sign-in/code", data={"code": "000000"})
        page = await browser.page("/sign-in/code")
        statuses = [reply.status_code for reply in (asked, again, refused)]
        shown.append(
            (statuses, text_of(read(refused).main), text_of(page.main), str(page.select("[data-later]")[0].attrs))
        )

    assert len(set(map(str, shown))) == 1


async def test_without_a_provider_no_telephone_is_offered(browser_for):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})

    assert ways(await browser.page("/sign-in/code")) == ["email"]


async def test_a_script_shows_the_other_ways_after_half_a_minute(browser_for):
    browser = browser_for(None)
    await browser.post("/sign-in", data={"email": "paul@example.org"})
    seconds = int((await browser.page("/sign-in/code")).select_one("[data-later]")["data-later"])
    await execute("UPDATE sign_in_attempt SET created_at = created_at - interval '31 seconds'")
    later = int((await browser.page("/sign-in/code")).select_one("[data-later]")["data-later"])

    assert 20 < seconds <= BETWEEN_CODES.total_seconds()
    assert later == 0


async def test_limits_hold_over_all_channels(db):
    at = clock.now()
    token = await signing_in.ask_for_code("paul@example.org", at=at)
    for way in (Way.SMS, Way.VOICE, Way.EMAIL, Way.SMS, Way.VOICE, Way.EMAIL):
        await half_a_minute_later()
        attempt = await queries.find_attempt(tokens.hash_of(token))
        last = await signing_in.ask_for_another_code(attempt, way, at=at)
        token = last if not isinstance(last, Problem) else token

    assert last is Problem.TOO_MANY_CODES


async def test_a_code_that_is_sent_again_by_the_worker_replaces_the_former(db, people, mailbox):
    token = await signing_in.ask_for_code("paul@example.org", at=clock.now())
    attempt = await queries.find_attempt(tokens.hash_of(token))
    await codes.send_code(attempt.id, at=clock.now())
    first = await fetch_value("SELECT code_hash FROM sign_in_attempt WHERE id = $1", attempt.id)
    await codes.send_code(attempt.id, at=clock.now())

    assert await fetch_value("SELECT code_hash FROM sign_in_attempt WHERE id = $1", attempt.id) != first
    assert len(list_messages(mailbox)) == 2


# --- the doors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/team"])
async def test_both_doors_offer_a_passkey_and_an_account(browser_for, path):
    page = await browser_for(None).page(f"{path}?next=/answers")

    [form] = page.select("form[data-passkey]")
    assert (form["action"], form["method"]) == ("/sign-in/passkey", "get")
    assert form.select_one("input[name=next]")["value"] == "/answers"
    assert page.select("main a[href='/sign-up']")
    assert form.select_one("[role=status]").get_text() == ""


async def test_every_delivery_of_a_code_is_kept_without_what_it_said(browser_for, people, mailbox):
    await browser_for(None).post("/sign-in", data={"email": "paul@example.org"})
    await run_mail_jobs()

    [row] = await fetch("SELECT account, channel, purpose, state FROM delivery")
    assert tuple(row) == (people["paul"].account, "email", "sign_in_code", "sent")
