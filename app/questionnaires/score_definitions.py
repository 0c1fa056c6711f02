"""Reads `norms:`, `values:` and `scores:` of a file.

Compiles the formulas and checks ranges, bands and rules.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from app.questionnaires import norms, shapes
from app.questionnaires.draft import FACT_SYMBOLS, Draft
from app.questionnaires.expressions.kinds import (
    Context,
    ExpressionError,
    Interval,
    Kind,
    Node,
    Relaxation,
    Symbol,
    fhir_name,
)
from app.questionnaires.model import CompiledScore

_TOLERANCE = 1e-6


def read_norms(draft: Draft) -> None:
    for name, norm in draft.file.norms.items():
        place = f"$.norms.{name}"
        draft.text(norm.population, f"{place}.population")
        if norm.kind == "regression":
            _regression(draft, name, norm, place)
        else:
            _norm_table(draft, name, norm, place)


def _regression(draft: Draft, name: str, norm: shapes.Norms, place: str) -> None:
    node = draft.compile(norm.expected or "", f"{place}.expected", Kind.NUMBER)
    sd = norm.residual_sd
    if node is None or sd is None or not sd > 0:
        message = "A regression norm needs expected: and residual_sd: above 0."
        draft.say("Q44", place, message, "Add both.")
        return
    sign = 1 if norm.higher_raw_is == "better" else -1
    draft.norms[name] = norms.regression(name, node.names, node.run, sd, sign)


def _norm_table(draft: Draft, name: str, norm: shapes.Norms, place: str) -> None:
    text = draft.read_file(norm.file or "")
    if text is None:
        message = f"The norm file '{norm.file}' is not there."
        draft.say("Q45", f"{place}.file", message, "Put it beside the questionnaire, in norms/.")
        return
    for column in norm.strata:
        if column not in draft.symbols or (column in FACT_SYMBOLS and column in ("birth_date", "today")):
            message = f"'{column}' is no fact about the person."
            draft.say("Q46", f"{place}.strata", message, "Use age, sex, education.")
    if norm.kind == "mean_sd":
        table = norms.mean_sd(name, text, norm.strata, reverse=norm.higher_raw_is == "worse")
    else:
        table = norms.conversion(name, text, norm.strata, linear=norm.between == "linear")
    for problem in table.problems:
        remedy = problem.remedy[0].upper() + problem.remedy[1:]
        draft.say("Q47", f"{place}.file", f"{norm.file}:{problem.row}: {problem.what}.", f"{remedy}.")
    draft.norms[name] = table


def read_values(draft: Draft) -> dict[str, Node]:
    """Named steps, in order; each may use those above it."""
    values: dict[str, Node] = {}
    for name, text in draft.file.values.items():
        place = f"$.values.{name}"
        if not draft.identifier(name, place, "value"):
            continue
        ctx = draft.context()
        node = draft.compile(text, place, None, ctx)
        if node is None:
            continue
        values[name] = node
        loose = [*ctx.loosened, *(draft.loose_values[n] for n in node.names if n in draft.loose_values)]
        if loose:
            draft.loose_values[name] = loose[0]
        fhir = "%" + fhir_name(name) if node.fhir else None
        draft.symbols[name] = Symbol(name, node.kind, "value", node.interval, fhir=fhir)
    return values


@dataclass(frozen=True, slots=True)
class _Rule:
    word: str  # all_required, relaxed, as_written
    relaxation: Relaxation | None = None
    written: shapes.AsWritten | None = None


def read_scores(draft: Draft) -> list[CompiledScore]:
    """The scores in the order in which they are computed; each may use those above it."""
    out = []
    for i, score in enumerate(draft.file.scores):
        place = f"$.scores[{i}]"
        if not draft.identifier(score.id, f"{place}.id", "score"):
            continue
        draft.text(score.title, f"{place}.title")
        if score.help:
            draft.text(score.help, f"{place}.help")
        compiled = _score(draft, score, place)
        if compiled is not None:
            out.append(compiled)
    ids = {score.id for score in draft.file.scores}
    if len(ids) == 1 and "total" not in ids:
        draft.warn("Q56", "$.scores", "The main score is not called total.", "Call it total.")
    return out


def _score(draft: Draft, score: shapes.Score, place: str) -> CompiledScore | None:
    rule = _rule(draft, score, place)
    ctx = draft.context()
    ctx.rule = rule.relaxation
    node = _formula(draft, score, place, ctx)
    if node is None:
        return None
    _check_rule(draft, rule, node, ctx, place)
    _check_result(draft, score, node, place)
    computable = applies = None
    if rule.written is not None:
        condition = f"{place}.missing.computable_if"
        computable = draft.compile(rule.written.computable_if, condition, Kind.BOOL)
    if score.applies_if is not None:
        applies = draft.compile(score.applies_if, f"{place}.applies_if", Kind.BOOL)
    fhir = "%" + fhir_name(score.id) if node.fhir else None
    draft.symbols[score.id] = Symbol(score.id, node.kind, "score", _published_range(score), fhir=fhir)
    bands = score.bands or []
    starts, codes = tuple(band.start for band in bands), tuple(band.code for band in bands)
    return CompiledScore(score, node, applies, rule.word, starts, codes, computable)


def _published_range(score: shapes.Score) -> Interval:
    return (score.range[0], score.range[1]) if score.range and len(score.range) == 2 else None


def _rule(draft: Draft, score: shapes.Score, place: str) -> _Rule:
    place = f"{place}.missing"
    if isinstance(score.missing, str):
        if score.missing != "all_required":
            message = f"'{score.missing}' is not a missing-answer rule."
            choices = "all_required, {at_least: n, then: prorate, source: ...} or {as_written: ...}"
            draft.say("Q48", place, message, f"Write {choices}.")
        return _Rule("all_required")
    try:
        if "at_least" in score.missing:
            relaxed = msgspec.convert(score.missing, shapes.Relaxed)
            return _Rule("relaxed", Relaxation(relaxed.at_least, relaxed.then))
        written = msgspec.convert(score.missing, shapes.AsWritten)
    except msgspec.ValidationError as error:
        remedy = "It needs at_least, then and source; or as_written and computable_if."
        draft.say("Q48", place, f"The missing-answer rule is not complete: {error}.", remedy)
        return _Rule("broken")
    draft.text(written.as_written, f"{place}.as_written")
    return _Rule("as_written", written=written)


def _formula(draft: Draft, score: shapes.Score, place: str, ctx: Context) -> Node | None:
    place = f"{place}.formula"
    try:
        return draft.try_compile(score.formula, place, None, ctx)
    except ExpressionError as error:
        name = error.message.split("'")[1] if error.code == "E10" else ""
        if any(name == other.id for other in draft.file.scores):
            message = f"'{name}' is a score that stands later, or this score itself."
            draft.say("Q49", place, message, "Put scores in the order in which they are computed.")
        else:
            draft.say(error.code, place, error.message, error.remedy)
    return None


def _check_rule(draft: Draft, rule: _Rule, node: Node, ctx: Context, place: str) -> None:
    place = f"{place}.missing"
    loose = [*ctx.loosened, *(draft.loose_values[n] for n in node.names if n in draft.loose_values)]
    if rule.word in ("all_required", "relaxed") and loose:
        message = f"The formula handles missing answers itself ({loose[0]}), but the rule says {_named(rule)}."
        draft.say("Q50", place, message, "Write missing: {as_written: {en: ..., fr: ...}} and explain.")
    if rule.relaxation is None:
        return
    if rule.relaxation.at_least < 1:
        draft.say("E26", place, "The missing rule asks for no answer at all.", "Correct at_least.")
    if len(ctx.aggregates) != 1 or ctx.outside:
        message = "at_least needs a formula with exactly one sum, mean or count, and no item outside it."
        draft.say("Q51", place, message, "Make a value or sub-score for the rest.")


def _named(rule: _Rule) -> str:
    return "at_least" if rule.word == "relaxed" else rule.word


def _check_result(draft: Draft, score: shapes.Score, node: Node, place: str) -> None:
    check: Callable[[Draft, shapes.Score, Node, str], None] | None = {
        Kind.NUMBER: _check_number,
        Kind.BOOL: _check_yes_no,
    }.get(node.kind)
    if check is None:
        message = f"A score cannot be a {node.kind}."
        draft.say("E05", f"{place}.formula", message, "Compute a number or a condition.")
    else:
        check(draft, score, node, place)
    if score.plot and node.kind != Kind.NUMBER:
        draft.say("Q28", f"{place}.plot", "Only a numeric score can be plotted.", "Remove plot:.")


def _check_yes_no(draft: Draft, score: shapes.Score, node: Node, place: str) -> None:
    if not score.labels or set(score.labels) != {"true", "false"}:
        message = "A yes/no score needs labels: for true and false."
        draft.say("Q55", place, message, "Add both.")
    for answer, words in (score.labels or {}).items():
        draft.text(words, f"{place}.labels.{answer}")
    if score.bands or score.range:
        draft.say("Q28", place, "A yes/no score has no range and no bands.", "Remove them.")


def _check_number(draft: Draft, score: shapes.Score, node: Node, place: str) -> None:
    published = _published_range(score)
    if published is None:
        message = "A numeric score needs its range."
        draft.say("Q52", place, message, "Write range: [lowest, highest] as published.")
    else:
        _check_range(draft, node.interval, published, place)
        _check_bands(draft, score.bands or [], published, place)
    if score.higher_is is None:
        message = "It is not said whether a higher score is worse or better."
        draft.say("Q54", place, message, "Add higher_is: worse, better or neither.")


def _check_range(draft: Draft, possible: Interval, published: tuple[float, float], place: str) -> None:
    if possible is None:
        return
    below, above = published[0] - possible[0], possible[1] - published[1]
    if max(abs(below), abs(above)) <= _TOLERANCE:
        return
    message = (
        f"The formula can give {possible[0]:g} to {possible[1]:g}, "
        f"but the range says {published[0]:g} to {published[1]:g}."
    )
    level = draft.say if max(below, above) > _TOLERANCE else draft.warn
    level("Q53", f"{place}.range", message, "Correct the range or the formula.")


def _check_bands(draft: Draft, bands: list[shapes.Band], published: tuple[float, float], place: str) -> None:
    if not bands:
        return
    place = f"{place}.bands"
    starts = [band.start for band in bands]
    if starts != sorted(set(starts)):
        draft.say("Q57", place, "The bands are not in rising order.", "Sort them by from:.")
    if starts[0] != published[0]:
        message = f"The first band starts at {starts[0]:g}, the range at {published[0]:g}."
        draft.say("Q58", f"{place}[0]", message, "Start the first band at the lowest score.")
    if starts[-1] > published[1]:
        message = "The last band starts above the highest score."
        draft.say("Q59", f"{place}[{len(starts) - 1}]", message, "Correct it.")
    if len({band.code for band in bands}) < len(bands):
        draft.say("Q09", place, "A band code is used twice.", "Give each band its code.")
    for i, band in enumerate(bands):
        draft.text(band.label, f"{place}[{i}].label")
