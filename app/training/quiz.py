"""The quiz: which answers are right, how many must be, in which order they are asked. No I/O; no words."""

from collections.abc import Mapping
from dataclasses import dataclass

VERSION = 1
"""Of the course and its quiz; a certificate keeps it."""
PASSED_FROM = 7
OPTIONS = ("a", "b", "c", "d")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the section that answers it, and the right option."""

    key: str
    section: str
    right: str


SECTIONS = ("data", "access", "secrets", "screens", "sharing", "incidents")

QUESTIONS = (
    Question("codes", "data", "c"),
    Question("brother", "access", "b"),
    Question("emergency", "access", "d"),
    Question("caller", "secrets", "a"),
    Question("link", "secrets", "c"),
    Question("called_away", "screens", "b"),
    Question("advice", "sharing", "d"),
    Question("wrong_address", "incidents", "a"),
)


@dataclass(frozen=True, slots=True)
class Marking:
    """What was answered: `given` by question, and which questions were left out or answered wrongly, in their order."""

    given: Mapping[str, str]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def correct(self) -> int:
        return len(QUESTIONS) - len(self.missing) - len(self.wrong)

    @property
    def passed(self) -> bool:
        return not self.missing and self.correct >= PASSED_FROM


def in_order(again: int) -> tuple[Question, ...]:
    """The questions of the first try in their order; of each further one in another.

    >>> [question.key for question in in_order(0)][:2], [question.key for question in in_order(1)][:2]
    (['codes', 'brother'], ['caller', 'link'])
    """
    first = 3 * again % len(QUESTIONS)
    return QUESTIONS[first:] + QUESTIONS[:first]


def mark(typed: Mapping[str, str], asked: tuple[Question, ...] = QUESTIONS) -> Marking:
    """Look at what came in; what is no option of ours counts as left out.

    >>> mark({"codes": "c", "brother": "a", "caller": "z"}).wrong
    ('brother',)
    """
    given = {one.key: typed[one.key] for one in asked if typed.get(one.key) in OPTIONS}
    missing = tuple(one.key for one in asked if one.key not in given)
    wrong = tuple(one.key for one in asked if given.get(one.key, one.right) != one.right)
    return Marking(given, missing, wrong)


def question(key: str) -> Question | None:
    """The question of this name, if there is one."""
    return next((one for one in QUESTIONS if one.key == key), None)


def around(section: str) -> tuple[str | None, str | None]:
    """The sections before and after this one.

    >>> around("data"), around("incidents")
    ((None, 'access'), ('sharing', None))
    """
    place = SECTIONS.index(section)
    before = SECTIONS[place - 1] if place else None
    return before, SECTIONS[place + 1] if place + 1 < len(SECTIONS) else None
