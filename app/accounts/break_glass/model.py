"""An opening of an identity as a value, and its rules. No I/O, no words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

LASTS = timedelta(minutes=15)
SHORTEST_REASON = 20
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Opening:
    id: UUID
    account: UUID
    patient: UUID
    reason: str
    opened_at: datetime
    valid_until: datetime


def read_reason(typed: str) -> str:
    """The reason on one line, without what cannot be shown."""
    return " ".join("".join(mark for mark in typed if mark.isprintable() or mark.isspace()).split())


def is_enough(reason: str) -> bool:
    """Whether a reason can be one: not too short to say anything, not too long to be read.

    >>> is_enough("x" * 19), is_enough("Appel du 15, identité à confirmer"), is_enough("a" * 501)
    (False, True, False)
    >>> is_enough("." * 30)
    False
    """
    letters = sum(mark.isalpha() for mark in reason)
    return SHORTEST_REASON <= len(reason) <= LONGEST_REASON and letters >= SHORTEST_REASON // 2
