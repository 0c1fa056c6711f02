"""From the fields of a posted section to answers, and to what could not be kept. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.questionnaires.fields import parse_field
from app.questionnaires.model import Question, Questionnaire, text
from app.questionnaires.problems import Problem, ProblemCode
from app.questionnaires.wording import problem_text
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from app.responses.screens import numbers, read_field_name

Fields = Mapping[str, list[str]]
VERSION = "v."
KEEP = "keep."
LARGEST_VERSION = 10**9


@dataclass(slots=True)
class Reading:
    """What a form said. `typed` is kept for showing the page again, `problems` are by field name."""

    posted: list[Posted] = field(default_factory=list)
    typed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)


def read_form(q: Questionnaire, fields: Fields, language: str) -> Reading:
    """Every answer of a form. A field `v.NAME` says that NAME was on the page, also when nothing was chosen.

    What the same form hides is read all the same: a hidden answer is kept as not applicable.
    """
    reading = Reading()
    for marker, tokens in fields.items():
        if not marker.startswith(VERSION):
            continue
        name = marker.removeprefix(VERSION)
        place = read_field_name(name)
        question = q.questions.get(place[0]) if place else None
        if place is None or question is None or (question.group is None) != (place[1] == NO_ROW):
            reading.problems[name] = Problem(ProblemCode.UNKNOWN_ITEM)
        elif fields.get(KEEP + name) != ["theirs"]:
            _read_one(reading, question, name, place[1], _version(tokens), fields, language)
    return reading


def _read_one(
    reading: Reading, question: Question, name: str, row: UUID, token: int, fields: Fields, language: str
) -> None:
    raw = raw_texts(question, name, fields)
    reading.typed[name] = tuple(raw)
    value = parse_field(question, raw, language)
    if isinstance(value, Problem):
        reading.problems[name] = value
    else:
        reading.posted.append(Posted(question.id, question.group, row, value, token))


def raw_texts(question: Question, name: str, fields: Fields) -> list[str]:
    """The texts that one question posted: a date's boxes joined year first, words of one's own before a choice."""
    if question.type in {"date", "partial_date"}:
        boxes = [(fields.get(f"{name}-{part}") or [""])[-1].strip() for part in ("year", "month", "day")]
        return ["-".join(boxes).rstrip("-")] if any(boxes) else []
    if question.type == "open_choice":
        own = [words for words in fields.get(f"{name}-other", []) if words.strip()]
        return own or fields.get(name, [])
    return fields.get(name, [])


def posted_names(question: Question, name: str) -> list[str]:
    """The form fields that one question posts."""
    if question.type in {"date", "partial_date"}:
        return [f"{name}-day", f"{name}-month", f"{name}-year"]
    return [name, f"{name}-other"] if question.type == "open_choice" else [name]


def _version(tokens: list[str]) -> int:
    number = tokens[-1] if tokens else "0"
    return int(number) if number.isascii() and number.isdigit() and int(number[:10]) < LARGEST_VERSION else 0


def messages(
    q: Questionnaire, problems: Mapping[str, Problem], gettext: Callable[[str], str], language: str
) -> dict[str, str]:
    """The problems in words, by field name."""
    return {
        name: problem_text(problem, label(q, name, language), gettext, language) for name, problem in problems.items()
    }


def label(q: Questionnaire, name: str, language: str) -> str:
    """What a question is called in a message: its wording, or its number where none ships."""
    place = read_field_name(name)
    question = q.questions.get(place[0]) if place else None
    return text(question.item.text, language) if question else ""


def number_of(q: Questionnaire, name: str) -> int | None:
    """The number of the question that a field belongs to; of the group for a field in its rows."""
    place = read_field_name(name)
    item = place[0] if place else name
    question = q.questions.get(item)
    owner = question.group if question and question.group else item
    return numbers(q).get(owner)
