"""What is sent, and what may become of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of handing something over. `error` is a code or a kind of fault, never an address or a text."""

    state: State
    provider_id: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on one way, as it is known today. `error` is a code, never an address."""

    id: UUID
    account: UUID | None
    channel: Channel
    purpose: str
    subject: UUID | None
    state: State
    error: str
    created_at: datetime
    updated_at: datetime
