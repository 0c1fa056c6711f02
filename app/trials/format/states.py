"""How a visit stands on a day: the one function of facts and date, for everybody and everything that asks. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.trials.format.spans import Window


class VisitState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    DUE = "due"
    CLOSING = "closing"
    OVERDUE = "overdue"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """The days on which things happened. `ended`: withdrawal, death, or the end of the enrolment."""

    started: date | None = None
    completed: date | None = None
    skipped: date | None = None
    ended: date | None = None


def state_of(window: Window | None, facts: VisitFacts, today: date) -> VisitState:
    """The first of the table of states that holds. A visit without a window is out of plan: it enters as begun."""
    settled = _settled(window, facts, today)
    if settled is not None:
        return settled
    if window is None or _by(facts.started, today):
        return VisitState.IN_PROGRESS
    if today < window.permitted[0]:
        return VisitState.PLANNED
    if today < window.best[0]:
        return VisitState.OPEN
    if today <= window.best[1]:
        return VisitState.DUE
    return VisitState.CLOSING if today <= window.permitted[1] else VisitState.OVERDUE


def _settled(window: Window | None, facts: VisitFacts, today: date) -> VisitState | None:
    if _by(facts.completed, today):
        return VisitState.COMPLETE
    if _by(facts.skipped, today):
        return VisitState.SKIPPED
    if facts.ended is None or facts.ended > today:
        return None
    return VisitState.MISSED if window is not None and window.permitted[1] < facts.ended else VisitState.STOPPED


def _by(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def overdue(window: Window | None, facts: VisitFacts, today: date) -> bool:
    """The one definition of overdue: the permitted window is over, and the visit neither settled nor stopped."""
    late = window is not None and today > window.permitted[1]
    return late and state_of(window, facts, today) in (VisitState.OVERDUE, VisitState.IN_PROGRESS)


def out_of_window(window: Window | None, completed: date | None) -> bool:
    """Whether a visit was held outside its permitted window; a flag beside the state.

    >>> window = Window((date(2026, 3, 1), date(2026, 3, 8)), (date(2026, 2, 20), date(2026, 3, 20)))
    >>> out_of_window(window, date(2026, 3, 20)), out_of_window(window, date(2026, 3, 21)), out_of_window(None, None)
    (False, True, False)
    """
    if window is None or completed is None:
        return False
    return not window.permitted[0] <= completed <= window.permitted[1]
