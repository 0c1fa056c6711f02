"""How a score was computed: formula, answers with their words, named steps, rule, range, band, sources.

Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from app.questionnaires.fields import number_text
from app.questionnaires.model import FACTS, REFUSED, CompiledScore, Question, Questionnaire, text
from app.questionnaires.red_flags import reach
from app.questionnaires.scoring import Result, score
from app.questionnaires.visibility import environment
from app.questionnaires.wording import reason_text, rule_text, yes_no_text


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One answer that the formula reads: `value` as the formula sees it, `answer` in words ("" when
    missing)."""

    id: str
    label: str
    value: Any
    answer: str


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """A named step, or an earlier score, on the way to this one."""

    name: str
    formula: str
    value: Any


@dataclass(frozen=True, slots=True)
class ExplainedNorm:
    """A norm the score was compared with: whose, published where, under which terms."""

    name: str
    population: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    score: str
    title: str
    formula: str
    value: float | bool | None
    value_text: str
    status: str
    reason: str
    items: tuple[ExplainedItem, ...]
    steps: tuple[ExplainedStep, ...]
    rule: str
    range: tuple[float, float] | None
    unit: str | None
    higher_is: str | None
    band: str
    band_tone: str | None
    bands: tuple[tuple[float, str], ...]  # lowest value of each band and its words
    version: str
    sources: tuple[str, ...]
    norms: tuple[ExplainedNorm, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()  # what was known of the person: name and value, None unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """One response: its answers as JSON, the environment after scoring, and the results."""

    answers: Mapping[str, Any]
    env: Mapping[str, Any]
    results: Mapping[str, Result]


_NORM = re.compile(r"\bnorm\s*\(\s*(\w+)")
_NOTHING = Outcome({}, {}, {})
_BLANK = Result(None, None, "not_computable")


def outcome(
    q: Questionnaire,
    answers: Mapping[str, Any],
    about: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> Outcome:
    """Score a response and keep all that explaining it needs."""
    env = environment(q, answers, about, today)
    results = score(q, env)
    return Outcome(answers, env, results)


def explain(q: Questionnaire, score_id: str, language: str, response: Outcome = _NOTHING) -> Explanation:
    """Explain one score of a response; without a response the rule alone.

    Raises KeyError for an unknown score.
    """
    compiled = q.score(score_id)
    shape = compiled.score
    result = response.results.get(score_id, _BLANK)
    band = next((band for band in shape.bands or () if band.code == result.band), None)
    items, steps = _reached(q, compiled)
    return Explanation(
        score=score_id,
        title=text(shape.title, language),
        formula=_one_line(shape.formula),
        value=result.value,
        value_text=_result_text(compiled, result, language),
        status=result.status,
        reason=reason_text(result.reason, language) if result.reason else "",
        items=tuple(_item(q, name, response, language) for name in items),
        steps=tuple(ExplainedStep(name, _formula(q, name), response.env.get(name)) for name in steps),
        rule=rule_text(compiled, language),
        range=(shape.range[0], shape.range[1]) if shape.range else None,
        unit=shape.unit,
        higher_is=shape.higher_is,
        band=text(band.label, language) if band else "",
        band_tone=band.tone if band else None,
        bands=tuple((band.start, text(band.label, language)) for band in shape.bands or ()),
        version=f"{q.file.short_name} {q.version}",
        sources=tuple(source.cite for source in q.file.sources if "scoring" in source.supports),
        norms=norms_of(q, score_id, language),
        facts=tuple((name, response.env.get(name)) for name in _facts(q, compiled)),
    )


def norms_of(q: Questionnaire, score_id: str, language: str) -> tuple[ExplainedNorm, ...]:
    """The norms behind a score, also through named steps and earlier scores, in file order."""
    compiled = q.score(score_id)
    formulas = [compiled.score.formula, *(_formula(q, name) for name in _reached(q, compiled)[1])]
    used = {name for formula in formulas for name in _NORM.findall(formula)}
    return tuple(
        ExplainedNorm(name, text(norm.population, language), norm.source, norm.licence)
        for name, norm in q.file.norms.items()
        if name in used
    )


def _facts(q: Questionnaire, compiled: CompiledScore) -> list[str]:
    """The facts about the person that a score goes by."""
    nodes = [node for node in (compiled.node, compiled.applies, compiled.computable) if node is not None]
    found = reach(q, nodes)
    return [name for name in FACTS if name in found]


def _reached(q: Questionnaire, compiled: CompiledScore) -> tuple[list[str], list[str]]:
    """Items and steps behind a score, items in file order, steps in the order of computing."""
    scores = {other.id: other.node for other in q.scores}
    waiting, found = list(compiled.node.names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        node = q.values.get(name) or scores.get(name)
        waiting.extend(node.names if node else ())
    steps = [name for name in (*q.values, *scores) if name in found and name != compiled.id]
    return [name for name in q.order if name in found], steps


def _formula(q: Questionnaire, name: str) -> str:
    return _one_line(q.file.values[name] if name in q.file.values else q.score(name).score.formula)


def _one_line(formula: str) -> str:
    return re.sub(r"\s+", " ", formula).strip()


def _result_text(compiled: CompiledScore, result: Result, language: str) -> str:
    if result.value is None:
        return ""
    if isinstance(result.value, bool):
        return text((compiled.score.labels or {}).get(str(result.value).lower()), language)
    return number_text(round(result.value, 3), language)


def _item(q: Questionnaire, name: str, response: Outcome, language: str) -> ExplainedItem:
    question, env, answers = q.questions[name], response.env, response.answers
    label = text(question.item.text, language)
    if question.group is not None:
        values = [row.get(name) for row in env.get(question.group, ())]
        given = [row.get(name) for row in answers.get(question.group, ()) if isinstance(row, dict)]
        words = [answer_text(q, question, one, language) for one in given]
        return ExplainedItem(name, label, values, ", ".join(filter(None, words)))
    value = env.get(name)
    shown = value is not None or name in env.get(REFUSED, ())
    return ExplainedItem(name, label, value, answer_text(q, question, answers.get(name), language) if shown else "")


def answer_text(q: Questionnaire, question: Question, answer: Any, language: str) -> str:
    """An answer as JSON, in words: option labels, yes or no, dates and numbers of the language, units.

    "" for none.
    """
    if answer is None or answer == []:
        return ""
    if isinstance(answer, bool):
        return yes_no_text(answer, language)
    if isinstance(answer, list):
        return ", ".join(q.option_text(question.id, code, language) for code in answer)
    if question.item.options:
        return q.option_text(question.id, answer, language)
    if isinstance(answer, int | float):
        unit = "" if question.item.unit in (None, "1") else f"\u00a0{question.item.unit}"
        return number_text(answer, language) + unit
    return _calendar_text(question.type, str(answer), language)


def _calendar_text(kind: str, answer: str, language: str) -> str:
    french = language.startswith("fr")
    try:
        if kind == "time" and french:
            clock = time.fromisoformat(answer)
            return f"{clock.hour}\u00a0h\u00a0{clock.minute:02}"
        if kind in ("date", "partial_date") and french and len(answer) == 10:
            return date.fromisoformat(answer).strftime("%d/%m/%Y")
    except ValueError:
        pass
    if kind == "partial_date" and french and len(answer) == 7:
        return f"{answer[5:]}/{answer[:4]}"
    return answer
