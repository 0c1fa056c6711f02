"""A new e-mail address or telephone: proven by a code, told to the former one, and known to nobody else."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts import queries
from app.accounts.actions import notices
from app.accounts.addresses import actions
from app.accounts.addresses.actions import CHANGES
from app.accounts.addresses.model import TRIES
from app.accounts.notices import Notice
from app.accounts.own.queries import get_profile
from app.audit.actions import Action
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.mailbox import list_messages
from app.settings import settings
from tests import twilio_stub
from tests.browser import read, text_of

NEW = "paul.nouveau@example.org"
PHONE, OTHER_PHONE = "+33639980001", "+33639980002"
AGO = "UPDATE address_change SET created_at = created_at - interval '31 seconds'"


@pytest.fixture(autouse=True)
async def just_now(db):
    """Everybody has just given a second factor, however long the run has taken."""
    await execute("UPDATE session SET second_factor_at = now()")


@pytest.fixture
def twilio(monkeypatch):
    with twilio_stub.running() as stub:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stub
    monkeypatch.undo()
    settings.cache_clear()


async def work() -> None:
    """Do what the worker would do with what waits for it, and with what that leads to."""
    acts = {"send_address_code": actions.send_code, "tell_former_address": actions.tell_former}
    while rows := await fetch("DELETE FROM procrastinate_jobs WHERE queue_name = 'mail' RETURNING task_name, args"):
        for row in rows:
            what, args = (
                row["task_name"].removeprefix("accounts:"),
                dict(re.findall(r'"(\w+)": "([^"]+)"', row["args"])),
            )
            if what in {"tell_owner", "text_owner"}:
                at, tell = clock.now(), notices.send_notice if what == "tell_owner" else notices.text_notice
                await tell(UUID(args["account"]), Notice(args["notice"]), at, at=at)
            else:
                await acts[what](UUID(args["change"]), at=clock.now())


def code_to(folder, address: str) -> str:
    found = [re.search(r"^\d{6}$", m.text, re.MULTILINE) for m in list_messages(folder) if m.to == address]
    assert found
    assert found[0] is not None
    return found[0][0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def email_of(people, who: str) -> str:
    return (await get_profile(people[who].account, clock.now())).email


@pytest.mark.capability("R3")
async def test_a_new_address_counts_once_its_code_is_typed(browser_for, people, mailbox):
    browser, paul = browser_for("paul"), people["paul"].account
    await browser.page("/me/email")

    asked = await browser.post("/me/email", data={"email": " Paul.Nouveau@Example.org "})
    form = await browser.page(asked.headers["location"])
    await work()
    before = await email_of(people, "paul")
    done = await browser.post("/me/email/code", data={"code": code_to(mailbox, NEW)})
    await work()

    assert (asked.headers["location"], before) == ("/me/email/code", "paul@example.org")
    assert NEW in text_of(form.main)
    assert (done.status_code, done.headers["location"]) == (303, "/me?done=email")
    found = await queries.find_account_by_email(queries.email_hash(NEW))
    assert (found["id"], await queries.get_email(paul)) == (paul, NEW)
    assert await queries.find_account_by_email(queries.email_hash("paul@example.org")) is None
    told = {message.to: message for message in list_messages(mailbox)[:2]}
    assert set(told) == {"paul@example.org", NEW}
    assert (
        "call your centre now" in told["paul@example.org"].text
        or "appelez votre centre" in told["paul@example.org"].text
    )
    assert NEW not in told["paul@example.org"].text
    assert await fetch_value("SELECT former FROM address_change") is None
    events = [row["action"] for row in await fetch("SELECT action FROM audit_event WHERE subject = $1", paul)]
    assert Action.ADDRESS_CHANGED in events


async def test_a_sign_in_begun_at_the_former_address_ends(browser_for, people, mailbox):
    browser = browser_for("paul")
    await browser_for(None).post("/sign-in", data={"email": "paul@example.org"})
    await browser.post("/me/email", data={"email": NEW})
    await execute("DELETE FROM procrastinate_jobs WHERE task_name = 'accounts:mail_code'")
    await work()
    await browser.post("/me/email/code", data={"code": code_to(mailbox, NEW)})

    held = "SELECT count(*) FROM sign_in_attempt WHERE account = $1 AND used_at IS NULL"
    assert await fetch_value(held, people["paul"].account) == 0


async def test_an_address_that_has_an_account_looks_the_same_and_cannot_be_taken(browser_for, people, mailbox):
    free, taken = browser_for("paul"), browser_for("claire")

    one = await free.post("/me/email", data={"email": NEW})
    other = await taken.post("/me/email", data={"email": "yann@example.org"})
    page = text_of((await taken.page("/me/email/code")).main)
    same = text_of((await free.page("/me/email/code")).main)
    written = await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'accounts:send_address_code'")
    for row in written:
        await actions.send_code(UUID(re.search(r'"change": "([^"]+)"', row["args"])[1]), at=clock.now())
    tried = await taken.post("/me/email/code", data={"code": "123456"})

    assert (one.status_code, one.headers["location"]) == (other.status_code, other.headers["location"])
    assert page.replace("yann@example.org", "X") == same.replace(NEW, "X")
    assert [message.to for message in list_messages(mailbox)] == [NEW]
    told = "SELECT args->>'account' FROM procrastinate_jobs WHERE args->>'notice' = 'address_known'"
    assert await fetch_value(told) == str(people["yann"].account)
    assert "This is not the right code." in text_of(read(tried).select_one("#code-error"))
    assert await email_of(people, "claire") == "claire@example.org"


async def test_an_account_opened_there_meanwhile_keeps_its_address(browser_for, people, mailbox):
    browser = browser_for("paul")
    await browser.post("/me/email", data={"email": NEW})
    await work()
    await execute("UPDATE account SET email_hash = $2 WHERE id = $1", people["yann"].account, queries.email_hash(NEW))

    reply = await browser.post("/me/email/code", data={"code": code_to(mailbox, NEW)})

    assert reply.status_code == 422
    assert await email_of(people, "paul") == "paul@example.org"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your email address"),
        ("paul", "Enter an email address like name@example.org"),
        ("paul@example.org", "This is already your address."),
    ],
)
async def test_what_will_not_do_is_said_beside_the_field(browser_for, typed, words):
    reply = await browser_for("paul").post("/me/email", data={"email": typed})

    assert reply.status_code == 422
    assert words in text_of(read(reply).select_one("#email-error"))
    assert read(reply).select_one("#email")["value"] == typed


async def test_five_wrong_codes_end_the_change(browser_for, people, mailbox):
    browser = browser_for("paul")
    await browser.post("/me/email", data={"email": NEW})
    await work()
    code = code_to(mailbox, NEW)

    for _ in range(TRIES):
        await browser.post("/me/email/code", data={"code": wrong(code)})
    reply = await browser.post("/me/email/code", data={"code": code})

    assert "Too many tries with this code." in text_of(read(reply).select_one("#code-error"))
    assert await email_of(people, "paul") == "paul@example.org"


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "\0" * 6])
async def test_what_is_no_code_costs_no_try(browser_for, mailbox, typed):
    browser = browser_for("paul")
    await browser.post("/me/email", data={"email": NEW})
    await work()

    assert (await browser.post("/me/email/code", data={"code": typed})).status_code == 422
    assert await fetch_value("SELECT failures FROM address_change") == 0


async def test_a_code_runs_out_and_belongs_to_one_account(browser_for, people, mailbox):
    browser = browser_for("paul")
    await browser.post("/me/email", data={"email": NEW})
    await work()
    code = code_to(mailbox, NEW)

    foreign = await browser_for("claire").post("/me/email/code", data={"code": code})
    await execute("UPDATE address_change SET valid_until = now() - interval '1 second'")
    late = await browser.post("/me/email/code", data={"code": code})

    assert [reply.headers["location"] for reply in (foreign, late)] == ["/me/email"] * 2
    assert (await browser.get("/me/email/code")).headers["location"] == "/me/email"
    assert await email_of(people, "paul") == "paul@example.org"


async def test_another_code_replaces_the_first_after_thirty_seconds(browser_for, people, mailbox):
    browser = browser_for("paul")
    await browser.post("/me/email", data={"email": NEW})
    await work()
    first = code_to(mailbox, NEW)

    soon = await browser.post("/me/email/code/again")
    other = await browser.post("/me/email", data={"email": "else@example.org"})
    twice = await browser.post("/me/email", data={"email": NEW})
    await execute(AGO)
    again = await browser.post("/me/email/code/again")
    await work()
    second = code_to(mailbox, NEW)
    old = await browser.post("/me/email/code", data={"code": first if first != second else wrong(second)})
    new = await browser.post("/me/email/code", data={"code": second})

    assert "Wait 30 seconds" in text_of(read(soon).select_one("#code-error"))
    assert "Wait 30 seconds" in text_of(read(other).select_one("#email-error"))
    assert [reply.headers["location"] for reply in (twice, again)] == ["/me/email/code"] * 2
    assert (old.status_code, new.status_code) == (422, 303)


async def test_codes_are_counted_over_an_hour(browser_for):
    browser = browser_for("paul")
    for number in range(CHANGES.tries):
        await browser.post("/me/email", data={"email": f"paul{number}@example.org"})
        await execute(AGO)

    reply = await browser.post("/me/email", data={"email": NEW})

    assert "Too many codes were asked for." in text_of(read(reply).select_one("#email-error"))


async def test_a_second_run_of_the_job_sends_a_fresh_code_and_none_once_it_is_used(browser_for, mailbox, people):
    browser = browser_for("paul")
    await browser.post("/me/email", data={"email": NEW})
    change = await fetch_value("SELECT id FROM address_change")
    for _ in range(2):
        await actions.send_code(change, at=clock.now())
    await browser.post("/me/email/code", data={"code": code_to(mailbox, NEW)})
    sent = len(list_messages(mailbox))

    await actions.send_code(change, at=clock.now())
    await actions.send_code(change, at=clock.now() + timedelta(hours=1))

    assert len(list_messages(mailbox)) == sent == 2


async def test_a_fresh_second_factor_comes_first(browser_for):
    await execute("UPDATE session SET second_factor_at = now() - interval '16 minutes'")

    for path in ("/me/email", "/me/phone"):
        assert (await browser_for("paul").get(path)).headers["location"] == f"/step-up?next={path}"


# --- telephones -----------------------------------------------------------------------------------------------------


async def test_without_a_provider_no_telephone_is_offered(browser_for):
    browser = browser_for("paul")

    assert (await browser.get("/me/phone")).status_code == 404
    assert (await browser.post("/me/phone", data={"phone": "06 39 98 00 01"})).status_code == 404


async def add_phone(browser, twilio, typed: str, number: str) -> None:
    await browser.post("/me/phone", data={"phone": typed})
    await work()
    reply = await browser.post("/me/phone/code", data={"code": twilio.code(number)})
    assert reply.headers["location"] == "/me?done=phone"


async def test_a_telephone_is_proven_changed_and_removed(browser_for, people, mailbox, twilio):
    browser, paul = browser_for("paul"), people["paul"].account
    await browser.page("/me/phone")

    await add_phone(browser, twilio, "06 39 98 00 01", PHONE)
    first = await get_profile(paul, clock.now())
    await add_phone(browser, twilio, "+33 6 39 98 00 02", OTHER_PHONE)
    second = await get_profile(paul, clock.now())
    await work()
    told = twilio.texts(PHONE)[-1]
    removed = await browser.post("/me/phone/remove")
    await work()

    assert (first.phone, second.phone) == (PHONE, OTHER_PHONE)
    assert "+33" not in told
    assert "Cohorte" in told
    assert removed.headers["location"] == "/me?done=phone-removed"
    assert (await get_profile(paul, clock.now())).phone == ""
    assert {message.to for message in list_messages(mailbox)} == {"paul@example.org"}
    events = await fetch("SELECT details FROM audit_event WHERE subject = $1 AND action = 'address.changed'", paul)
    assert len(events) == 3
    assert not [row for row in events if "+33" in row["details"]]


@pytest.mark.parametrize(("typed", "words"), [("", "Enter"), ("06 39", "Enter"), ("01 99 00 12 34", "")])
async def test_what_is_no_mobile_is_said_beside_the_field(browser_for, twilio, typed, words):
    reply = await browser_for("paul").post("/me/phone", data={"phone": typed})

    assert reply.status_code == 422
    assert words in text_of(read(reply).select_one("#phone-error"))
    assert twilio.sent == []


async def test_a_number_that_takes_no_message_is_said_on_the_code_page(browser_for, twilio):
    browser = browser_for("paul")
    await browser.post("/me/phone", data={"phone": "+33639980021"})
    await work()

    assert "was refused" in text_of((await browser.page("/me/phone/code")).main)


async def test_a_number_that_nobody_proved_is_not_written_to(browser_for, people, mailbox, twilio):
    browser, paul = browser_for("paul"), people["paul"].account
    await add_phone(browser, twilio, "06 39 98 00 01", PHONE)
    await execute("UPDATE account SET phone_verified_at = NULL WHERE id = $1", paul)
    before = len(twilio.texts(PHONE))

    assert (await get_profile(paul, clock.now())).phone == ""
    await add_phone(browser, twilio, "06 39 98 00 02", OTHER_PHONE)
    await work()

    assert len(twilio.texts(PHONE)) == before


async def test_forgetting_keeps_what_is_still_open(browser_for, people):
    at = clock.now()
    await browser_for("paul").post("/me/email", data={"email": NEW})
    await browser_for("claire").post("/me/email", data={"email": "claire.m@example.org"})
    past = "UPDATE address_change SET valid_until = $2 WHERE account = $1"
    await execute(past, people["paul"].account, at - timedelta(days=8))

    await actions.forget_changes(before=at - timedelta(days=7), at=at)

    assert await fetch_value("SELECT account FROM address_change") == people["claire"].account
