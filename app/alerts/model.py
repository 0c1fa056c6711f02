"""An alert and what is known of its way to people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

LONGEST_NOTE = 1000
URGENCIES = ("now", "today", "visit")
MAILED, BOUNCED, SEEN = "mailed", "bounced", "seen"


@dataclass(frozen=True, slots=True)
class Alert:
    """A red flag that became true in a response. It stays open until a member of the team takes it up.

    `read_from` is the version that each answer behind it had, by item; within a row, `item:row`.
    """

    id: UUID
    patient: UUID
    response: UUID
    flag: str
    urgency: str
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    note: str
    read_from: Mapping[str, int]

    @property
    def is_open(self) -> bool:
        return self.acknowledged_at is None

    def waiting(self, at: datetime) -> timedelta:
        """How long nobody took it up, or had not until somebody did."""
        return (self.acknowledged_at or at) - self.raised_at


@dataclass(frozen=True, slots=True)
class Cause:
    """A red flag that is up in a response, and the answers that put it up, as an alert keeps them."""

    patient: UUID
    response: UUID
    flag: str
    urgency: str
    read_from: Mapping[str, int]


class Addressee(NamedTuple):
    """Who is to be told by mail; `follows`: a practitioner of the centre, not somebody who is told for want of one."""

    account: UUID
    email: str
    language: str
    follows: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """Somebody was told (`mailed`), could not be (`bounced`: nobody has that address) or looked (`seen`)."""

    alert: UUID
    account: UUID
    kind: str
    at: datetime


def tidy_note(text: str) -> str | None:
    """A note as it is kept; None when it is too long to be one.

    >>> tidy_note("  Called\\r\\nhome.\\0 "), tidy_note("x" * 1001)
    ('Called\\nhome.', None)
    """
    note = text.replace("\0", "").replace("\r\n", "\n").strip()
    return note if len(note) <= LONGEST_NOTE else None
