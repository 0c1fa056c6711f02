"""A link between an account and a patient as a value, and on what terms it is given. No I/O, no words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.access.rights import USUAL_RIGHTS, Right

SELF = "self"


class Beyond(StrEnum):
    """Why a proxy's rights go on though the patient is of age: a court decided so, or the patient agreed."""

    NONE = ""
    COURT = "court"
    AGREED = "agreed"


class Ended(StrEnum):
    """Why a proxy no longer answers for a patient."""

    BY_PATIENT = "by_patient"
    GIVEN_UP = "given_up"
    MOVED_ON = "moved_on"
    RIGHTS_LOST = "rights_lost"
    ERROR = "error"
    OTHER = "other"


BY_TEAM = (Ended.MOVED_ON, Ended.RIGHTS_LOST, Ended.ERROR, Ended.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a proxy is given. `contact`: the entry of the patient's contacts that says who they are."""

    rights: frozenset[Right] = USUAL_RIGHTS
    contact: UUID | None = None
    beyond: Beyond = Beyond.NONE
    beyond_on: date | None = None


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class Link:
    """Whom an account answers for. `patient`: the record that stands for the person now."""

    id: UUID
    account: UUID
    patient: UUID
    relationship: str
    rights: frozenset[Right]
    contact: UUID | None
    valid_from: date
    valid_to: date | None
    given_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    beyond: str
    beyond_on: date | None
    majority_at: datetime | None
    revision: int

    @property
    def is_self(self) -> bool:
        return self.relationship == SELF

    def holds(self, today: date) -> bool:
        """Whether it is in force on that day, be it paused."""
        return self.valid_from <= today and (self.valid_to is None or self.valid_to >= today)


def said_by(links: Iterable[Link], account: UUID, at: datetime, day: date) -> Link | None:
    """As what somebody spoke at a moment: the link that held then, also where it has ended since."""
    own = [one for one in links if one.account == account]
    then = [one for one in own if one.valid_from <= day and (one.ended_at is None or one.ended_at >= at)]
    found = then or own
    return max(found, key=lambda one: (one.valid_from, one.id), default=None)
