"""A local SMTP server that keeps messages as files, and reading them back, texts and calls too. Not for real mail.

`python -m app.lib.mailbox --port 2525 --folder var/mailbox` runs the server; with `--sms-port` mailbox_texts.py too.
"""

import argparse
import asyncio
import re
import secrets
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

MOST_MESSAGES = 500
LARGEST_MESSAGE = 10_000_000
CHANNEL = "X-Cohorte-Channel"
_ID = re.compile(r"\d{20}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a reader sees it. `channel`: email, sms or voice."""

    id: str
    sent_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    channel: str = "email"


def store(folder: Path, content: bytes) -> Path:
    """Keep one message, readable by this account only, and forget the oldest beyond the limit."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The name sorts by arrival; the random end keeps two of the same nanosecond apart.
    path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
    unfinished = path.with_suffix(".part")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.rename(path)
    for old in _newest_first(folder)[MOST_MESSAGES:]:
        old.unlink(missing_ok=True)
    return path


def list_messages(folder: Path) -> list[Message]:
    """All messages, the newest first."""
    found = (read_message(folder, path.stem) for path in _newest_first(folder))
    return [message for message in found if message is not None]


def read_message(folder: Path, message_id: str) -> Message | None:
    """One message, or None when there is none of that name."""
    if not _ID.fullmatch(message_id):
        return None
    try:
        content = (folder / f"{message_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return _as_message(message_id, content)


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"), reverse=True)


def _as_message(message_id: str, content: bytes) -> Message:
    mail = message_from_bytes(content, policy=policy.default)
    arrived = datetime.fromtimestamp(int(message_id.partition("-")[0]) / 1e9, UTC)
    return Message(
        id=message_id,
        sent_at=_date_of(mail) or arrived,
        sender=str(mail["from"] or ""),
        to=str(mail["to"] or ""),
        subject=str(mail["subject"] or ""),
        text=_text_of(mail).replace("\r\n", "\n"),
        channel=str(mail[CHANNEL] or "email"),
    )


def _date_of(mail: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(mail["date"])).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def _text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, UnicodeError):  # a charset that Python does not know
        payload = body.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


class _Keep:
    """What aiosmtpd calls with each message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        store(self.folder, envelope.content)
        return "250 Kept"


async def serve(port: int, folder: Path) -> asyncio.Server:
    """Listen on this machine only."""
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - readers of messages need no server

    def session() -> Any:
        return SMTP(_Keep(folder), data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True, hostname="localhost")

    return await asyncio.get_running_loop().create_server(session, "127.0.0.1", port)


async def _run(port: int, folder: Path, sms_port: int | None) -> None:
    server = await serve(port, folder)
    texts = _listen_for_texts(sms_port, folder)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()
    if texts is not None:
        texts.shutdown()


def _listen_for_texts(port: int | None, folder: Path) -> Any:
    from app.lib.mailbox_texts import listen  # noqa: PLC0415 - it keeps what comes in by this module
    from app.settings import settings  # noqa: PLC0415 - mail alone needs no settings

    twilio = settings().twilio if port else None
    return listen(port, folder, twilio) if port and twilio else None


def main() -> None:
    parser = argparse.ArgumentParser(description="A development mailbox: real SMTP in, files out.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sms-port", type=int, help="also speak Twilio's API there, as the settings name it")
    arguments = parser.parse_args()
    asyncio.run(_run(arguments.port, arguments.folder, arguments.sms_port))


if __name__ == "__main__":
    main()
