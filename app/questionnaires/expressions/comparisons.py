"""== != < <= > >= and `in`: like with like, known codes only, and no comparison that is always or never
true."""

import ast
import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from app.questionnaires.expressions.kinds import (
    Context,
    Env,
    ExpressionError,
    Kind,
    Node,
    Run,
    fhir_join,
    names_of,
)
from app.questionnaires.expressions.operators import logic
from app.questionnaires.expressions.parsing import build, column, form

Test = Callable[[Any, Any], bool]
_SIGNS: dict[type[ast.cmpop], tuple[str, str, Test]] = {
    ast.Eq: ("==", "=", operator.eq),
    ast.NotEq: ("!=", "!=", operator.ne),
    ast.Lt: ("<", "<", operator.lt),
    ast.LtE: ("<=", "<=", operator.le),
    ast.Gt: (">", ">", operator.gt),
    ast.GtE: (">=", ">=", operator.ge),
}


@form(ast.Compare)
def compare(x: ast.Compare, ctx: Context) -> Node:
    """One comparison, or a chain: `1 <= q1 <= 3` is an and."""
    parts = []
    for (left, right), sign in zip(pairwise([x.left, *x.comparators]), x.ops, strict=True):
        if isinstance(sign, ast.In | ast.NotIn):
            parts.append(_membership(left, right, ctx, negate=isinstance(sign, ast.NotIn)))
        else:
            parts.append(_pair(left, sign, right, ctx))
    return parts[0] if len(parts) == 1 else logic(parts, "and")


def _pair(left: ast.expr, op: ast.cmpop, right: ast.expr, ctx: Context) -> Node:
    if type(op) not in _SIGNS:
        raise ExpressionError("E06", "'is' is not part of the language.", "Use == or answered().", column(left))
    a, b = build(left, ctx), build(right, ctx)
    sign, fhir_sign, test = _SIGNS[type(op)]
    if a.kind != b.kind:
        what = f"'{ast.unparse(left)}' is a {a.kind} and '{ast.unparse(right)}' a {b.kind}"
        remedy = "Compare like with like; codes stand in quotes."
        raise ExpressionError("E16", f"{what}; they cannot be compared.", remedy, column(left))
    if a.kind == Kind.CODE:
        _check_codes(a, b, sign, (left, right))
    elif a.kind in (Kind.TEXT, Kind.CODES, Kind.ROWS):
        message = f"'{ast.unparse(left)}' is {a.kind} and cannot be compared."
        raise ExpressionError("E18", message, "Use answered(), or 'code' in item.", column(left))
    elif a.kind == Kind.NUMBER and b.const is not None:
        _check_number(a, b.const, sign, (left, right))
    simple = (a.plain, fhir_sign, b.const) if a.plain and b.const is not None and sign != "!=" else None
    return Node(
        Kind.BOOL,
        _tester(a, b, test),
        fhir_join("({} " + fhir_sign + " {})", a.fhir, b.fhir),
        names_of(a, b),
        simple=simple,
    )


def _tester(a: Node, b: Node, test: Test) -> Run:
    f, g, c = a.run, b.run, b.const

    def with_constant(env: Env) -> bool | None:
        return None if (left := f(env)) is None else test(left, c)

    def with_both(env: Env) -> bool | None:
        return None if (left := f(env)) is None or (right := g(env)) is None else test(left, right)

    return with_both if c is None else with_constant


def _check_code(value: Any, against: Node, x: ast.expr) -> None:
    if against.codes and value not in against.codes:
        message = f"{ast.unparse(x)} is not one of the answers of '{against.plain}'."
        remedy = f"The answers are: {', '.join(map(str, against.codes))}."
        raise ExpressionError("E15", message, remedy, column(x))


def _check_codes(a: Node, b: Node, sign: str, texts: tuple[ast.expr, ast.expr]) -> None:
    left, right = texts
    if sign not in ("==", "!="):
        message = f"Answers of '{ast.unparse(left)}' have no order."
        raise ExpressionError("E17", message, "Give the options scores, or use == or in.", column(left))
    if isinstance(b.const, str):
        _check_code(b.const, a, right)
    if isinstance(a.const, str):
        _check_code(a.const, b, left)


def _check_number(a: Node, c: float, sign: str, texts: tuple[ast.expr, ast.expr]) -> None:
    left, right = texts
    if a.plain and a.codes and sign in ("==", "!="):
        _check_code(c, a, right)
    elif a.interval is not None and (word := _foregone(a.interval, sign, c)):
        low, high = a.interval
        subject = ast.unparse(left)
        said = f"'{subject} {sign} {ast.unparse(right)}' is {word} true"
        message = f"{said}: {subject} goes from {low:g} to {high:g}."
        raise ExpressionError("E19", message, "Correct the number.", column(left))


def _foregone(interval: tuple[float, float], sign: str, c: float) -> str | None:
    """'always' or 'never' when the interval already decides the comparison."""
    low, high = interval
    outside = c < low or c > high
    always = {"<": high < c, "<=": high <= c, ">": low > c, ">=": low >= c, "==": False, "!=": outside}
    never = {"<": low >= c, "<=": low > c, ">": high <= c, ">=": high < c, "==": outside, "!=": False}
    return "always" if always[sign] else "never" if never[sign] else None


def _membership(left: ast.expr, right: ast.expr, ctx: Context, *, negate: bool) -> Node:
    if isinstance(right, ast.Name):
        return _holds(left, right, ctx, negate=negate)
    if not isinstance(right, ast.Tuple) or not right.elts:
        raise _no_list(left)
    a = build(left, ctx)
    literals = [_listed(element, a, left, ctx) for element in right.elts]
    values, f = frozenset(node.const for node in literals), a.run

    def run(env: Env) -> bool | None:
        return None if (answer := f(env)) is None else (answer in values) is not negate

    template = "({} in ({}))" + (".not()" if negate else "")
    return Node(Kind.BOOL, run, fhir_join(template, a.fhir, " | ".join(n.fhir or "" for n in literals)), a.names)


def _listed(element: ast.expr, a: Node, left: ast.expr, ctx: Context) -> Node:
    node = build(element, ctx)
    if node.const is None or node.kind != a.kind:
        message = f"'{ast.unparse(element)}' does not fit '{ast.unparse(left)}', which is a {a.kind}."
        raise ExpressionError("E16", message, "List plain answers of the same kind.", column(element))
    _check_code(node.const, a, element)
    return node


def _holds(left: ast.expr, right: ast.Name, ctx: Context, *, negate: bool) -> Node:
    """'code' in multiple_choice_item."""
    a, b = build(left, ctx), build(right, ctx)
    if b.kind != Kind.CODES or a.const is None:
        raise _no_list(left)
    _check_code(a.const, b, left)
    code, g = a.const, b.run

    def run(env: Env) -> bool | None:
        return None if (chosen := g(env)) is None else (code in chosen) is not negate

    template = "iif({1}.exists(), ({0} in {1})" + (".not()" if negate else "") + ")"
    return Node(Kind.BOOL, run, fhir_join(template, a.fhir, b.fhir), b.names)


def _no_list(left: ast.expr) -> ExpressionError:
    message = "'in' needs a list in brackets or a multiple-choice item on its right."
    return ExpressionError("E20", message, "Write q1 in (1, 2) or 'code' in item.", column(left))
