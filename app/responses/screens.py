"""A questionnaire as a walk: its screens in order, what is shown, how far the person is, where to go on. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from app.questionnaires.model import Block, Env, Page, Questionnaire
from app.questionnaires.visibility import environment, visible, visible_in_row
from app.responses.model import NO_ROW, Answers


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What one page of the browser asks: a page of the file, or one block of it where the file says so."""

    id: str
    page: Page
    blocks: tuple[Block, ...]
    questions: tuple[str, ...]


@cache
def screens(q: Questionnaire) -> tuple[Screen, ...]:
    """All screens in order, shown or not."""
    found: list[Screen] = []
    for page in q.pages:
        if page.shape.one_per_screen:
            for number, block in enumerate(page.blocks, 1):
                names = block.questions or ((block.key,) if block.key in q.questions else ())
                found.append(Screen(f"{page.id}-{number}", page, (block,), names))
        else:
            found.append(Screen(page.id, page, page.blocks, page.questions))
    return tuple(found)


@cache
def numbers(q: Questionnaire) -> Mapping[str, int]:
    """The number of each question as people see it; questions of one repeating group share theirs with the group."""
    found: dict[str, int] = {}
    for name, question in q.questions.items():
        owner = question.group or name
        if owner not in found:
            found[owner] = len(found) + 1
    return found


@dataclass(frozen=True, slots=True)
class Course:
    """A response seen as a walk: its environment, what is shown, and in each row of a repeating group."""

    questionnaire: Questionnaire
    answers: Answers
    env: Env
    shown: frozenset[str]

    def screens(self) -> list[Screen]:
        """The screens on which something is shown now."""
        return [s for s in screens(self.questionnaire) if any(block.key in self.shown for block in s.blocks)]

    def shown_in(self, group: str, row: UUID) -> set[str]:
        """The items shown in one row."""
        position = self.answers.rows[group].index(row)
        return visible_in_row(self.questionnaire, self.env, group, self.answers.values[group][position])

    def places(self, screen: Screen | None = None) -> Iterator[tuple[str, str | None, UUID]]:
        """Every shown place that can hold an answer, in order: (item, group, row)."""
        for name in self.questionnaire.questions if screen is None else screen.questions:
            group = self.questionnaire.questions[name].group
            if group is None:
                if name in self.shown:
                    yield name, None, NO_ROW
            elif group in self.shown:
                for row in self.answers.rows.get(group, ()):
                    if name in self.shown_in(group, row):
                        yield name, group, row

    def is_answered(self, item: str, group: str | None, row: UUID) -> bool:
        return self.answers.value(item, group, row) is not None

    def progress(self, screen: Screen | None = None) -> tuple[int, int]:
        """(answered, asked) of the whole, or of one screen."""
        if not self.questionnaire.groups:
            names = self.questionnaire.questions if screen is None else screen.questions
            shown = [name for name in names if name in self.shown]
            values = self.answers.values
            return sum(1 for name in shown if values.get(name) is not None), len(shown)
        asked = list(self.places(screen))
        return sum(1 for place in asked if self.is_answered(*place)), len(asked)

    def first_open(self) -> tuple[Screen, str | None] | None:
        """The screen to go on with, and its first unanswered item; None when all is answered."""
        for screen in self.screens():
            for item, group, row in self.places(screen):
                if not self.is_answered(item, group, row):
                    return screen, field_name(item, row)
        return None


def course(q: Questionnaire, answers: Answers, facts: Mapping[str, Any] | None = None) -> Course:
    """Walk through a response; `facts` are those of `queries.facts_for`."""
    env = environment(q, answers.values, facts, facts.get("today") if facts else None)
    shown = visible(q, env)
    return Course(q, answers, env, frozenset(shown))


def field_name(item: str, row: UUID) -> str:
    """The name of an item's field in a form; rows of a repeating group have theirs.

    >>> field_name("q1", NO_ROW), field_name("nap_min", UUID(int=5))
    ('q1', 'nap_min--00000000000000000000000000000005')
    """
    return item if row == NO_ROW else f"{item}--{row.hex}"


def read_field_name(name: str) -> tuple[str, UUID] | None:
    """The item and row that a field stands for, None if it is no such name.

    >>> read_field_name("nap_min--00000000000000000000000000000005")
    ('nap_min', UUID('00000000-0000-0000-0000-000000000005'))
    """
    item, _, row = name.partition("--")
    if not row:
        return item, NO_ROW
    try:
        return item, UUID(hex=row)
    except ValueError:
        return None
