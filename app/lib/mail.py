"""Sending one mail through the SMTP server of the settings. Who writes what to whom is decided elsewhere."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from app.lib import clock
from app.lib.ids import new_id
from app.settings import settings

TIMEOUT = 15
IMPLICIT_TLS = 465


class MailRefused(Exception):
    """The server did not take a letter: what kind of fault, and its code. Says nothing of whom it was for."""

    @property
    def for_good(self) -> bool:
        """Whether the server says that this address takes no mail, so that trying again would not help."""
        codes = [code for code in self.args[1:] if isinstance(code, int)]
        return self.args[0] == "SMTPRecipientsRefused" and bool(codes) and all(code >= 500 for code in codes)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes. `smtp://` upgrades to TLS when the server offers it, `smtps://` begins with it."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    start_tls: bool | None

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read `smtp://user:secret@host:port`, `smtps://…` or `smtp+starttls://…`, which refuses plain text.

        >>> Server.from_url("smtps://me:p%40ss@mail.example.org")
        Server(host='mail.example.org', port=465, user='me', password='p@ss', tls=True, start_tls=False)
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:port")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (IMPLICIT_TLS if tls else 587),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            start_tls=False if tls else (True if parts.scheme == "smtp+starttls" else None),
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written, in plain text and in HTML."""

    subject: str
    text: str
    html: str


def message_id(sender: str, of: UUID) -> str:
    """What a message is called by every server on its way; reports about it name it so.

    >>> message_id("Cohorte <no-reply@example.org>", UUID(int=1))
    '00000000-0000-0000-0000-000000000001@example.org'
    """
    return f"{of}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}"


def composed(sender: str, to: str, letter: Letter, date: float, called: str) -> EmailMessage:
    """The message as it goes over the wire."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = formatdate(date, usegmt=True)
    message["Message-ID"] = f"<{called}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


async def send(to: str, letter: Letter, delivery: UUID | None = None) -> str:
    """Hand the letter to the server, and say what it is called there, which holds the id of its delivery.

    Whatever goes wrong is raised, so that the job tries again.
    """
    # Imported here: only the worker sends mail, and the web process should not carry the client.
    import aiosmtplib  # noqa: PLC0415

    server = Server.from_url(settings().smtp_url)
    sender = settings().mail_from
    called = message_id(sender, delivery or new_id())
    message = composed(sender, to, letter, clock.now().timestamp(), called)
    try:
        await aiosmtplib.send(
            message,
            # Said outright: whatever the headers hold, it goes to this one address.
            sender=parseaddr(sender)[1],
            recipients=[to],
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.start_tls,
            timeout=TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as fault:
        raise MailRefused(type(fault).__name__, *(one.code for one in fault.recipients)) from None
    except aiosmtplib.SMTPException as fault:
        # Its words, and the server's within them, name the address: the worker logs what is raised here.
        raise MailRefused(type(fault).__name__, *([fault.code] if hasattr(fault, "code") else [])) from None
    return called
