"""What happened to a patient and what is planned, as one list. Pure; the words are the template's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.alerts.model import Alert
from app.assignments.model import Assignment, State
from app.responses.model import Response


class Kind(StrEnum):
    OPENS = "opens"
    DUE = "due"
    ALERT = "alert"
    ALERT_TAKEN_UP = "alert_taken_up"
    SENT = "sent"
    RECORD_OPENED = "record_opened"


@dataclass(frozen=True, slots=True)
class Event:
    """`day` for what is planned, `at` for what happened; `about` is the key of a questionnaire."""

    kind: Kind
    day: date
    at: datetime | None = None
    about: str = ""
    response: UUID | None = None
    to_come: bool = False


def planned(assignments: Iterable[Assignment], today: date) -> list[Event]:
    """What is to open and what is due, the furthest first."""
    events = []
    for one in assignments:
        if one.state is State.TO_DO and one.opens_on > today:
            events.append(Event(Kind.OPENS, one.opens_on, about=one.questionnaire, to_come=True))
        elif one.waiting and one.due_on:
            events.append(Event(Kind.DUE, one.due_on, about=one.questionnaire, to_come=True))
    return sorted(events, key=lambda event: event.day, reverse=True)


def happened(responses: Iterable[Response], alerts: Iterable[Alert], opened_at: datetime) -> list[Event]:
    """What has happened, the latest first. Nothing leads to a response that was not sent: it is not to read yet."""
    given = list(responses)
    sent = {one.id for one in given if one.submitted_at}
    names = {one.id: one.questionnaire.key for one in given}
    events = [Event(Kind.RECORD_OPENED, opened_at.date(), opened_at)]
    for one in given:
        if one.submitted_at:
            at = one.submitted_at
            events.append(Event(Kind.SENT, at.date(), at, one.questionnaire.key, one.id))
    for alert in alerts:
        kind = Kind.ALERT if alert.is_open else Kind.ALERT_TAKEN_UP
        at = alert.raised_at
        response = alert.response if alert.response in sent else None
        events.append(Event(kind, at.date(), at, names.get(alert.response, ""), response))
    return sorted(events, key=lambda event: event.at or opened_at, reverse=True)
