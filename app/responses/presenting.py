"""What the pages of a response say: its sections, its progress, its answers and what is missing, in words. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from app.questionnaires import shapes
from app.questionnaires.explanation import answer_text
from app.questionnaires.model import Block, Question, Questionnaire, text
from app.questionnaires.problems import ProblemCode
from app.questionnaires.scoring import Unmet, unmet
from app.questionnaires.wording import problem_text
from app.responses.model import Conflict
from app.responses.screens import Course, Screen, field_name, numbers, read_field_name, screens

Gettext = Callable[[str], str]
DASH = "–"


@dataclass(frozen=True, slots=True)
class Step:
    """One section in the list of sections."""

    screen: str
    title: str
    answered: int
    asked: int
    current: bool

    @property
    def complete(self) -> bool:
        return self.answered == self.asked

    @property
    def state(self) -> str:
        return "current" if self.current else "done" if self.complete else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in a list: its question and its words.

    `row` names the entry of a repeating group, `stem` is what a matrix asks of all its rows.
    """

    name: str
    question: str
    answer: str
    row: str = ""
    number: int | None = None
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    screen: str
    title: str
    lines: tuple[Line, ...]

    @property
    def parts(self) -> list[tuple[str, list[Line]]]:
        """The lines in order, those of one matrix together under what it asks."""
        return [(stem, list(lines)) for stem, lines in groupby(self.lines, attrgetter("stem"))]


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands against sending, or asks to be confirmed: where, on which screen, what to do.

    `question` is its wording where an answer is missing, "" where an answer is there but cannot be right.
    """

    field: str
    screen: str
    message: str
    number: int | None
    question: str = ""


def screen_title(course: Course, screen: Screen, language: str) -> str:
    """The title of a screen: its own, or the questionnaire's."""
    return text(screen.page.shape.title, language) or text(course.questionnaire.file.title, language)


def steps(course: Course, language: str, here: Screen | None = None) -> list[Step]:
    """The sections that are shown now, with how far each is."""
    return [
        Step(screen.id, screen_title(course, screen, language), *course.progress(screen), screen is here)
        for screen in course.screens()
    ]


def sections(course: Course, language: str) -> list[Section]:
    """Every shown question with its answer in words, "–" where there is none: never "no"."""
    found = []
    for screen in course.screens():
        lines = tuple(_line(course, *place, language) for place in course.places(screen))
        if lines:
            found.append(Section(screen.id, screen_title(course, screen, language), lines))
    return found


def _line(course: Course, item: str, group: str | None, row: UUID, language: str) -> Line:
    q = course.questionnaire
    question = q.questions[item]
    words = answer_text(q, question, course.answers.value(item, group, row), language)
    entry = ""
    if group is not None:
        repeat = q.groups[group].item.repeat
        position = course.answers.rows[group].index(row) + 1
        entry = f"{text(repeat.row, language)} {position}" if repeat else ""
    wording = question_text(course, item, language)
    number = numbers(q).get(group or item)
    return Line(field_name(item, row), wording, words or DASH, entry, number, text(_stems(q).get(item), language))


@cache
def _stems(q: Questionnaire) -> dict[str, shapes.Text]:
    """What stands above each row of a matrix."""
    framed = (block for block in q.every_block() if block.kind == "matrix")
    return {name: block.item.text or {} for block in framed for name in block.questions}


def question_text(course: Course, item: str, language: str) -> str:
    """The wording of a question; its number where no wording ships."""
    q = course.questionnaire
    words = text(q.questions[item].item.text, language)
    return words or f"{q.file.short_name}, {item.removeprefix('q')}"


def standings(course: Course, gettext: Gettext, language: str) -> tuple[list[Standing], list[Standing]]:
    """What stops sending, and what only asks to be confirmed; both in the order of the pages."""
    found = unmet(course.questionnaire, course.env, set(course.shown))
    order = {name: n for n, name in enumerate(_fields(course))}
    lines = [(entry.level, _standing(course, entry, gettext, language)) for entry in found]
    lines.sort(key=lambda line: order.get(line[1].field, -1))
    return [s for level, s in lines if level == "error"], [s for level, s in lines if level == "warning"]


def _fields(course: Course) -> Iterator[str]:
    for item, _group, row in course.places():
        yield field_name(item, row)


def _standing(course: Course, entry: Unmet, gettext: Gettext, language: str) -> Standing:
    q = course.questionnaire
    name = unmet_field(course, entry.place)
    item = (read_field_name(name) or (name,))[0]
    question = ""
    if entry.problem is not None and entry.problem.code is ProblemCode.REQUIRED:
        message = missing_text(q.questions[item], gettext)
        question = question_text(course, item, language)
    elif entry.problem is not None:
        message = problem_text(entry.problem, "", gettext, language)
    else:
        message = text(next(check for check, _node in q.checks if check.id == entry.check).message, language)
    group = q.questions[item].group if item in q.questions else None
    return Standing(name, screen_of(course, item).id, message, numbers(q).get(group or item), question)


def missing_text(question: Question, gettext: Gettext) -> str:
    """What to do about a question that has no answer yet."""
    if question.type == "choices":
        return gettext("Choose at least one answer")
    if question.codes or question.type == "yes_no":
        return gettext("Choose an answer")
    return gettext("Write your answer")


def unmet_field(course: Course, place: str) -> str:
    """The field that a place such as `stays[1].days` has on the page."""
    group, bracket, rest = place.partition("[")
    if not bracket:
        return place
    position, _, item = rest.partition("].")
    return field_name(item, course.answers.rows[group][int(position)])


def screen_of(course: Course, item: str) -> Screen:
    """The screen on which an item or a repeating group stands, be it shown or not."""
    return next(
        s for s in screens(course.questionnaire) if item in s.questions or any(_holds(b, item) for b in s.blocks)
    )


def _holds(block: Block, key: str) -> bool:
    return block.key == key or any(_holds(inner, key) for inner in block.blocks)


@dataclass(frozen=True, slots=True)
class Collision:
    """Two values of one answer, side by side."""

    name: str
    question: str
    mine: str
    theirs: str
    fields: tuple[tuple[str, str], ...]
    conflict: Conflict


def collision(course: Course, conflict: Conflict, raw: tuple[str, ...], language: str) -> Collision:
    """A conflict in words; `raw` are the texts that the person's own form posted."""
    q = course.questionnaire
    question = q.questions[conflict.item]
    name = field_name(conflict.item, conflict.row)
    return Collision(
        name,
        question_text(course, conflict.item, language),
        answer_text(q, question, conflict.mine, language) or DASH,
        answer_text(q, question, conflict.theirs, language) or DASH,
        _as_fields(question, name, raw),
        conflict,
    )


def _as_fields(question: Question, name: str, raw: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The hidden fields that post the same typed texts again."""
    if question.type not in {"date", "partial_date"}:
        return tuple((name, words) for words in raw)
    parts = (*(raw[0] if raw else "").split("-"), "", "")[:3]
    return tuple((f"{name}-{box}", part) for box, part in zip(("year", "month", "day"), parts, strict=True))
