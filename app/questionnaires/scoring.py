"""From answers to scores, and what stops a response from being sent. Pure.

No words, only codes and figures.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Set
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct

from app.questionnaires.expressions.kinds import MAX_RESULT
from app.questionnaires.model import FACTS, REFUSED, CompiledScore, Env, Question, Questionnaire
from app.questionnaires.problems import Problem, ProblemCode
from app.questionnaires.visibility import environment, holds, visible

Status = Literal["computed", "not_computable", "not_applicable"]


class ReasonCode(StrEnum):
    MISSING = "missing"  # items
    TOO_FEW = "too_few"  # answered, of, needed
    CONDITION = "condition"  # items the condition reads
    UNDEFINED = "undefined"  # division by zero
    OUTSIDE_NORM = "outside_norm"  # items: the facts the norm goes by
    DOES_NOT_APPLY = "does_not_apply"


class Reason(Struct, frozen=True):
    """Why there is no value; the words stand in `wording.reason_text`."""

    code: ReasonCode
    items: tuple[str, ...] = ()
    answered: int = 0
    of: int = 0
    needed: int = 0


class Result(Struct, frozen=True):
    """One score of one response. `value` is a number, or true/false for a score with labels."""

    value: float | bool | None
    band: str | None
    status: Status
    reason: Reason | None = None


_USES_NORM = re.compile(r"\bnorm\s*\(")
_NOT_APPLICABLE = Result(None, None, "not_applicable", Reason(ReasonCode.DOES_NOT_APPLY))


def score(
    q: Questionnaire,
    env: Env,
    about: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> dict[str, Result]:
    """Every score of a response, in the order of the file.

    `env` comes from `visibility.environment`; it is changed:
    hidden answers become missing, and values and scores
    are written into it.

    Values are in the unit of the score; a band is the code of the last `from` not above the value.
    """
    if about:
        env.update(about)
    if today is not None:
        env["today"] = today
    visible(q, env)
    for name, node in q.values.items():
        env[name] = _usable(node.run(env))
    out: dict[str, Result] = {}
    for compiled in q.scores:
        name = compiled.score.id
        if compiled.applies is not None and compiled.applies.run(env) is False:
            env[name], out[name] = None, _NOT_APPLICABLE
            continue
        if compiled.computable is None or compiled.computable.run(env) is True:
            value = _usable(compiled.node.run(env))
        else:
            value = None
        env[name] = value
        if value is None:
            out[name] = Result(None, None, "not_computable", _why(q, compiled, env))
        else:
            starts = compiled.starts
            band = compiled.codes[max(0, bisect_right(starts, value) - 1)] if starts else None
            out[name] = Result(value, band, "computed")
    return out


def _usable(value: Any) -> Any:
    """The value, or missing when a number is not finite or too large for what follows."""
    if type(value) is float or type(value) is int:
        return value if -MAX_RESULT < value < MAX_RESULT else None
    return value


def _why(q: Questionnaire, compiled: CompiledScore, env: Mapping[str, Any]) -> Reason:
    computable = compiled.computable
    if computable is not None and computable.run(env) is not True:
        return Reason(ReasonCode.CONDITION, items=computable.names)
    names = compiled.node.names
    missing = tuple(name for name in names if env.get(name) is None)
    rule = compiled.score.missing
    if compiled.rule == "relaxed" and isinstance(rule, dict):
        answered = len(names) - len(missing)
        return Reason(ReasonCode.TOO_FEW, missing, answered, len(names), int(rule["at_least"]))
    if missing:
        return Reason(ReasonCode.MISSING, missing)
    if _USES_NORM.search(compiled.score.formula):
        return Reason(ReasonCode.OUTSIDE_NORM, tuple(name for name in dict.fromkeys(names) if name in FACTS))
    return Reason(ReasonCode.UNDEFINED)


def score_answers(
    q: Questionnaire,
    answers: Mapping[str, Any],
    about: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> dict[str, Result]:
    """Every score of answers as JSON; wrong ones count as missing."""
    return score(q, environment(q, answers, about, today))


def completed(q: Questionnaire, env: Mapping[str, Any]) -> Env:
    """A copy of the environment with hidden answers missing and every value and score written in."""
    copy = dict(env)
    score(q, copy)
    return copy


class Unmet(Struct, frozen=True):
    """What stands against sending. `place` is an item id, `group[n].item` (rows from 0), or a group id.

    Exactly one of `problem` (required, rows) and `check` (id of the file's check) is set;
    a `warning` asks to confirm.
    """

    place: str
    level: Literal["error", "warning"]
    problem: Problem | None = None
    check: str | None = None


def unmet(q: Questionnaire, env: Mapping[str, Any], shown: Set[str]) -> list[Unmet]:
    """Required answers that are missing, checks that are violated, repeats with too few or too many rows.

    `env` and `shown` come from `visibility.visible`.
    An answer that counts as missing ("I would rather not say") is
    an answer here.
    """
    full = completed(q, env)
    out = [*_required(q, full, shown), *_violated(q, full)]
    for name, group in q.groups.items():
        repeat, rows = group.item.repeat, len(full[name])
        if name not in shown or repeat is None:
            continue
        if rows < repeat.least:
            out.append(Unmet(name, "error", Problem(ProblemCode.TOO_FEW_ROWS, limit=repeat.least)))
        elif rows > repeat.most:
            out.append(Unmet(name, "error", Problem(ProblemCode.TOO_MANY_ROWS, limit=repeat.most)))
    return out


def _required(q: Questionnaire, env: Env, shown: Set[str]) -> Iterator[Unmet]:
    for name, question in q.questions.items():
        if question.required is False:
            continue
        if question.group is None:
            if name in shown and _lacks(question, env):
                yield Unmet(name, "error", Problem(ProblemCode.REQUIRED))
            continue
        for n, row in enumerate(env[question.group]):
            both = {**env, **row}
            if holds(question.show, both) and _lacks(question, both):
                place = f"{question.group}[{n}].{name}"
                yield Unmet(place, "error", Problem(ProblemCode.REQUIRED))


def _lacks(question: Question, env: Mapping[str, Any]) -> bool:
    if env[question.id] is not None or question.id in env.get(REFUSED, ()):
        return False
    required = question.required
    return required if isinstance(required, bool) else required.run(env) is True


def _violated(q: Questionnaire, env: Env) -> Iterator[Unmet]:
    for check, node in q.checks:
        group = next((q.questions[name].group for name in check.at if q.questions[name].group), None)
        if group is None:
            if node.run(env) is False:
                yield Unmet(check.at[0], check.level, check=check.id)
            continue
        for n, row in enumerate(env[group]):
            if node.run({**env, **row}) is False:
                yield Unmet(f"{group}[{n}].{check.at[0]}", check.level, check=check.id)
