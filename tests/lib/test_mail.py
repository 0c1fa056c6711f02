"""Mail as it goes over the wire."""

import logging
from asyncio import get_running_loop
from contextlib import suppress
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from app.accounts.rendering import code_letter
from app.cli.local import free_port
from app.lib import mail
from app.lib.mail import Letter, Server, composed
from app.lib.mailbox import list_messages
from app.settings import settings

LETTER = Letter("Votre code de connexion", "Voici votre code : 123456\n", "<p>Voici votre code : <b>123456</b></p>")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost:2525", Server("localhost", 2525, None, None, tls=False, start_tls=None)),
        ("smtp://me:p%40ss@mail.example.org", Server("mail.example.org", 587, "me", "p@ss", tls=False, start_tls=None)),
        ("smtps://mail.example.org", Server("mail.example.org", 465, None, None, tls=True, start_tls=False)),
        ("smtp+starttls://mail.example.org", Server("mail.example.org", 587, None, None, tls=False, start_tls=True)),
    ],
)
def test_the_address_of_a_server_says_how_to_speak_to_it(url, expected):
    assert Server.from_url(url) == expected


@pytest.mark.parametrize("url", ["", "localhost:25", "http://localhost", "smtp://"])
def test_what_is_no_server_is_refused(url):
    with pytest.raises(ValueError, match="SMTP_URL must look like"):
        Server.from_url(url)


def test_a_letter_is_read_as_text_or_as_html():
    sent = composed("Cohorte <no-reply@example.org>", "claire@example.org", LETTER, 0.0, "a@example.org")
    read = message_from_bytes(bytes(sent), policy=policy.default)

    assert read["Subject"] == "Votre code de connexion"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"] == "<a@example.org>"
    assert read.get_body(("plain",)).get_content() == LETTER.text
    assert read.get_body(("html",)).get_content().strip() == LETTER.html


async def test_a_letter_arrives(mailbox):
    await mail.send("claire@example.org", LETTER)

    [message] = list_messages(mailbox)
    assert (message.to, message.subject, message.text) == ("claire@example.org", LETTER.subject, LETTER.text)


class Noting:
    """A mail server that takes everything, and says whom for."""

    def __init__(self) -> None:
        self.envelopes: list[tuple[str, list[str]]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"


@pytest.mark.parametrize("to", ["claire@example.org", "x,victim@example.org", "x@a.org, victim@example.org"])
async def test_headers_never_choose_who_gets_a_letter(monkeypatch, to):
    port, server = free_port(), Noting()
    listening = await get_running_loop().create_server(lambda: SMTP(server), "127.0.0.1", port)
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("MAIL_FROM", "Cohorte <no-reply@example.org>")
    settings.cache_clear()
    try:
        with suppress(mail.MailRefused):  # the server may refuse what is no address
            await mail.send(to, LETTER)
    finally:
        listening.close()
        monkeypatch.undo()
        settings.cache_clear()

    told = {one for _, recipients in server.envelopes for one in recipients}
    assert "victim@example.org" not in told - {to}
    assert {sender for sender, _ in server.envelopes} <= {"no-reply@example.org"}
    assert told == {to} or to != "claire@example.org"


class Refusing:
    """A mail server's rules: nobody is known here, or nothing is taken."""

    def __init__(self, step: str) -> None:
        setattr(self, f"handle_{step}", self.refuse)

    async def refuse(self, *_asked) -> str:
        return "550 5.1.1 <claire@example.org> is unknown here"


@pytest.mark.parametrize(("step", "fault"), [("RCPT", "SMTPRecipientsRefused"), ("DATA", "SMTPDataError")])
async def test_a_refused_letter_does_not_say_whom_it_was_for(monkeypatch, caplog, step, fault):
    port = free_port()
    refusing = await get_running_loop().create_server(lambda: SMTP(Refusing(step)), "127.0.0.1", port)
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()

    address = "@".join(["claire", "example.org"])
    with pytest.raises(mail.MailRefused) as refused:
        await mail.send(address, LETTER)
    logging.getLogger(__name__).error("as the worker logs it", exc_info=refused.value)
    refusing.close()
    monkeypatch.undo()
    settings.cache_clear()

    assert refused.value.args == (fault, 550)
    assert fault in caplog.text
    assert address not in caplog.text


async def test_a_server_that_is_not_there_is_said_without_the_address():
    with pytest.raises(mail.MailRefused, match="SMTPConnectError"):
        await mail.send("claire@example.org", LETTER)


async def test_an_address_cannot_smuggle_in_another_header(mailbox):
    with pytest.raises(ValueError, match="linefeed"):
        await mail.send("claire@example.org\nBcc: all@example.org", LETTER)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_code_stands_in_the_letter_and_not_in_its_subject(language):
    letter = code_letter(language, "482106")

    assert letter.subject == {"fr": "Votre code de connexion", "en": "Your sign-in code"}[language]
    assert "\n482106\n" in letter.text
    assert "<big>482106</big>" in letter.html
    assert f'lang="{language}"' in letter.html
    assert "{" not in letter.text
