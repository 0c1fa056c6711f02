"""A change of address as a value, how long its code lasts, and what may be wrong with it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

LASTS = timedelta(minutes=10)
TRIES = 5
BETWEEN = timedelta(seconds=30)


class Way(StrEnum):
    """What of an account is changed."""

    EMAIL = "email"
    PHONE = "phone"


class Fault(StrEnum):
    """What is wrong with a new address, besides the problems of signing in and of telephone numbers."""

    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"


@dataclass(frozen=True, slots=True)
class Change:
    """A new address that a code must still prove. `value` is opened: its owner has just typed it."""

    id: UUID
    way: Way
    value: str
    created_at: datetime
    valid_until: datetime
    failures: int
