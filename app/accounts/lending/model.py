"""A tablet that is handed over, as a value. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Returned(StrEnum):
    """How a handover ended: by its owner's second factor, because the session was closed, or left alone too long."""

    FACTOR = "factor"
    CLOSED = "closed"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandover:
    """For which visit, and to whom. `relative`: the contact or proxy who answers in a voice of their own (`proxy`);
    `relative_account`: their account, where they have one."""

    visit: UUID
    voice: str
    relative: UUID | None = None
    relative_account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """One that was made. `account`: who handed the tablet over."""

    id: UUID
    account: UUID
    visit: UUID
    voice: str
    relative: UUID | None
    relative_account: UUID | None
    lent_at: datetime
    ended_at: datetime | None
