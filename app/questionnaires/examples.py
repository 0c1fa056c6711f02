"""Runs the examples of a file against its own formulas, and the blank form. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.questionnaires import shapes
from app.questionnaires.answering import parse_answers
from app.questionnaires.draft import Draft
from app.questionnaires.model import Questionnaire
from app.questionnaires.person import read_day, read_facts
from app.questionnaires.scoring import Result, score

_RANGE_KEY = re.compile(r"([a-z][a-z0-9_]*) \.\.\. ([a-z][a-z0-9_]*)\Z")
_ENOUGH = 0.0005 + 1e-9


def check_examples(draft: Draft, q: Questionnaire) -> None:
    """Three examples in a published file, one not computable, all agreeing.

    Nothing scores on a blank form.
    """
    file = q.file
    published = bool(file.scores) and file.status == "published"
    if published and len(file.examples) < 3:
        message = f"{len(file.examples)} examples; a published file needs three."
        remedy = "Add lowest, highest and one with a missing answer, each with its source."
        draft.say("Q61", "$.examples", message, remedy)
    _check_blank(draft, q)
    seen: set[str] = set()
    for i, example in enumerate(file.examples):
        seen |= _run(draft, q, example, f"$.examples[{i}]")
    strict = any(compiled.rule != "as_written" for compiled in q.scores)
    if published and strict and "not_computable" not in seen:
        message = "No example shows what happens with too few answers."
        draft.say("Q65", "$.examples", message, "Add one that expects not_computable.")


def _check_blank(draft: Draft, q: Questionnaire) -> None:
    blank = score(q, parse_answers(q, {})[0])
    for i, compiled in enumerate(q.scores):
        result = blank[compiled.id]
        if result.status == "computed":
            message = f"On a blank form this score gives {result.value}: nothing answered would look like a result."
            remedy = "Let it depend on an answer (… if ever else 0), or correct computable_if."
            draft.say("Q66", f"$.scores[{i}].formula", message, remedy)


def spread(answers: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """Write out `q1 ... q9: 0` and `q1 ... q3: [1, 2, 0]`; raises ValueError.

    >>> spread({"q1 ... q3": 0, "q2": 1}, ("q1", "q2", "q3"))
    {'q1': 0, 'q2': 1, 'q3': 0}
    """
    out: dict[str, Any] = {}
    for key, value in answers.items():
        found = _RANGE_KEY.match(key)
        if found is None:
            out[key] = value
            continue
        if found[1] not in order or found[2] not in order:
            raise ValueError(f"{key}: an end of the range is not an item")
        names = order[order.index(found[1]) : order.index(found[2]) + 1]
        values = value if isinstance(value, list) else [value] * len(names)
        if len(values) != len(names) or not names:
            raise ValueError(f"{key}: {len(values)} answers for {len(names)} items")
        out.update(zip(names, values, strict=True))
    return out


def _run(draft: Draft, q: Questionnaire, example: shapes.Example, place: str) -> set[str]:
    try:
        today = None if example.day is None else read_day(example.day, "day")
        facts = read_facts(example.about, today)
        env, problems = parse_answers(q, spread(example.answers, q.order))
    except ValueError as error:
        draft.say("Q62", place, f"The example is not possible: {error}.", "Correct the example.")
        return set()
    for where, problem in problems:
        message = f"The example is not a possible answer: {where}: {problem}."
        draft.say("Q62", f"{place}.answers", message, "Correct the example.")
    results = score(q, env, facts, today)
    seen: set[str] = set()
    for key, want in example.expect.items():
        result = results.get(key.partition(".")[0])
        if result is None:
            message = f"'{key.partition('.')[0]}' is not a score."
            draft.say("Q63", f"{place}.expect.{key}", message, "Name a score.")
            continue
        seen.add(result.status)
        have = _part(result, key.partition(".")[2], want)
        if not _agree(have, want):
            message = f"The file says {want}, the formula gives {have}."
            draft.say("Q64", f"{place}.expect.{key}", message, "One of the two is wrong: check the source.")
    return seen


def _part(result: Result, part: str, want: Any) -> Any:
    if part == "band":
        return result.band
    return result.status if isinstance(want, str) else result.value


def _agree(have: Any, want: Any) -> bool:
    if isinstance(want, bool) or isinstance(have, bool):
        return have is want
    if isinstance(have, float) and isinstance(want, int | float):
        return abs(have - want) < _ENOUGH
    return bool(have == want)
