"""What a visit may be asked of somebody in person: which questionnaires, and whose they are. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.assignments.model import Assignment, State
from app.questionnaires.model import Questionnaire
from app.trials.model import Visit

PATIENT, PROXY = "patient", "proxy"


@dataclass(frozen=True, slots=True)
class Task:
    """One questionnaire of a visit, and the version in which it is answered."""

    assignment: Assignment
    questionnaire: Questionnaire

    @property
    def done(self) -> bool:
        return self.assignment.state is State.DONE

    @property
    def begun(self) -> bool:
        return self.assignment.state is State.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may take the tablet. `relative` is None for the patient; `kind`: what a relative is to them."""

    name: str
    voice: str = PATIENT
    relative: UUID | None = None
    account: UUID | None = None
    kind: str = ""

    @property
    def key(self) -> str:
        """By which a form names them."""
        return str(self.relative) if self.relative else PATIENT


@dataclass(frozen=True, slots=True)
class Offer:
    """What waits for one of them."""

    holder: Holder
    tasks: tuple[Task, ...]

    @property
    def minutes(self) -> int:
        return minutes_of(self.tasks)


def may_lend(visit: Visit) -> bool:
    """A visit that is being held: begun, and not over, signed or stopped."""
    over = visit.completed_on or visit.skipped_on or visit.ended_on
    return visit.started_on is not None and not over and not visit.locked


def tasks_for(
    voice: str, asked: Iterable[Assignment], find: Callable[[str, str | None], Questionnaire], today: date
) -> tuple[Task, ...]:
    """What a visit asks in this voice and was not given up, in order.

    The figures of a paper form are typed by the centre's staff: nobody answers such a questionnaire on a tablet.
    """
    mine = [one for one in asked if one.answered_by == voice and one.opens_on <= today]
    kept = [one for one in mine if one.state in {State.TO_DO, State.IN_PROGRESS, State.DONE}]
    tasks = [Task(one, find(one.questionnaire, one.version)) for one in kept]
    return tuple(task for task in tasks if task.questionnaire.file.wording == "full")


def waiting_of(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Those that are still to be sent."""
    return tuple(task for task in tasks if task.assignment.waiting)


def minutes_of(tasks: Iterable[Task]) -> int:
    """About how long they take."""
    return sum(task.questionnaire.file.minutes for task in tasks)


def offers(holders: Sequence[Holder], tasks: Callable[[str], tuple[Task, ...]]) -> list[Offer]:
    """Who may take the tablet: those for whom something waits."""
    found = [Offer(one, waiting_of(tasks(one.voice))) for one in holders]
    return [offer for offer in found if offer.tasks]
