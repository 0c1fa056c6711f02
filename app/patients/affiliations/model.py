"""Requests between centres, and who follows whom, as values. No I/O, no words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.patients.model import NewPatient

LASTS = timedelta(days=30)
"""So long a request waits for an answer."""
KEPT_AFTER_THE_END = timedelta(days=90)
"""So long what was typed is kept after the end, so that the asking centre can open the record itself."""
LONGEST_NOTE = 1000


class State(StrEnum):
    """Where a request stands, as the asking centre sees it."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


SUPERSEDED = "superseded"
"""Of one record of a request: another of them was the person's."""


class Refusal(StrEnum):
    """Why a centre says no. The asking centre reads this and nothing else; the more one can act on, the sooner."""

    OBJECTS = "objects"
    CALL = "call"
    OTHER = "other"
    NOT_SAME = "not_same"


class Grounds(StrEnum):
    """Why a centre follows somebody."""

    CREATED = "created"
    REQUEST = "request"
    ASKED = "asked"
    REFERRAL = "referral"
    UNMERGED = "unmerged"


class End(StrEnum):
    """Why a centre follows somebody no more."""

    MOVED = "moved"
    ELSEWHERE = "elsewhere"
    FINISHED = "finished"
    ASKED = "asked"
    DIED = "died"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the asking centre sees it: its own words, and where it stands. `patient`: once it sees the record.

    `typed` is None once it was forgotten.
    """

    id: UUID
    organisation: UUID
    asked_by: UUID
    asked_at: datetime
    valid_until: datetime
    typed: NewPatient | None
    note: str
    state: State
    reason: str
    closed_at: datetime | None
    patient: UUID | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A request as a centre sees it that follows one of the records: `record` is the person it knows.

    `reasons`: in what the two agree, as codes of matching. `state`: of this record; `words` are the centre's own.
    """

    id: UUID
    request: Request
    record: UUID
    reasons: tuple[str, ...]
    state: str
    reason: str
    words: str
    decided_by: UUID | None
    decided_at: datetime | None
    objected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Orphan:
    """A request about a record that nobody follows, as the network sees it: a code, and no name."""

    id: UUID
    code: str
    patient: UUID
    organisation: UUID
    asked_by: UUID
    asked_at: datetime
    reasons: tuple[str, ...]
    objected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Following:
    """A centre follows, or followed, a person. `practitioner`: whom the person sees there."""

    id: UUID
    organisation: UUID
    since: date
    until: date | None
    grounds: str
    granted_by: UUID | None
    practitioner: UUID | None
    ended_reason: str

    @property
    def active(self) -> bool:
        return self.until is None


@dataclass(frozen=True, slots=True)
class Leave:
    """A patient, or somebody for them, asked a centre to follow them no more."""

    id: UUID
    patient: UUID
    affiliation: UUID
    organisation: UUID
    account: UUID
    asked_at: datetime
    note: str
    state: str
    decided_at: datetime | None
    reply: str


def told_reason(reasons: list[str]) -> str:
    """Of several refusals the one that the asking centre is told; how many there were it cannot tell.

    >>> [str(told_reason(reasons)) for reasons in (["not_same", "call"], ["not_same"], [])]
    ['call', 'not_same', '']
    """
    return next((one for one in Refusal if one in reasons), "")
