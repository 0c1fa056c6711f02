"""A reset as a value, and how long each of its steps lasts. Pure.

Asked: the owner is told and may object. Confirmed by a second administrator: every way in is gone, and a link is
mailed. Used: the owner is back. Refused: by an administrator, by the owner, or because another was asked for since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.accounts.model import Kind

WAITS_FOR_A_SECOND = timedelta(days=3)
LINK_LASTS = timedelta(hours=24)
SHORTEST_REASON = 20
LONGEST_REASON = 1000


class Fault(StrEnum):
    """What is wrong with what was typed or asked."""

    EMAIL_MISSING = "email_missing"
    EMAIL_WRONG = "email_wrong"
    EMAIL_UNUSABLE = "email_unusable"
    NOT_FOUND = "not_found"
    TOO_MANY_LOOK_UPS = "too_many_look_ups"
    REASON_MISSING = "reason_missing"
    REASON_SHORT = "reason_short"
    REASON_LONG = "reason_long"
    ALREADY_ASKED = "already_asked"
    TOO_EARLY = "too_early"
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - a code, not a password


class Stage(StrEnum):
    """Where a reset stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    USED = "used"
    REFUSED = "refused"
    RUN_OUT = "run_out"


@dataclass(frozen=True, slots=True)
class NewReset:
    """What an administrator says: whose account, how they know who asks, and where the link should go."""

    account: UUID
    reason: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A reset with what an administrator needs to decide on it."""

    id: UUID
    account: UUID
    kind: Kind
    name: str
    known_email: str
    new_email: str
    reason: str
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    refused_by: UUID | None
    refused_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime
    used_at: datetime | None

    def works_from(self, at: datetime) -> datetime | None:
        """When its link begins to work, while it does not."""
        return self.valid_from if self.valid_from is not None and at < self.valid_from else None

    def stage(self, at: datetime) -> Stage:
        if self.used_at:
            return Stage.USED
        if self.refused_at:
            return Stage.REFUSED
        if at >= self.valid_until:
            return Stage.RUN_OUT
        return Stage.CONFIRMED if self.confirmed_at else Stage.ASKED


def reason_fault(reason: str) -> Fault | None:
    """Why this does not say how somebody's identity was checked.

    >>> reason_fault(" "), reason_fault("seen"), reason_fault("Came to the desk with her identity card")
    (<Fault.REASON_MISSING: 'reason_missing'>, <Fault.REASON_SHORT: 'reason_short'>, None)
    """
    if not reason.strip():
        return Fault.REASON_MISSING
    if len(reason.strip()) < SHORTEST_REASON:
        return Fault.REASON_SHORT
    return Fault.REASON_LONG if len(reason) > LONGEST_REASON else None
