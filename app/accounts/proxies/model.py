"""A link between an account and a patient as a value, and on what terms it is given. No I/O, no words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    """Whom an account answers for. `patient`: the record that stands for the person now.

    `parts`: the links that count as this one, where the account was given one in several records of the same person.
    """

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
    parts: tuple["Link", ...] = ()

    @property
    def ids(self) -> frozenset[UUID]:
        """All links that are meant where this one is."""
        return frozenset({self.id, *(one.id for one in self.parts)})

    @property
    def contacts(self) -> frozenset[UUID]:
        """The entries of the patient's contacts that say who this is."""
        return frozenset(one.contact for one in self.parts or (self,) if one.contact)

    @property
    def is_self(self) -> bool:
        return self.relationship == SELF

    def holds(self, today: date) -> bool:
        """Whether it is in force on that day, be it paused."""
        return self.valid_from <= today and (self.valid_to is None or self.valid_to >= today)


def as_one(links: Sequence[Link], active: Sequence[Link]) -> Link:
    """All links of an account to the records of one person, as one: with the rights of those that are not paused.

    Its revision changes with each of theirs, and when a merge brings another.
    """
    if len(links) == 1:
        return links[0]
    counting = active or links
    ground = max(counting, key=lambda one: (one.beyond == Beyond.COURT, one.beyond))
    latest = max(counting, key=lambda one: (one.valid_from, one.id))
    return replace(
        latest,
        rights=frozenset().union(*(one.rights for one in counting)),
        contact=latest.contact or next((one.contact for one in links if one.contact), None),
        valid_from=min(one.valid_from for one in links),
        beyond=ground.beyond,
        beyond_on=ground.beyond_on,
        revision=sum(one.revision for one in links),
        parts=tuple(links),
    )


def said_by(links: Iterable[Link], account: UUID, at: datetime, day: date) -> Link | None:
    """As what somebody spoke at a moment: the link that held then, also where it has ended since."""
    own = [one for one in links if one.account == account]
    then = [one for one in own if one.valid_from <= day and (one.ended_at is None or one.ended_at >= at)]
    found = then or own
    return max(found, key=lambda one: (one.valid_from, one.id), default=None)
