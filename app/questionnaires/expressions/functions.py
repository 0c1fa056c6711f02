"""The functions that are no aggregate: rounding, reversing, tables, norms, dates and times, and what sees
missing."""

import ast
import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.questionnaires.expressions.calls import function
from app.questionnaires.expressions.kinds import (
    Context,
    Env,
    ExpressionError,
    Interval,
    Kind,
    Node,
    fhir_join,
    hull,
    names_of,
)
from app.questionnaires.expressions.parsing import build, build_as, column
from app.questionnaires.expressions.ranges import expand

# --- numbers --------------------------------------------------------------------------------------


def half_up(x: float, digits: int = 0) -> float | None:
    """Rounded half away from zero, on the decimal that is shown; missing beyond 10^15.

    >>> half_up(2.5), half_up(-2.5), half_up(1.005, 2)
    (3, -3, 1.01)
    """
    if not math.isfinite(x) or abs(x) > 1e15:
        return None
    rounded = Decimal(repr(x)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return int(rounded) if digits == 0 else float(rounded)


def _root(x: float) -> float | None:
    return math.sqrt(x) if x >= 0 else None


def _log(x: float) -> float | None:
    return math.log(x) if x > 0 else None


def _percentile(z: float) -> float:
    return 50 * (1 + math.erf(z / math.sqrt(2)))


def _register_numeric(name: str, fn: Callable[[float], float | None], fhir: str | None) -> None:
    def builder(x: ast.Call, ctx: Context) -> Node:
        a = build_as(Kind.NUMBER, x.args[0], ctx)
        f = a.run

        def run(env: Env) -> Any:
            return None if (r := f(env)) is None else fn(r)

        if fhir is None:
            ctx.untranslatable.append(f"{name}()")
        translated = None if fhir is None else fhir_join(fhir, a.fhir)
        return Node(Kind.NUMBER, run, translated, a.names, _mapped(name, fn, a.interval))

    function(name, 1, 1)(builder)


def _mapped(name: str, fn: Callable[[float], float | None], interval: Interval) -> Interval:
    """The interval of a rising function; of abs() it is folded at zero."""
    if interval is None:
        return None
    low, high = fn(interval[0]), fn(interval[1])
    if low is None or high is None:
        return None
    if name == "abs":
        return (0 if interval[0] < 0 < interval[1] else min(low, high), max(low, high))
    return (low, high)


_register_numeric("floor", math.floor, "({}).floor()")
_register_numeric("abs", abs, "({}).abs()")
_register_numeric("sqrt", _root, "({}).sqrt()")
_register_numeric("ln", _log, "({}).ln()")
_register_numeric("percentile", _percentile, None)


@function("round", 1, 2)
def _round(x: ast.Call, ctx: Context) -> Node:
    a = build_as(Kind.NUMBER, x.args[0], ctx)
    digits = build(x.args[1], ctx).const if len(x.args) == 2 else 0
    if isinstance(digits, bool) or digits not in (0, 1, 2, 3, 4):
        raise ExpressionError("E28", "round() takes 0 to 4 decimals.", "Write a plain number.", column(x))
    f, places = a.run, int(digits)

    def run(env: Env) -> Any:
        return None if (r := f(env)) is None else half_up(r, places)

    ends = _mapped("round", lambda end: half_up(end, places), a.interval)
    return Node(Kind.NUMBER, run, fhir_join("({}).round({})", a.fhir, str(places)), a.names, ends)


@function("reverse", 1, 1)
def _reverse(x: ast.Call, ctx: Context) -> Node:
    a = build_as(Kind.NUMBER, x.args[0], ctx)
    if a.plain is None or a.interval is None:
        message = "reverse() needs an item with known lowest and highest scores."
        raise ExpressionError("E29", message, "Give the item a range, or subtract by hand.", column(x))
    ends, item = a.interval[0] + a.interval[1], a.plain

    def run(env: Env) -> Any:
        return None if (r := env[item]) is None else ends - r

    return Node(Kind.NUMBER, run, fhir_join("({1} - {0})", a.fhir, f"{ends:g}"), a.names, a.interval)


# --- what sees missing answers --------------------------------------------------------------------


def _item(x: ast.Call, argument: ast.expr, ctx: Context) -> Node:
    ctx.inside += 1
    node = build(argument, ctx)
    ctx.inside -= 1
    if node.plain is None:
        message = f"{ast.unparse(x.func)}() needs an item."
        raise ExpressionError("E30", message, "Name one item.", column(x))
    return node


@function("answered", 1, 1)
def _answered(x: ast.Call, ctx: Context) -> Node:
    a = _item(x, x.args[0], ctx)
    item = str(a.plain)
    ctx.loosened.append("answered")
    fhir = fhir_join("{}.exists()", a.fhir)
    simple = (item, "exists", True)
    return Node(Kind.BOOL, lambda env: env[item] is not None, fhir, a.names, simple=simple)


@function("n_answered", 1, None)
def _n_answered(x: ast.Call, ctx: Context) -> Node:
    nodes = [_item(x, argument, ctx) for argument in expand(x.args, ctx)]
    items = tuple(str(node.plain) for node in nodes)
    if not items:
        raise ExpressionError("E30", "n_answered() needs items.", "Name items or a range.", column(x))
    ctx.loosened.append("n_answered")

    def run(env: Env) -> int:
        return sum(1 for item in items if env[item] is not None)

    parts = [node.fhir for node in nodes if node.fhir is not None]
    fhir = "(" + " + ".join(f"iif({part}.exists(), 1, 0)" for part in parts) + ")"
    return Node(
        Kind.NUMBER,
        run,
        fhir if len(parts) == len(nodes) else None,
        names_of(*nodes),
        (0, len(items)),
    )


@function("or_else", 2, 2)
def _or_else(x: ast.Call, ctx: Context) -> Node:
    ctx.inside += 1
    a, b = build(x.args[0], ctx), build(x.args[1], ctx)
    ctx.inside -= 1
    if a.kind != b.kind:
        message = "or_else() needs two things of one kind."
        raise ExpressionError("E16", message, "Give a default of the same kind.", column(x))
    ctx.loosened.append("or_else")
    f, g = a.run, b.run

    def run(env: Env) -> Any:
        return g(env) if (r := f(env)) is None else r

    fhir = fhir_join("iif({0}.exists(), {0}, {1})", a.fhir, b.fhir)
    return Node(a.kind, run, fhir, names_of(a, b), hull(a.interval, b.interval))


# --- tables and norms -----------------------------------------------------------------------------


@function("lookup", 2, 2)
def _lookup(x: ast.Call, ctx: Context) -> Node:
    name = ast.unparse(x.args[0])
    if not isinstance(x.args[0], ast.Name) or not ctx.tables.get(name):
        remedy = f"The tables are: {', '.join(ctx.tables) or 'none'}."
        raise ExpressionError("E31", f"There is no table '{name}'.", remedy, column(x))
    table, a = ctx.tables[name], build(x.args[1], ctx)
    if lost := [code for code in _possible(a) if code not in table]:
        message = f"The table '{name}' has no row for {', '.join(map(str, lost))}."
        raise ExpressionError("E32", message, "Add the row.", column(x))
    if a.kind not in (Kind.NUMBER, Kind.CODE):
        message = f"'{ast.unparse(x.args[1])}' is a {a.kind}; a table is read by a number or a code."
        raise ExpressionError("E07", message, "Use a choice or a whole number.", column(x))
    f = a.run
    ends = (min(table.values()), max(table.values()))
    return Node(Kind.NUMBER, lambda env: table.get(f(env)), _nested_iif(a.fhir, table), a.names, ends)


def _possible(a: Node) -> tuple[Any, ...]:
    if a.codes:
        return a.codes
    if a.plain and a.interval is not None and a.interval[1] - a.interval[0] <= 200:
        return tuple(range(int(a.interval[0]), int(a.interval[1]) + 1))
    return ()


def _nested_iif(fhir: str | None, table: Mapping[Any, float]) -> str | None:
    if fhir is None:
        return None
    out = "{}"
    for code, result in reversed(list(table.items())):
        literal = f"'{code}'" if isinstance(code, str) else str(code)
        out = f"iif({fhir} = {literal}, {result!r}, {out})"
    return out


@function("norm", 2, 3)
def _norm(x: ast.Call, ctx: Context) -> Node:
    name = ast.unparse(x.args[0])
    if not isinstance(x.args[0], ast.Name) or name not in ctx.norms:
        remedy = f"The norms are: {', '.join(ctx.norms) or 'none'}."
        raise ExpressionError("E33", f"There is no norm '{name}'.", remedy, column(x))
    table = ctx.norms[name]
    third = x.args[2].value if len(x.args) == 3 and isinstance(x.args[2], ast.Constant) else None
    wanted = "z" if len(x.args) == 2 else str(third)
    if wanted not in table.gives:
        message = f"The norm '{name}' does not give '{wanted}'."
        raise ExpressionError("E34", message, f"It gives: {', '.join(table.gives)}.", column(x))
    a = build_as(Kind.NUMBER, x.args[1], ctx)
    f, read = a.run, table.read
    ctx.untranslatable.append("norm()")

    def run(env: Env) -> Any:
        return None if (r := f(env)) is None else read(r, env, wanted)

    return Node(Kind.NUMBER, run, None, (*a.names, *table.needs))


# --- dates and times ------------------------------------------------------------------------------


def full_years(a: date, b: date) -> int:
    """Full years from a to b; someone born on 29 February is a year older on 1 March.

    >>> full_years(date(2004, 2, 29), date(2005, 2, 28)), full_years(date(2004, 2, 29), date(2005, 3, 1))
    (0, 1)
    """
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


FHIR_YEARS = (
    "({1}.toString().substring(0,4).toInteger() - {0}.toString().substring(0,4).toInteger()"
    " - iif({1}.toString().substring(5,5) < {0}.toString().substring(5,5), 1, 0))"
)
_FHIR_MINUTES = "({0}.toString().substring(0,2).toInteger() * 60 + {0}.toString().substring(3,2).toInteger())"
_FHIR_HOURS = f"(((({_FHIR_MINUTES.replace('{0}', '{1}')}) - ({_FHIR_MINUTES})) + 1440) mod 1440) / 60"


def _register_dates(name: str, fn: Callable[[date, date], int], fhir: str | None) -> None:
    def builder(x: ast.Call, ctx: Context) -> Node:
        a, b = build_as(Kind.DATE, x.args[0], ctx), build_as(Kind.DATE, x.args[1], ctx)
        f, g = a.run, b.run

        def run(env: Env) -> Any:
            return None if (left := f(env)) is None or (right := g(env)) is None else fn(left, right)

        if fhir is None:
            ctx.untranslatable.append(f"{name}()")
        translated = None if fhir is None else fhir_join(fhir, a.fhir, b.fhir)
        return Node(Kind.NUMBER, run, translated, names_of(a, b))

    function(name, 2, 2)(builder)


_register_dates("years_between", full_years, FHIR_YEARS)
_register_dates("days_between", lambda a, b: (b - a).days, None)


@function("hours_between", 2, 2)
def _hours_between(x: ast.Call, ctx: Context) -> Node:
    a, b = build_as(Kind.TIME, x.args[0], ctx), build_as(Kind.TIME, x.args[1], ctx)
    f, g = a.run, b.run

    def run(env: Env) -> float | None:
        if (left := f(env)) is None or (right := g(env)) is None:
            return None
        minutes = (right.hour * 60 + right.minute) - (left.hour * 60 + left.minute)
        return float(minutes % 1440 / 60)

    return Node(Kind.NUMBER, run, fhir_join(_FHIR_HOURS, a.fhir, b.fhir), names_of(a, b), (0, 24))


@function("minutes_of", 1, 1)
def _minutes_of(x: ast.Call, ctx: Context) -> Node:
    a = build_as(Kind.TIME, x.args[0], ctx)
    f = a.run

    def run(env: Env) -> int | None:
        return None if (r := f(env)) is None else r.hour * 60 + r.minute

    return Node(Kind.NUMBER, run, fhir_join(_FHIR_MINUTES, a.fhir), a.names, (0, 1439))


@function("date", 1, 1)
def _date(x: ast.Call, ctx: Context) -> Node:
    written = x.args[0].value if isinstance(x.args[0], ast.Constant) else None
    try:
        day = date.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        message = "date() needs a day in quotes."
        raise ExpressionError("E35", message, "Write date('2024-01-31').", column(x)) from None
    return Node(Kind.DATE, lambda env: day, f"@{day.isoformat()}", const=day)
