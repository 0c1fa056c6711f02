"""From an answer as JSON gives it to the value expressions see, or to a problem we can name. Pure.

Never raises.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from app.questionnaires.model import DEFAULT_MAX_LENGTH, REFUSED, Question, Questionnaire, Read, ReadAnswer
from app.questionnaires.problems import Problem, ProblemCode
from app.questionnaires.shapes import Item

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?\Z", re.ASCII)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)


def parse_answer(question: Question, raw: Any) -> ReadAnswer:
    """One answer as JSON gives it: (value as expressions see it, problem or None). None is no answer."""
    return (None, None) if raw is None else question.read(raw)


def parse_answers(q: Questionnaire, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Problem]]]:
    """All answers: the environment of expressions, and (place, problem) for each that is wrong.

    A wrong answer is missing in the environment. Nothing is hidden yet: `visibility.visible` does that.
    """
    env = q.blank.copy()
    problems: list[tuple[str, Problem]] = []
    readers = q.readers
    for name, value in raw.items():
        if value is None:
            continue
        read = readers.get(name)
        if read is None:
            _other(q, name, value, env, problems)
            continue
        env[name], problem = found = read(value)
        if found[0] is None:
            if problem is not None:
                problems.append((name, problem))
            elif value not in ([], ""):
                env[REFUSED] = env.get(REFUSED, frozenset()) | {name}
    return env, problems


def _other(q: Questionnaire, name: str, value: Any, env: dict[str, Any], problems: list[tuple[str, Problem]]) -> None:
    if name not in q.groups:
        problems.append((name, Problem(ProblemCode.UNKNOWN_ITEM)))
        return
    repeat = q.groups[name].item.repeat
    most = repeat.most if repeat else 0
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        problems.append((name, Problem(ProblemCode.NOT_ROWS)))
        return
    if len(value) > most:
        problems.append((name, Problem(ProblemCode.TOO_MANY_ROWS, limit=most)))
    rows = []
    for n, row in enumerate(value[:most]):
        parsed, wrong = parse_row(q, name, row)
        rows.append(parsed)
        problems.extend((f"{name}[{n}].{place}", problem) for place, problem in wrong)
    env[name] = tuple(rows)


def parse_row(q: Questionnaire, group: str, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Problem]]]:
    """One row of a repeating group: its items as expressions see them, and what is wrong."""
    out: dict[str, Any] = dict.fromkeys(q.groups[group].questions)
    out[REFUSED] = frozenset()
    problems: list[tuple[str, Problem]] = []
    for name, value in row.items():
        if name not in q.groups[group].questions:
            problems.append((name, Problem(ProblemCode.UNKNOWN_ITEM)))
            continue
        out[name], problem = parse_answer(q.questions[name], value)
        if problem is not None:
            problems.append((name, problem))
        elif out[name] is None and value not in (None, [], ""):
            out[REFUSED] |= {name}
    return out, problems


# --- one reader for each type ---------------------------------------------------------------------


def reader(item: Item, scores: Mapping[Any, float | None] | None, exclusive: frozenset[Any]) -> Read:
    """The function that reads an answer to this item; `scores` maps each option code to its score.

    For a choice whose options have no score the codes themselves are the values.
    """
    match item.type:
        case "choice":
            return _choice(scores or {})
        case "open_choice":
            return _open_choice(frozenset(scores or ()), item.max_length or DEFAULT_MAX_LENGTH)
        case "choices":
            return _choices(tuple(scores or ()), exclusive)
        case "integer" | "slider" | "decimal":
            return _number(item)
    return {"yes_no": _yes_no, "date": _date, "partial_date": _partial_date, "time": _time}.get(
        item.type, _text(item.max_length or DEFAULT_MAX_LENGTH)
    )


def _wrong(code: ProblemCode) -> ReadAnswer:
    return None, Problem(code)


def _choice(values: Mapping[Any, Any]) -> Read:
    scored = any(score is not None for score in values.values())
    answers = {code: (score if scored else code, None) for code, score in values.items()}
    unknown = _wrong(ProblemCode.UNKNOWN_OPTION)

    def read(raw: Any) -> ReadAnswer:
        if type(raw) is int or type(raw) is str:
            return answers.get(raw, unknown)
        return unknown

    return read


def _open_choice(codes: frozenset[Any], limit: int) -> Read:
    free = _text(limit)

    def read(raw: Any) -> ReadAnswer:
        if type(raw) is int or (type(raw) is str and raw in codes):
            return (raw, None) if raw in codes else _wrong(ProblemCode.UNKNOWN_OPTION)
        return free(raw) if isinstance(raw, str) else _wrong(ProblemCode.UNKNOWN_OPTION)

    return read


def _choices(codes: tuple[Any, ...], exclusive: frozenset[Any]) -> Read:
    known = frozenset(codes)

    def read(raw: Any) -> ReadAnswer:
        if not isinstance(raw, list) or len(raw) > len(codes):
            return _wrong(ProblemCode.UNKNOWN_OPTION)
        if any(type(code) not in (int, str) or code not in known for code in raw) or len(set(raw)) < len(raw):
            return _wrong(ProblemCode.UNKNOWN_OPTION)
        if len(raw) > 1 and exclusive.intersection(raw):
            return _wrong(ProblemCode.EXCLUSIVE_OPTION)
        return (tuple(raw) or None), None

    return read


def _number(item: Item) -> Read:
    low, high = item.range if item.range and len(item.range) == 2 else (-math.inf, math.inf)
    whole = item.type != "decimal"
    not_whole = _wrong(ProblemCode.NOT_WHOLE)
    out_of_range = (None, Problem(ProblemCode.OUT_OF_RANGE, low=low, high=high, unit=item.unit))

    def read(raw: Any) -> ReadAnswer:
        if type(raw) is not int and (type(raw) is not float or raw != raw):
            return _wrong(ProblemCode.NOT_A_NUMBER)
        if whole and type(raw) is float:
            return not_whole
        return (raw, None) if low <= raw <= high else out_of_range

    return read


def _yes_no(raw: Any) -> ReadAnswer:
    return (raw, None) if isinstance(raw, bool) else _wrong(ProblemCode.NOT_YES_OR_NO)


def _date(raw: Any) -> ReadAnswer:
    try:
        if isinstance(raw, str) and _DATE.match(raw):
            return date.fromisoformat(raw), None
    except ValueError:
        pass
    return _wrong(ProblemCode.NOT_A_DATE)


def _partial_date(raw: Any) -> ReadAnswer:
    if not isinstance(raw, str) or not _PARTIAL.match(raw) or raw.startswith("0000"):
        return _wrong(ProblemCode.NOT_A_DATE)
    if len(raw) == 10 and _date(raw)[1]:
        return _wrong(ProblemCode.NOT_A_DATE)
    return raw, None


def _time(raw: Any) -> ReadAnswer:
    if isinstance(raw, str) and _TIME.match(raw):
        return time(int(raw[:2]), int(raw[3:])), None
    return _wrong(ProblemCode.NOT_A_TIME)


def _text(limit: int) -> Callable[[Any], ReadAnswer]:
    too_long = (None, Problem(ProblemCode.TOO_LONG, limit=limit))

    def read(raw: Any) -> ReadAnswer:
        if not isinstance(raw, str):
            return _wrong(ProblemCode.NOT_TEXT)
        if len(raw) > limit:
            return too_long
        if "\x00" in raw or any("\ud800" <= sign <= "\udfff" for sign in raw):
            return _wrong(ProblemCode.BAD_CHARACTER)
        return (raw if raw.strip() else None), None

    return read
