"""Literals, names, arithmetic, and/or/not and `a if c else b`. Comparisons and calls stand elsewhere."""

import ast
import difflib
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from app.questionnaires.expressions.kinds import (
    MAX_LITERAL,
    MAX_RESULT,
    Context,
    Env,
    ExpressionError,
    Interval,
    Kind,
    Node,
    Run,
    Symbol,
    bounded,
    fhir_join,
    hull,
    names_of,
)
from app.questionnaires.expressions.parsing import build, build_as, column, form


@form(ast.Constant)
def constant(x: ast.Constant, ctx: Context) -> Node:
    value = x.value
    if isinstance(value, bool):
        return Node(Kind.BOOL, lambda env: value, str(value).lower(), const=value)
    if isinstance(value, int | float):
        if not abs(value) <= MAX_LITERAL:
            message = "The number is too large."
            raise ExpressionError("E08", message, "Use a number below 10^12.", column(x))
        return Node(Kind.NUMBER, lambda env: value, repr(value), interval=(value, value), const=value)
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace("'", "\\'")
        return Node(Kind.CODE, lambda env: value, f"'{quoted}'", const=value)
    if value is Ellipsis:
        remedy = "Write it between two items inside a function: sum(q1, ..., q9)."
        raise ExpressionError("E09", "'...' stands where no range can be.", remedy, column(x))
    remedy = "For 'no answer' use answered()."
    raise ExpressionError("E06", f"{value!r} is not part of the language.", remedy, column(x))


@form(ast.Name)
def name(x: ast.Name, ctx: Context) -> Node:
    if x.id in ("true", "false"):
        return constant(ast.Constant(x.id == "true", col_offset=x.col_offset), ctx)
    symbol = _known(x, ctx)
    if not ctx.inside and symbol.origin == "item":
        ctx.outside.add(x.id)
    if symbol.fhir is None:
        ctx.untranslatable.append(x.id)
    fhir = symbol.fhir_row if ctx.row and symbol.group == ctx.row else symbol.fhir
    return Node(
        symbol.kind,
        itemgetter(x.id),
        fhir,
        (x.id,),
        symbol.interval,
        codes=symbol.codes,
        plain=x.id,
    )


def _known(x: ast.Name, ctx: Context) -> Symbol:
    symbol = ctx.symbols.get(x.id)
    if symbol is None:
        near = difflib.get_close_matches(x.id, ctx.symbols, 1, 0.5)
        message = f"'{x.id}' is neither an item, a value, a score nor a fact about the person."
        remedy = f"Did you mean '{near[0]}'?" if near else "Check the spelling."
        raise ExpressionError("E10", message, remedy, column(x))
    if symbol.origin == "group":
        remedy = f"Write count({x.id}), or use an item of it inside sum(), mean(), min(), max() or count()."
        raise ExpressionError("E11", f"'{x.id}' is a repeating group.", remedy, column(x))
    if symbol.group and symbol.group != ctx.row:
        message = f"'{x.id}' repeats: it has one answer for each row of '{symbol.group}'."
        remedy = "Use it inside sum(), mean(), min(), max(), any_of() or all_of()."
        raise ExpressionError("E12", message, remedy, column(x))
    return symbol


@form(ast.UnaryOp)
def unary(x: ast.UnaryOp, ctx: Context) -> Node:
    if isinstance(x.op, ast.Not):
        a = build_as(Kind.BOOL, x.operand, ctx)
        f = a.run
        return Node(
            Kind.BOOL,
            lambda env: None if (r := f(env)) is None else not r,
            fhir_join("({}).not()", a.fhir),
            a.names,
        )
    if isinstance(x.op, ast.Invert):
        raise ExpressionError("E06", "'~' is not part of the language.", "Use not.", column(x))
    a = build_as(Kind.NUMBER, x.operand, ctx)
    if isinstance(x.op, ast.UAdd):
        return a
    f = a.run
    return Node(
        Kind.NUMBER,
        lambda env: None if (r := f(env)) is None else -r,
        fhir_join("(-{})", a.fhir),
        a.names,
        None if a.interval is None else (-a.interval[1], -a.interval[0]),
        const=None if a.const is None else -a.const,
    )


@form(ast.BinOp)
def binary(x: ast.BinOp, ctx: Context) -> Node:
    a, b = build_as(Kind.NUMBER, x.left, ctx), build_as(Kind.NUMBER, x.right, ctx)
    arithmetic = _ARITHMETIC.get(type(x.op))
    if arithmetic is None:
        sign = {"FloorDiv": "//", "Mod": "%"}.get(type(x.op).__name__, type(x.op).__name__)
        raise ExpressionError("E06", f"'{sign}' is not part of the language.", "Use / with floor().", column(x))
    if isinstance(x.op, ast.Pow):
        return _raised(a, b, column(x))
    if isinstance(x.op, ast.Div) and b.const == 0:
        raise ExpressionError("E13", "A division by zero.", "Divide by something else.", column(x))
    sign, runner, ends = arithmetic
    interval = None if a.interval is None or b.interval is None else ends(a.interval, b.interval)
    return Node(
        Kind.NUMBER,
        runner(a.run, b.run),
        fhir_join("({} " + sign + " {})", a.fhir, b.fhir),
        names_of(a, b),
        interval,
    )


def _add(f: Run, g: Run) -> Run:
    def run(env: Env) -> Any:
        return None if (left := f(env)) is None or (right := g(env)) is None else left + right

    return run


def _subtract(f: Run, g: Run) -> Run:
    def run(env: Env) -> Any:
        return None if (left := f(env)) is None or (right := g(env)) is None else left - right

    return run


def _multiply(f: Run, g: Run) -> Run:
    def run(env: Env) -> Any:
        if (left := f(env)) is None or (right := g(env)) is None:
            return None
        return limited(left * right)

    return run


def _divide(f: Run, g: Run) -> Run:
    def run(env: Env) -> Any:
        if (left := f(env)) is None or not (right := g(env)):
            return None
        return limited(left / right)

    return run


def limited(number: Any) -> Any:
    """The number, or missing when it is beyond what later steps can hold (also infinity and not-a-number)."""
    return number if -MAX_RESULT < number < MAX_RESULT else None


Pair = tuple[float, float]
Ends = Callable[[Pair, Pair], Interval]


def _product_ends(a: Pair, b: Pair) -> Interval:
    ends = [float(p) * float(q) for p in a for q in b]
    return bounded(min(ends), max(ends))


def _quotient_ends(a: Pair, b: Pair) -> Interval:
    if b[0] <= 0 <= b[1]:
        return None
    ends = [float(p) / float(q) for p in a for q in b]
    return bounded(min(ends), max(ends))


_ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[[Run, Run], Run], Ends]] = {
    ast.Add: ("+", _add, lambda a, b: bounded(a[0] + b[0], a[1] + b[1])),
    ast.Sub: ("-", _subtract, lambda a, b: bounded(a[0] - b[1], a[1] - b[0])),
    ast.Mult: ("*", _multiply, _product_ends),
    ast.Div: ("/", _divide, _quotient_ends),
    ast.Pow: ("**", _multiply, lambda a, b: None),
}


def _raised(a: Node, b: Node, where: int) -> Node:
    n = b.const
    if n not in (2, 3):
        raise ExpressionError("E14", "Only ** 2 and ** 3 are allowed.", "Use sqrt(), or multiply.", where)
    f = a.run

    def run(env: Env) -> Any:
        return None if (left := f(env)) is None else power(left, n)

    interval = _power_ends(a.interval, n)
    return Node(Kind.NUMBER, run, fhir_join("({}.power({}))", a.fhir, b.fhir), a.names, interval)


def _power_ends(interval: Interval, n: int) -> Interval:
    if interval is None:
        return None
    low, high = power(interval[0], n), power(interval[1], n)
    if low is None or high is None:
        return None
    if n == 2 and interval[0] < 0 < interval[1]:
        return (0, max(low, high))
    return (min(low, high), max(low, high))


def power(x: float, n: int) -> float | None:
    """On floats, so that nested powers cannot eat the machine; missing on overflow."""
    try:
        result: float | None = limited(float(x) ** n)
    except OverflowError:
        return None
    return result


@form(ast.BoolOp)
def boolean(x: ast.BoolOp, ctx: Context) -> Node:
    parts = [build_as(Kind.BOOL, value, ctx) for value in x.values]
    return logic(parts, "and" if isinstance(x.op, ast.And) else "or")


def logic(parts: list[Node], operator: str) -> Node:
    """Three-valued and/or: a decided part decides, else one unknown part leaves it unknown."""
    runs, stop = tuple(part.run for part in parts), operator == "or"

    def run(env: Env) -> bool | None:
        unknown = False
        for part in runs:
            x: bool | None = part(env)
            if x is stop:
                return stop
            unknown = unknown or x is None
        return None if unknown else not stop

    simple = tuple(part.simple for part in parts if part.simple)
    fhirs = [part.fhir for part in parts if part.fhir is not None]
    return Node(
        Kind.BOOL,
        run,
        "(" + f" {operator} ".join(fhirs) + ")" if len(fhirs) == len(parts) else None,
        names_of(*parts),
        joined=("any" if stop else "all", simple) if len(simple) == len(parts) else None,
    )


@form(ast.IfExp)
def conditional(x: ast.IfExp, ctx: Context) -> Node:
    c, a, b = build_as(Kind.BOOL, x.test, ctx), build(x.body, ctx), build(x.orelse, ctx)
    if a.kind != b.kind:
        message = f"One branch is a {a.kind}, the other a {b.kind}."
        raise ExpressionError("E16", message, "Both branches must be of one kind.", column(x))
    p, f, g = c.run, a.run, b.run

    def run(env: Env) -> Any:
        if (test := p(env)) is None:
            return None
        return f(env) if test else g(env)

    return Node(
        a.kind,
        run,
        fhir_join("iif({0}.exists(), iif({0}, {1}, {2}))", c.fhir, a.fhir, b.fhir),
        names_of(c, a, b),
        hull(a.interval, b.interval),
    )
