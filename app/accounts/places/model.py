"""Requests for a place as values. No I/O, no words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

WAITING_AT_MOST = 5
"""So many requests of one person may wait at a time."""
REASON = 1000


class State(StrEnum):
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """A place somebody asks for: as what, and in which centre; one that is not in the list is named instead."""

    profession: str
    organisation: UUID | None = None
    other_organisation: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as the person who made it sees it. `place` names the centre; `membership`: the place it gave."""

    id: UUID
    state: State
    place: str
    profession: str
    created_at: datetime
    decided_at: datetime | None
    membership: UUID | None
    reason: str
