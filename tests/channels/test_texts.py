"""Text messages and calls over real HTTP: what is handed over, what is refused and what becomes of it."""

import logging
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup

from app.channels import sms_available
from app.channels.actions import call, send_text
from app.channels.model import Channel, Delivery, Purpose, State
from app.channels.queries import last_deliveries, last_delivery, list_deliveries
from app.channels.rendering import code_text, spoken_code
from app.lib import clock
from app.lib.db import fetch, fetch_row
from app.lib.ids import new_id
from app.lib.sms import CALLBACK, TextRefused
from app.settings import settings
from tests import twilio_stub
from tests.twilio_stub import SENDER, Stub, report, signature

PAUL = "+33639980001"


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    with twilio_stub.running() as stub:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stub
    monkeypatch.undo()
    settings.cache_clear()


async def sent(to: str, subject: object = None, **about: object) -> tuple[State, Delivery]:
    purpose = Purpose("sign_in_code", subject=subject or new_id(), **about)
    state = await send_text(to, code_text("fr", "482106"), purpose, at=clock.now())
    delivery = await last_delivery(purpose.subject)
    assert delivery is not None
    return state, delivery


async def test_without_a_provider_nothing_is_offered_and_nothing_leaves(db, caplog):
    assert not sms_available()

    state, delivery = await sent(PAUL)

    assert (state, delivery.state) == (State.FAILED, State.FAILED)


async def test_a_text_is_handed_over_with_a_place_to_report_to(db, people, twilio):
    assert sms_available()

    state, delivery = await sent(PAUL, account=people["paul"].account)

    [one] = twilio.sent
    assert (one["To"], one["From"], one["StatusCallback"]) == (PAUL, SENDER, f"http://test{CALLBACK}")
    assert twilio.code(PAUL) == "482106"
    assert (state, delivery.channel, delivery.account) == (State.SENT, Channel.SMS, people["paul"].account)
    row = await fetch_row("SELECT * FROM delivery WHERE id = $1", delivery.id)
    assert row["provider_id"] == one["Sid"]
    assert PAUL not in str(dict(row))
    assert "482106" not in str(dict(row))
    [event] = await fetch(
        "SELECT * FROM audit_event WHERE action = 'delivery.noted' AND subject = $1", delivery.account
    )
    assert PAUL not in event["details"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_is_short_plain_and_without_a_link(language):
    text = code_text(language, "482106")

    assert "482106" in text
    assert len(text) <= 160
    assert "http" not in text
    # One letter outside this alphabet and the telephone cuts the message at 70.
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éèàù.,:;!?'\"() -")


async def test_a_call_reads_the_digits_one_by_one_twice(db, twilio):
    purpose = Purpose("sign_in_code", subject=new_id())

    assert await call(PAUL, "fr", "482106", purpose, at=clock.now()) is State.SENT

    [said] = twilio.calls(PAUL)
    spoken = BeautifulSoup(said.partition("?>")[2], "html.parser").select("say")
    digits = [part.get_text() for part in spoken if part.get_text().isdigit()]
    assert digits == list("482106") * 2
    assert {part["language"] for part in spoken} == {"fr-FR"}
    delivery = await last_delivery(purpose.subject)
    assert (delivery.channel, delivery.state) == (Channel.VOICE, State.SENT)
    assert 'language="en-GB"' in spoken_code("en", "482106")


@pytest.mark.parametrize("number", ["+33639980021", "+33639980022", "+33639980023"])
async def test_a_number_that_takes_none_bounces(db, twilio, number):
    state, delivery = await sent(number)

    assert (state, delivery.state) == (State.BOUNCED, State.BOUNCED)
    assert delivery.error.isdecimal()


@pytest.mark.parametrize("number", ["+33639980024", "+33639980025"])
async def test_what_may_pass_is_tried_again_and_says_no_number(db, twilio, caplog, number):
    subject, code = new_id(), str(482106)

    with pytest.raises(TextRefused) as refused:
        await send_text(number, code, Purpose("code", subject=subject), at=clock.now())

    logging.getLogger(__name__).error("as the worker logs it", exc_info=refused.value)
    assert number not in caplog.text
    assert code not in caplog.text
    assert await last_delivery(subject) is None


async def test_a_provider_that_is_not_there_is_tried_again(db, monkeypatch, twilio):
    monkeypatch.setenv("SMS_URL", "http://127.0.0.1:1")
    settings.cache_clear()

    with pytest.raises(TextRefused, match="moment"):
        await sent(PAUL)


async def test_refused_credentials_are_said_aloud_and_not_tried_again(db, monkeypatch, twilio, caplog):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")
    settings.cache_clear()

    state, delivery = await sent(PAUL)

    assert (state, delivery.error) == (State.FAILED, "20003")
    [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "20003" in line.getMessage()
    assert PAUL not in caplog.text
    assert twilio.sent == []


async def test_a_sender_that_is_not_ours_is_our_fault(db, twilio):
    assert (await sent("+33639980026"))[0] is State.FAILED


@pytest.fixture
def reported(browser_for, twilio):
    """Post a report to the product as Twilio does: without cookie, without form token, signed."""

    async def post(fields: dict[str, str], sign: str | None = None) -> int:
        stranger = browser_for(None)
        headers = {"X-CSRF-Token": "", "X-Twilio-Signature": sign or signature(f"http://test{CALLBACK}", fields)}
        return (await stranger.post(CALLBACK, data=fields, headers=headers)).status_code

    return post


@pytest.mark.parametrize(
    ("status", "error", "becomes"),
    [
        ("delivered", "", State.DELIVERED),
        ("undelivered", "30005", State.BOUNCED),
        ("undelivered", "30008", State.FAILED),
        ("failed", "", State.FAILED),
        ("sending", "", State.SENT),
    ],
)
async def test_a_report_changes_what_is_known(reported, twilio, status, error, becomes):
    _, delivery = await sent(PAUL)

    assert await reported(report(twilio.sent[0], status, ErrorCode=error)) == 204

    found = await last_delivery(delivery.subject)
    assert (found.state, found.error) == (becomes, error)


async def test_a_report_said_twice_or_late_changes_nothing(reported, twilio, people):
    _, delivery = await sent(PAUL, account=people["paul"].account)
    first = twilio.sent[0]

    for status in ("delivered", "delivered", "sent", "undelivered"):
        assert await reported(report(first, status)) == 204

    assert (await last_delivery(delivery.subject)).state is State.DELIVERED
    events = await fetch(
        "SELECT details FROM audit_event WHERE action = 'delivery.noted' AND subject = $1", people["paul"].account
    )
    assert len(events) == 2


async def test_a_call_nobody_took_is_known(reported, twilio):
    subject = new_id()
    await call(PAUL, "en", "482106", Purpose("code", subject=subject), at=clock.now())

    assert await reported(report(twilio.sent[0], "no-answer")) == 204

    assert (await last_delivery(subject)).state is State.FAILED


@pytest.mark.parametrize("forged", ["", "bm8=", "another token", "other fields"])
async def test_nobody_else_reports(reported, twilio, forged):
    _, delivery = await sent(PAUL)
    fields = report(twilio.sent[0], "delivered")
    url = f"http://test{CALLBACK}"
    signs = {
        "": "-",
        "another token": signature(url, fields, "0" * 32),
        "other fields": signature(url, report(twilio.sent[0], "failed")),
    }

    assert await reported(fields, signs.get(forged, forged)) == 403

    assert (await last_delivery(delivery.subject)).state is State.SENT


async def test_a_report_about_nothing_of_ours_is_not_there(reported):
    assert await reported({"MessageSid": "SM0", "MessageStatus": "delivered"}) == 404
    assert await reported({"To": PAUL}) == 404


async def test_without_a_provider_nobody_reports(browser_for):
    reply = await browser_for(None).post(CALLBACK, data={"MessageSid": "SM1"}, headers={"X-Twilio-Signature": "x"})

    assert reply.status_code == 403


async def test_lists_hold_what_was_asked_for_and_nothing_else(db, people, twilio):
    paul, yann = people["paul"].account, people["yann"].account
    asked, other = new_id(), new_id()
    await sent(PAUL, asked, account=paul)
    await sent(PAUL, asked, account=paul)
    await sent(PAUL, other, account=yann)

    mine = await list_deliveries(accounts=[paul])

    assert {one.account for one in mine} == {paul}
    assert mine == sorted(mine, key=lambda one: (one.created_at, one.id), reverse=True)
    assert {one.subject for one in await list_deliveries(subjects=[other])} == {other}
    assert await list_deliveries() == []
    assert (await last_deliveries([asked]))[asked] == mine[0]
    assert await last_deliveries([new_id()]) == {}
