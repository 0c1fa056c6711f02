"""A certificate of the course, how long it holds, and where somebody stands with it. No I/O, no words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

OFFERED_BEFORE = timedelta(days=30)
"""How long before its end the course is offered anew."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Somebody passed this version of the course; `valid_until` is the last day it holds."""

    id: UUID
    version: int
    correct: int
    asked: int
    passed_at: datetime
    valid_until: date


class State(StrEnum):
    """Where a professional stands with the course."""

    NEVER = "never"
    HOLDS = "holds"
    ENDING = "ending"
    OVER = "over"


def state_of(until: date | None, *, trained: bool, today: date) -> State:
    """`until`: the end of the newest certificate. `trained`: whether records are open, which the guard decides.

    >>> [state_of(date(2027, 11, 22), trained=True, today=day) for day in (date(2027, 10, 22), date(2027, 10, 23))]
    [<State.HOLDS: 'holds'>, <State.ENDING: 'ending'>]
    >>> [state_of(until, trained=False, today=date(2027, 11, 23)) for until in (date(2027, 11, 22), None)]
    [<State.OVER: 'over'>, <State.NEVER: 'never'>]
    """
    if not trained:
        return State.NEVER if until is None else State.OVER
    soon = until is not None and today <= until <= today + OFFERED_BEFORE
    return State.ENDING if soon else State.HOLDS


def a_year_from(day: date) -> date:
    """The same day of the next year; the 28th of February for the 29th.

    >>> a_year_from(date(2026, 11, 22)), a_year_from(date(2028, 2, 29))
    (datetime.date(2027, 11, 22), datetime.date(2029, 2, 28))
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
