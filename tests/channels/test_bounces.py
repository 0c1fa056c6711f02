"""A mail server's report that a letter did not arrive: read as servers write it, noted once, never about others."""

import os
import subprocess
import sys
from email import message_from_bytes, policy

import pytest

from app.channels import bounces
from app.channels.actions import note_report, send_letter
from app.channels.bounces import Bounce
from app.channels.model import Purpose, State
from app.channels.queries import last_delivery
from app.lib import clock
from app.lib.ids import new_id
from app.lib.mail import Letter
from app.settings import settings
from tests.live import Live

LETTER = Letter("Votre code de connexion", "482106\n", "<p>482106</p>")
TO = "gone@example.org"

REPORT = """\
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: ne-pas-repondre@cohorte.hospital.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/1"
Message-Id: <20261122093000.ABC@mx.example.org>

--B/1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<gone@example.org>: host mx.example.org said: 550 5.1.1 no such user

--B/1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Sun, 22 Nov 2026 09:30:00 +0000 (UTC)

Final-Recipient: rfc822; gone@example.org
Original-Recipient: rfc822;gone@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 no such user

--B/1
Content-Description: Undelivered Message{headers_only}
Content-Type: {kind}

Return-Path: <ne-pas-repondre@cohorte.hospital.example>
From: Cohorte <ne-pas-repondre@cohorte.hospital.example>
To: gone@example.org
Subject: Votre code de connexion
Message-ID: <{called}>

{body}--B/1--
"""


def report(called: str, action: str = "failed", status: str = "5.1.1", *, whole: bool = True) -> bytes:
    return REPORT.format(
        called=called,
        action=action,
        status=status,
        kind="message/rfc822" if whole else "text/rfc822-headers",
        headers_only="" if whole else " Headers",
        body="482106\n\n" if whole else "\n",
    ).encode()


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("action", "status", "state"),
    [
        ("failed", "5.1.1", State.BOUNCED),
        ("Failed", "5.0.0 (unknown)", State.BOUNCED),
        ("failed", "4.4.7", State.FAILED),
        ("delivered", "2.0.0", State.DELIVERED),
    ],
)
def test_a_report_is_read(action, status, state, whole):
    found = bounces.read(report("one@cohorte.hospital.example", action, status, whole=whole))

    assert found == Bounce("one@cohorte.hospital.example", state, status[:5])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: Out of office\n\nI am away.\n",
        b"\x00\xff\xfe not mail at all",
        report("one@cohorte.hospital.example", "delayed", "4.4.1"),
        report("one@cohorte.hospital.example").replace(b"Action: failed\n", b""),
        report("one@cohorte.hospital.example").replace(b"Message-ID", b"X-Other"),
        report("one@cohorte.hospital.example").replace(b"message/delivery-status", b"text/plain"),
    ],
    ids=["nothing", "an answer", "noise", "not yet", "no action", "about nothing", "no report"],
)
def test_other_mail_says_nothing(raw):
    assert bounces.read(raw) is None


async def test_a_letter_is_called_by_its_delivery(db, mailbox):
    subject = new_id()
    assert await send_letter(TO, LETTER, Purpose("invitation", subject=subject), at=clock.now()) is State.SENT

    delivery = await last_delivery(subject)

    [kept] = mailbox.glob("*.eml")
    called = message_from_bytes(kept.read_bytes(), policy=policy.default)["Message-ID"]
    assert str(delivery.id) in called
    assert await note_report(called.strip("<>"), State.BOUNCED, "5.1.1", at=clock.now())
    found = await last_delivery(subject)
    assert (found.state, found.error) == (State.BOUNCED, "5.1.1")


async def test_what_is_known_is_not_taken_back(db, mailbox):
    subject = new_id()
    await send_letter(TO, LETTER, Purpose("invitation", subject=subject), at=clock.now())
    called = f"{(await last_delivery(subject)).id}@test"

    assert await note_report(called, State.BOUNCED, "5.1.1", at=clock.now())
    assert await note_report(called, State.DELIVERED, at=clock.now())

    assert (await last_delivery(subject)).state is State.BOUNCED
    assert not await note_report("nobody@test", State.BOUNCED, at=clock.now())


def piped(live: Live, raw: bytes) -> subprocess.CompletedProcess[bytes]:
    """As a mail server hands a report over."""
    command = [sys.executable, "-m", "app.cli", "bounce"]
    return subprocess.run(command, input=raw, env=live.environment, capture_output=True, timeout=30)


def test_a_report_comes_in_by_a_pipe(live, monkeypatch):
    monkeypatch.setenv("SMTP_URL", live.environment["SMTP_URL"])
    settings.cache_clear()
    subject = new_id()
    live.do(send(subject))
    called = f"{live.do(last_delivery(subject)).id}@test"
    monkeypatch.undo()
    settings.cache_clear()

    assert piped(live, report(called)).stdout == b"Noted: bounced.\n"
    assert live.do(last_delivery(subject)).state is State.BOUNCED
    assert piped(live, report("other@example.org")).stdout == b"Not a letter of ours.\n"
    assert piped(live, b"Subject: hello\n\n").returncode == 0
    # A database that is away for a moment must not lose the report.
    away = live.environment | {"DATABASE_URL": "postgresql://cohorte_app@/cohorte?host=/nowhere"}
    command = [sys.executable, "-m", "app.cli", "bounce"]
    told = subprocess.run(command, input=report(called), env=os.environ | away, capture_output=True, timeout=30)
    assert told.returncode == 75
    assert b"Traceback" not in told.stderr


async def send(subject: object) -> None:
    await send_letter(TO, LETTER, Purpose("invitation", subject=subject), at=clock.now())
