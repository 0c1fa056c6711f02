"""What an assignment is, and where it stands today. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Timing(StrEnum):
    """How near the due date is; one definition for patients, teams and reminders."""

    LATER = "later"
    OPEN = "open"
    SOON = "soon"
    OVERDUE = "overdue"


SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who should answer which questionnaire, when. `answered_by`: patient, proxy, clinician, nurse…

    `origin_kind` and `origin_id`: by_hand (the account that asked), visit. What a visit adds: `position` among the
    others, `required`, the frozen `version` of the questionnaire, `reuse_days`: how old an answer may be that counts.
    `written`: the record under which it stands, where `patient` is the one that stands for the person.
    """

    id: UUID
    patient: UUID
    questionnaire: str
    answered_by: str
    organisation: UUID
    opens_on: date
    due_on: date | None
    state: State
    response: UUID | None
    created_at: datetime
    origin_kind: str = "by_hand"
    origin_id: UUID | None = None
    position: int = 0
    required: bool = True
    version: str | None = None
    reuse_days: int | None = None
    written: UUID | None = None

    @property
    def waiting(self) -> bool:
        return self.state in {State.TO_DO, State.IN_PROGRESS}


def timing(assignment: Assignment, today: date) -> Timing:
    """Where a waiting assignment stands on this day.

    >>> at = datetime(2026, 11, 1)
    >>> one = Assignment(*[UUID(int=1)] * 2, "phq9", "patient", UUID(int=2), date(2026, 11, 10), date(2026, 11, 20),
    ...                  State.TO_DO, None, at)
    >>> [timing(one, date(2026, 11, day)).value for day in (9, 10, 18, 20, 21)]
    ['later', 'open', 'soon', 'soon', 'overdue']
    """
    if today < assignment.opens_on:
        return Timing.LATER
    if assignment.due_on is None or (today < assignment.due_on and (assignment.due_on - today).days > SOON_DAYS):
        return Timing.OPEN
    return Timing.SOON if today <= assignment.due_on else Timing.OVERDUE
