"""What somebody sees of their visits: those to come, those that were. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.access.policy import OWN_VOICE
from app.trials.format.states import VisitState
from app.trials.model import Visit


class Seen(StrEnum):
    """How a visit stands, for the person themselves: nothing of it is about being late."""

    COMING = "coming"
    NOW = "now"
    BEGUN = "begun"
    CALL = "call"
    HELD = "held"
    NOT_HELD = "not_held"


SEEN = {
    VisitState.PLANNED: Seen.COMING,
    VisitState.OPEN: Seen.COMING,
    VisitState.DUE: Seen.NOW,
    VisitState.CLOSING: Seen.NOW,
    VisitState.OVERDUE: Seen.CALL,
    VisitState.IN_PROGRESS: Seen.BEGUN,
    VisitState.COMPLETE: Seen.HELD,
    VisitState.SKIPPED: Seen.NOT_HELD,
    VisitState.MISSED: Seen.NOT_HELD,
}
TO_COME = {Seen.COMING, Seen.NOW, Seen.BEGUN, Seen.CALL}


@dataclass(frozen=True, slots=True)
class Line:
    """One visit. `title` and `trial` are words; `asked` the keys of what the person or a relative answers."""

    visit: Visit
    title: str
    trial: str
    seen: Seen
    asked: tuple[str, ...]
    team: bool
    """Whether the team asks or examines something too."""

    @property
    def day(self) -> date:
        """Where it stands among the others."""
        return self.visit.started_on or self.visit.target or self.visit.skipped_on or date.max


def line_of(visit: Visit, title: str, trial: str, today: date) -> Line | None:
    """None for what concerns nobody any more: the visits after somebody left a trial."""
    seen = SEEN.get(visit.state(today))
    if seen is None:
        return None
    own = dict.fromkeys(one.key for one in visit.asked if one.who in OWN_VOICE)
    return Line(visit, title, trial, seen, tuple(own), any(one.who not in OWN_VOICE for one in visit.asked))


@dataclass(frozen=True, slots=True)
class Visits:
    """`coming`: the next one first; `past`: the latest first."""

    coming: tuple[Line, ...]
    past: tuple[Line, ...]

    @property
    def empty(self) -> bool:
        return not self.coming and not self.past


def sorted_out(lines: Iterable[Line], stopped: frozenset[str]) -> Visits:
    """`stopped`: the keys of trials that the person has left by withdrawing what they had agreed to."""
    every = list(lines)
    coming = [one for one in every if one.seen in TO_COME and one.visit.key not in stopped]
    past = [one for one in every if one.seen not in TO_COME]
    return Visits(
        tuple(sorted(coming, key=lambda one: one.day)), tuple(sorted(past, key=lambda one: one.day, reverse=True))
    )
