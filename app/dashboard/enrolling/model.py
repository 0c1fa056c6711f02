"""One enrolment as a card of the record: what it shows, and what there is to do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.trials.enrolling.model import LogLine
from app.trials.format.model import Trial
from app.trials.format.states import VisitState
from app.trials.model import Enrolment, Visit

TO_COME = frozenset(
    {
        VisitState.PLANNED,
        VisitState.OPEN,
        VisitState.DUE,
        VisitState.CLOSING,
        VisitState.OVERDUE,
        VisitState.IN_PROGRESS,
    }
)

SHOWN_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Card:
    """`own`: the reader's centre leads it. `withdrawn`: the person takes back what allowed it, or never gave it.

    `waits_for`: the version that waits for a new consent, "" for none. `asked`: questionnaires that wait for the
    person or a relative now.
    """

    enrolment: Enrolment
    trial: Trial
    visits: Sequence[Visit]
    own: bool
    centre: str
    by: str
    withdrawn: bool
    waits_for: str
    end_note: str
    asked: int
    drawn: bool

    @property
    def done(self) -> int:
        return sum(one.completed_on is not None for one in self.visits)

    @property
    def total(self) -> int:
        """Visits held or still to be held: what was skipped or stopped is not waited for."""
        return sum(one.skipped_on is None for one in self.visits)

    def next_visit(self, today: date) -> Visit | None:
        """The first that is not over, by its day."""
        return next((one for one in self.visits if one.state(today) in TO_COME), None)

    def near(self, today: date) -> list[Visit]:
        """What has happened or may, and the next visits to come; the rest is far away."""
        rest = {id(one) for one in self.later(today)}
        return [one for one in self.visits if id(one) not in rest]

    def later(self, today: date) -> list[Visit]:
        """Visits to come after the next few."""
        return [one for one in self.visits if one.state(today) is VisitState.PLANNED][SHOWN_AHEAD:]


@dataclass(frozen=True, slots=True)
class Considered:
    """A line of the screening log as the record tells it."""

    line: LogLine
    trial: Trial
    centre: str
    by: str
