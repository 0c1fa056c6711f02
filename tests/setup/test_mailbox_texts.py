"""The demonstration's telephones: text messages and calls come in over HTTP and lie beside the mails."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.channels.actions import call, send_text
from app.channels.model import Purpose, State
from app.channels.queries import last_delivery
from app.cli.local import free_port, local_texts
from app.lib import clock
from app.lib.ids import new_id
from app.lib.mailbox import list_messages
from app.lib.sms import TextRefused
from app.settings import settings

PAUL = "+33639980001"


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The mailbox as `make run` starts it; the folder of its messages."""
    provider = local_texts()
    port, sms_port = free_port(), provider["SMS_URL"].rpartition(":")[2]
    words = ["--port", str(port), "--folder", str(tmp_path), "--sms-port", sms_port]
    process = subprocess.Popen([sys.executable, "-m", "app.lib.mailbox", *words], env=os.environ | provider)
    for name, value in provider.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield tmp_path
    process.terminate()
    assert process.wait(5) == 0
    monkeypatch.undo()
    settings.cache_clear()


async def until_it_listens(work):
    end = time.monotonic() + 10
    while True:
        try:
            return await work()
        except TextRefused:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)


async def test_a_text_and_a_call_lie_in_the_mailbox(db, texts):
    purpose = Purpose("sign_in_code", subject=new_id())

    state = await until_it_listens(lambda: send_text(PAUL, "482106 est votre code Cohorte.", purpose, at=clock.now()))
    await call(PAUL, "fr", "482106", purpose, at=clock.now())

    called, text = list_messages(texts)
    assert (state, (await last_delivery(purpose.subject)).state) == (State.SENT, State.SENT)
    assert (text.to, text.channel, text.text.strip()) == (PAUL, "sms", "482106 est votre code Cohorte.")
    assert (called.channel, called.text.count("4 8 2 1 0 6")) == ("voice", 2)


async def test_nobody_else_puts_texts_there(db, texts, monkeypatch):
    await until_it_listens(lambda: send_text(PAUL, "first", Purpose("code"), at=clock.now()))
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")
    settings.cache_clear()

    assert await send_text(PAUL, "second", Purpose("code"), at=clock.now()) is State.FAILED
    assert [message.text.strip() for message in list_messages(texts)] == ["first"]
