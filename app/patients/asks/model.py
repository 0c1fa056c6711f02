"""What people ask of a centre before it knows them, as values. No I/O, no words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.access.rights import USUAL_RIGHTS, Right
from app.patients.model import NewPatient

SELF = "self"
RELATIONSHIPS = ("mother", "father", "guardian", "partner", "child", "sibling", "grandparent", "other")
"""What whoever asks is to the patient."""
SIGNING = ("mother", "father", "guardian")
LONGEST_NOTE = 1000
WAITING_AT_MOST = 5


def usual_rights(relationship: str) -> frozenset[Right]:
    """What is offered to whoever asks; to sign for the patient is offered to parents and guardians alone.

    >>> sorted(usual_rights("mother") - usual_rights("sibling"))
    [<Right.CONSENT: 'consent'>]
    """
    return USUAL_RIGHTS if relationship in SIGNING else USUAL_RIGHTS - {Right.CONSENT}


class State(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Refusal(StrEnum):
    """Why a centre does not open a record. The person reads the words for it, and what the centre adds."""

    NOT_FOLLOWED = "not_followed"
    NOT_OURS = "not_ours"
    UNPROVEN = "unproven"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsk:
    """What somebody asks for. `relationship`: `self`, or what they are to the patient."""

    organisation: UUID
    relationship: str
    typed: NewPatient
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One that was made. `typed` is None once it was forgotten; `patient`: the record that came of it."""

    id: UUID
    account: UUID
    organisation: UUID
    relationship: str
    asked_at: datetime
    typed: NewPatient | None
    note: str
    state: State
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str
    reply: str
    patient: UUID | None

    @property
    def for_self(self) -> bool:
        return self.relationship == SELF
