"""What a visit asks, module by module, and how far each questionnaire is. Pure; the words are in wording.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.access.policy import OWN_VOICE
from app.assignments.model import Assignment, State
from app.questionnaires.model import Questionnaire
from app.responses.model import Response
from app.trials.format.states import VisitState
from app.trials.model import Visit

Progress = Mapping[UUID, tuple[int, int]]
"""(answered, asked) by response."""


class Stand(StrEnum):
    """Where one questionnaire of a visit stands."""

    TO_COME = "to_come"
    WAITING = "waiting"
    BEGUN = "begun"
    SENT = "sent"
    OVER = "over"


STANDS = {
    State.TO_DO: Stand.WAITING,
    State.IN_PROGRESS: Stand.BEGUN,
    State.DONE: Stand.SENT,
    State.EXPIRED: Stand.OVER,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One questionnaire of a visit. `assignment` is None until it is asked; `answered` of `asked` questions.

    `response` is None where nobody has begun, or where it was written elsewhere and the reader may not see it.
    `others`: what else this answer counts for.
    """

    questionnaire: Questionnaire
    who: str
    required: bool
    assignment: Assignment | None = None
    response: Response | None = None
    answered: int = 0
    asked: int = 0
    others: tuple[Assignment, ...] = ()

    @property
    def stand(self) -> Stand:
        return STANDS[self.assignment.state] if self.assignment else Stand.TO_COME

    @property
    def for_team(self) -> bool:
        return self.who not in OWN_VOICE

    @property
    def from_before(self) -> bool:
        """Answered for something else before this visit asked."""
        return (
            self.assignment is not None
            and self.response is not None
            and (self.response.opened_at < self.assignment.created_at)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A module of a visit; `id` is "" for what was asked before the protocol changed."""

    id: str
    rows: tuple[Row, ...]

    @property
    def sent(self) -> int:
        return sum(one.stand is Stand.SENT for one in self.rows)

    @property
    def answered(self) -> tuple[int, int]:
        """Questions, of every questionnaire of the module."""
        return sum(one.answered for one in self.rows), sum(one.asked for one in self.rows)


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are made of. `blank`: how many questions a questionnaire asks that nobody has begun."""

    questionnaires: Mapping[tuple[str, str | None], Questionnaire]
    responses: Mapping[UUID, Response]
    progress: Progress
    blank: Mapping[tuple[str, str | None], int]
    others: Mapping[UUID, tuple[Assignment, ...]]


def parts_of(visit: Visit, asked: Iterable[Assignment], known: Known) -> list[Part]:
    """The modules in the order of the protocol, each with what it asks; what nobody asks any more comes last."""
    standing = {(one.questionnaire, one.answered_by): one for one in asked}
    modules: dict[str, list[Row]] = {}
    for one in visit.asked:
        assignment = standing.pop((one.key, one.who), None)
        version = assignment.version if assignment else one.version
        row = _row(one.key, version, one.who, assignment, known, required=one.required)
        modules.setdefault(one.module, []).append(row)
    left = [
        _row(one.questionnaire, one.version, one.answered_by, one, known, required=one.required)
        for one in standing.values()
    ]
    parts = [Part(module, tuple(rows)) for module, rows in modules.items()]
    return [*parts, Part("", tuple(left))] if left else parts


def _row(
    key: str, version: str | None, who: str, assignment: Assignment | None, known: Known, *, required: bool
) -> Row:
    response = known.responses.get(assignment.response) if assignment and assignment.response else None
    answered, asked = known.progress.get(response.id, (0, 0)) if response else (0, known.blank.get((key, version), 0))
    q = response.questionnaire if response else known.questionnaires[key, version]
    others = known.others.get(response.id, ()) if response else ()
    mine = assignment.id if assignment else None
    return Row(q, who, required, assignment, response, answered, asked, tuple(o for o in others if o.id != mine))


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with the words that name it."""

    visit: Visit
    title: str
    trial: str


OPEN_STATES = {VisitState.OVERDUE, VisitState.DUE, VisitState.CLOSING, VisitState.OPEN}


def next_of(lines: Iterable[VisitLine], today: date) -> list[VisitLine]:
    """Of each enrolment the visits that may be held now or are late, else the next one; the earliest first.

    Those that have begun are told as what has happened.
    """
    found: list[VisitLine] = []
    waiting: set[UUID] = set()
    for one in lines:
        state = one.visit.state(today)
        if state in OPEN_STATES or (state is VisitState.PLANNED and one.visit.enrolment not in waiting):
            waiting.add(one.visit.enrolment)
            found.append(one)
    return found
