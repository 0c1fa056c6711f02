"""What is sent, and what may become of it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"


class State(StrEnum):
    """`sent`: the server took it. `delivered`: it says that it arrived. `bounced`: nobody has that address."""

    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something is sent, to which account if it has one, and about which thing."""

    name: str
    account: UUID | None = None
    subject: UUID | None = None
