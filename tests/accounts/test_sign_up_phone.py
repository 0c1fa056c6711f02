"""Confirming the telephone given at sign-up, or leaving it for another day."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from app.accounts.sign_up import actions
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.settings import settings
from tests.accounts.test_sign_up import PATIENT, aged, code_in, run_mail_jobs
from tests.browser import Browser, read, text_of
from tests.twilio_stub import Stub, running

PHONE = "+33639980031"


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    with running() as stub:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stub
        monkeypatch.undo()
        settings.cache_clear()


async def run_text_jobs() -> None:
    for row in await fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'sign_up:text_code' ORDER BY id"):
        await actions.text_code(UUID(re.findall(r'"account": "([^"]+)"', row["args"])[0]), at=clock.now())


async def signed_up(browser: Browser, mailbox: object, phone: str = "06 39 98 00 31") -> str:
    """Signs up with a telephone number; where the product leads next."""
    await browser.post("/sign-up/patient", data=aged(PATIENT | {"phone": phone}))
    await run_mail_jobs()
    done = await browser.post("/sign-up/code", data={"code": code_in(mailbox, "eve.delmas@example.org")})
    # The forms of the session that was opened are bound to its own secret.
    browser.secret = await fetch_value("SELECT csrf_secret FROM session ORDER BY created_at DESC LIMIT 1")
    return str(done.headers["location"])


async def test_a_telephone_is_confirmed_by_text_message(browser_for, mailbox, twilio):
    browser = browser_for(None)

    where = await signed_up(browser, mailbox)
    page = await browser.page(where)
    await run_text_jobs()
    done = await browser.post("/sign-up/phone", data={"code": twilio.code(PHONE)})

    assert where == "/sign-up/phone"
    assert "06 •• •• •• 31" in text_of(page.main).replace("\N{NO-BREAK SPACE}", " ")
    assert page.select_one("main a[href='/home']") is not None
    assert (done.status_code, done.headers["location"]) == (303, "/home")
    assert await fetch_value("SELECT count(*) FROM account WHERE phone_verified_at IS NOT NULL") == 1
    assert (await browser.get("/sign-up/phone")).headers["location"] == "/home"


async def test_a_wrong_code_confirms_nothing(browser_for, mailbox, twilio):
    browser = browser_for(None)
    await signed_up(browser, mailbox)
    await run_text_jobs()
    wrong = f"{(int(twilio.code(PHONE)) + 1) % 1_000_000:06d}"

    replies = [await browser.post("/sign-up/phone", data={"code": wrong}) for _ in range(6)]
    right = await browser.post("/sign-up/phone", data={"code": twilio.code(PHONE)})

    assert "not the right code" in text_of(read(replies[0]).select_one("#code-error"))
    assert "Too many tries" in text_of(read(replies[5]).select_one("#code-error"))
    assert right.status_code == 422
    assert await fetch_value("SELECT count(*) FROM account WHERE phone_verified_at IS NOT NULL") == 0


async def test_another_text_takes_the_place_of_the_first(browser_for, mailbox, twilio):
    browser = browser_for(None)
    await signed_up(browser, mailbox)
    await run_text_jobs()
    soon = await browser.post("/sign-up/phone/again")
    await execute("UPDATE throttle SET since = since - interval '1 minute'")
    await execute("DELETE FROM procrastinate_jobs")
    later = await browser.post("/sign-up/phone/again")
    await run_text_jobs()

    assert soon.status_code == 422
    assert later.headers["location"] == "/sign-up/phone?sent=1"
    assert len(twilio.texts(PHONE)) == 2
    assert (await browser.post("/sign-up/phone", data={"code": twilio.code(PHONE)})).headers["location"] == "/home"


async def test_a_landline_gets_no_text(browser_for, mailbox, twilio):
    browser = browser_for(None)
    assert await signed_up(browser, mailbox, "01 99 00 12 34") == "/home"
    assert (await browser.post("/sign-up/phone/again")).headers["location"] == "/home"
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sign_up:text_code'") == 0


async def test_without_text_messages_nothing_is_offered(browser_for, mailbox):
    browser = browser_for(None)

    assert await signed_up(browser, mailbox) == "/home"
    assert (await browser.get("/sign-up/phone")).headers["location"] == "/home"
    assert (await browser.post("/sign-up/phone/again")).headers["location"] == "/home"
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sign_up:text_code'") == 0


async def test_nobody_confirms_a_telephone_of_others(browser_for, mailbox, twilio):
    await signed_up(browser_for(None), mailbox)
    await run_text_jobs()
    paul = browser_for("paul")

    assert (await paul.get("/sign-up/phone")).headers["location"] == "/home"
    assert (await paul.post("/sign-up/phone", data={"code": twilio.code(PHONE)})).status_code == 303
    assert await fetch_value("SELECT count(*) FROM account WHERE phone_verified_at IS NOT NULL") == 0
