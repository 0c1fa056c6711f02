"""What is planned for a patient. Pure; what has happened is in course/."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.assignments.model import Assignment, State


class Kind(StrEnum):
    OPENS = "opens"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Event:
    """`about` is the key of a questionnaire."""

    kind: Kind
    day: date
    about: str


def planned(assignments: Iterable[Assignment], today: date) -> list[Event]:
    """What is to open and what is due, the furthest first. What a visit asks is told with the visit."""
    events = []
    for one in assignments:
        if one.origin_kind == "visit":
            continue
        if one.state is State.TO_DO and one.opens_on > today:
            events.append(Event(Kind.OPENS, one.opens_on, one.questionnaire))
        elif one.waiting and one.due_on:
            events.append(Event(Kind.DUE, one.due_on, one.questionnaire))
    return sorted(events, key=lambda event: event.day, reverse=True)
