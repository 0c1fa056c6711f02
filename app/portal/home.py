"""What waits for a person: to do, done, to come. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from app.assignments.model import Assignment, State, Timing, timing
from app.questionnaires.model import Questionnaire
from app.responses.model import Response

LATELY = timedelta(days=14)
"""So long the home says that something is asked no longer."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do or to come. `answered` of `asked` where it has been opened; `minutes` are those left.

    `visits`: for how many visits one answer counts.
    """

    assignment: Assignment
    questionnaire: Questionnaire
    timing: Timing
    answered: int = 0
    asked: int = 0
    visits: int = 0

    @property
    def minutes(self) -> int:
        if not self.asked:
            return self.questionnaire.file.minutes
        left = self.questionnaire.file.minutes * (self.asked - self.answered) / self.asked
        return max(1, round(left))


@dataclass(frozen=True, slots=True)
class Home:
    """The lists of the home page; `to_do` has the most urgent first. `expired`: asked no longer since a few days."""

    to_do: tuple[Task, ...]
    coming: tuple[Task, ...]
    done: tuple[Response, ...]
    expired: tuple[Task, ...] = ()


Progress = Mapping[UUID, tuple[int, int]]


def arrange(
    assignments: list[Assignment],
    questionnaires: Mapping[UUID, Questionnaire],
    sent: list[Response],
    progress: Progress,
    today: date,
    *,
    shared: bool = True,
) -> Home:
    """Sort what was asked of one person. By assignment: `questionnaires`, and `progress` (answered, asked) of those
    that were opened. `shared`: whether an answer may count at another centre than the one that asked.
    """
    waiting = [one for one in assignments if one.waiting]
    groups = gathered([one for one in waiting if one.opens_on <= today], questionnaires, shared=shared)
    groups += [[one] for one in waiting if one.opens_on > today]
    tasks = [_task(group, questionnaires, progress, today) for group in groups]
    to_do = [task for task in tasks if task.timing is not Timing.LATER]
    coming = [task for task in tasks if task.timing is Timing.LATER]
    to_do.sort(key=lambda task: (task.assignment.due_on or date.max, task.assignment.state is State.TO_DO))
    coming.sort(key=lambda task: task.assignment.opens_on)
    over = [_task([one], questionnaires, {}, today) for one in assignments if _lately_over(one, today)]
    return Home(tuple(to_do), tuple(coming), tuple(sent), tuple(over))


def _lately_over(one: Assignment, today: date) -> bool:
    due = one.due_on
    return one.state is State.EXPIRED and due is not None and due < today <= due + LATELY


def _task(
    group: list[Assignment], questionnaires: Mapping[UUID, Questionnaire], progress: Progress, today: date
) -> Task:
    """The first of a group stands for all of it, with the nearest due date of any."""
    first = group[0]
    soonest = replace(first, due_on=min((one.due_on for one in group if one.due_on), default=None))
    visits = sum(one.origin_kind == "visit" for one in group)
    return Task(soonest, questionnaires[first.id], timing(soonest, today), *progress.get(first.id, (0, 0)), visits)


def gathered(
    waiting: Iterable[Assignment], questionnaires: Mapping[UUID, Questionnaire], *, shared: bool = True
) -> list[list[Assignment]]:
    """What one answer settles together, the one to be opened first in each group.

    Those begun already share a response. Of the others, whatever takes an answer given for something else joins one
    that it would take: opening that one answers both. So one that takes no other's answer goes first.
    """
    groups: list[list[Assignment]] = []
    due = sorted(waiting, key=lambda one: (one.reuse_days is not None, one.due_on or date.max, one.id))
    for one in due:
        joined = next((group for group in groups if _counts_for(group[0], one, questionnaires, shared=shared)), None)
        if joined is None:
            groups.append([one])
        else:
            joined.append(one)
    return groups


def _counts_for(
    first: Assignment, other: Assignment, questionnaires: Mapping[UUID, Questionnaire], *, shared: bool
) -> bool:
    """Whether the answer to the one counts for the other too."""
    same = ("questionnaire", "answered_by", "written")
    if any(getattr(first, name) != getattr(other, name) for name in same):
        return False
    if first.response is not None or other.response is not None:
        return first.response == other.response
    takes = other.origin_kind == "visit" and other.reuse_days is not None
    fits = other.version in {None, questionnaires[first.id].version}
    return takes and fits and (shared or first.organisation == other.organisation)
