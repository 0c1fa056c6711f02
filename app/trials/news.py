"""What trials tell upwards, inside the transaction in which it happened. Who hears it is not here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VisitSettled:
    """A visit was completed, skipped or taken up again; or an answer that it holds was sent, scored or corrected."""

    visit: UUID
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerChanged:
    """An answer that was sent has changed; the visits whose questionnaires it answers."""

    response: UUID
    visits: tuple[UUID, ...]
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class EnrolmentEnded:
    enrolment: UUID
    by: UUID
    at: datetime
