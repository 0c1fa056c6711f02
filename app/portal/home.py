"""What waits for a person: to do, done, to come. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.assignments.model import Assignment, State, Timing, timing
from app.questionnaires.model import Questionnaire
from app.responses.model import Response


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do or to come. `answered` of `asked` where it has been opened; `minutes` are those left."""

    assignment: Assignment
    questionnaire: Questionnaire
    timing: Timing
    answered: int = 0
    asked: int = 0

    @property
    def minutes(self) -> int:
        if not self.asked:
            return self.questionnaire.file.minutes
        left = self.questionnaire.file.minutes * (self.asked - self.answered) / self.asked
        return max(1, round(left))


@dataclass(frozen=True, slots=True)
class Home:
    """The three lists of the home page; `to_do` has the most urgent first."""

    to_do: tuple[Task, ...]
    coming: tuple[Task, ...]
    done: tuple[Response, ...]


Progress = Mapping[UUID, tuple[int, int]]


def arrange(
    assignments: list[Assignment],
    questionnaires: Mapping[str, Questionnaire],
    sent: list[Response],
    progress: Progress,
    today: date,
) -> Home:
    """Sort what was asked of one person. `progress` is (answered, asked) by assignment, for opened ones."""
    tasks = [
        Task(one, questionnaires[one.questionnaire], timing(one, today), *progress.get(one.id, (0, 0)))
        for one in assignments
        if one.waiting
    ]
    to_do = [task for task in tasks if task.timing is not Timing.LATER]
    coming = [task for task in tasks if task.timing is Timing.LATER]
    to_do.sort(key=lambda task: (task.assignment.due_on or date.max, task.assignment.state is State.TO_DO))
    coming.sort(key=lambda task: task.assignment.opens_on)
    return Home(tuple(to_do), tuple(coming), tuple(sent))
