"""Reading a mail server's report that a letter did not arrive, or did (RFC 3464). Pure."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from app.channels.model import State

DELIVERED = {"delivered", "relayed", "expanded"}
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """`called`: the Message-ID of ours that it is about, without brackets. `status`: such as 5.1.1."""

    called: str
    state: State
    status: str


def read(raw: bytes) -> Bounce | None:
    """What a report says; None for any other mail, and for one that only says “not yet”.

    A fault that stays (5.…) means that nobody has that address; another one, that the server gave up.
    """
    mail = message_from_bytes(raw, policy=policy.default)
    called, told = _called(mail), _last_report(mail)
    if not called or told is None:
        return None
    action, status = told
    if action in DELIVERED:
        return Bounce(called, State.DELIVERED, status)
    if action != "failed":
        return None
    return Bounce(called, State.BOUNCED if status.startswith("5.") else State.FAILED, status)


def _called(mail: EmailMessage) -> str:
    """The Message-ID of the letter that comes back with the report, whole or its head alone."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            for inner in _children(part):
                return _bare(inner.get("message-id", ""))
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            head = message_from_bytes(payload if isinstance(payload, bytes) else b"", policy=policy.default)
            return _bare(head.get("message-id", ""))
    return ""


def _last_report(mail: EmailMessage) -> tuple[str, str] | None:
    """Action and status of the last recipient that the report names: we write to one."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = [block for block in _children(part) if block.get("action")]
            if blocks:
                action = str(blocks[-1]["action"]).strip().lower()
                found = STATUS.search(str(blocks[-1].get("status", "")))
                return action, found[0] if found else ""
    return None


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _bare(message_id: object) -> str:
    return str(message_id).strip().strip("<>")
