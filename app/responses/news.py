"""What is told of responses, inside the transaction, and what is asked before one changes. Who hears is not here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResponseOpened:
    """Somebody began to answer. `patient` is the record it is written under."""

    response: UUID
    patient: UUID
    questionnaire: str
    answered_by: str
    assignment: UUID
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ResponseSent:
    """A draft was sent: the assignments it answers are done."""

    response: UUID
    patient: UUID
    questionnaire: str
    answered_by: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ResponseCorrected:
    """Answers that were sent have changed, for a reason that stands with the correction."""

    response: UUID
    patient: UUID
    questionnaire: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ResponseScored:
    """The scores of a sent response were computed, or computed anew."""

    response: UUID
    patient: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class WhatFollows:
    """Asked before answers that were sent are changed: what it does elsewhere, in the reader's language."""

    response: UUID
