"""sum, mean, min, max, count, any_of, all_of.

Strict, or relaxed by the score's missing-answer rule, or over rows.
"""

import ast
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from app.questionnaires.expressions.calls import Builder, function
from app.questionnaires.expressions.kinds import (
    Context,
    Env,
    ExpressionError,
    Interval,
    Kind,
    Node,
    Relaxation,
    Run,
    bounded,
    names_of,
)
from app.questionnaires.expressions.operators import logic
from app.questionnaires.expressions.parsing import build, column, want
from app.questionnaires.expressions.ranges import expand

Combine = Callable[[Sequence[Any]], Any]


def _mean(values: Sequence[Any]) -> float | None:
    return sum(values) / len(values) if values else None


def _true(values: Sequence[Any]) -> int:
    return sum(1 for value in values if value)


def _lowest(values: Sequence[Any]) -> Any:
    return min(values, default=None)


def _highest(values: Sequence[Any]) -> Any:
    return max(values, default=None)


_COMBINE: dict[str, Combine] = {
    "sum": sum,
    "mean": _mean,
    "min": _lowest,
    "max": _highest,
    "count": _true,
}
_LOGIC = {"any_of": "or", "all_of": "and"}


def _aggregate(name: str) -> Builder:
    def builder(x: ast.Call, ctx: Context) -> Node:
        arguments = expand(x.args, ctx)
        if not arguments:
            message = f"{name}() needs at least one argument."
            raise ExpressionError("E21", message, "Name the items.", column(x))
        if name == "count" and (rows := _counted_group(arguments, ctx)):
            return rows
        _refuse_twice(name, arguments, x)
        group = _repeating(arguments, ctx)
        if group:
            return _over_rows(name, arguments, group, ctx)
        return _over_arguments(name, arguments, ctx)

    return builder


def _kind(name: str) -> Kind:
    return Kind.BOOL if name in ("count", "any_of", "all_of") else Kind.NUMBER


def _counted_group(arguments: list[ast.expr], ctx: Context) -> Node | None:
    """count(stays): the number of rows of a repeating group."""
    first = arguments[0]
    if len(arguments) != 1 or not isinstance(first, ast.Name):
        return None
    symbol = ctx.symbols.get(first.id)
    if symbol is None or symbol.origin != "group":
        return None
    group = first.id
    most = symbol.interval[1] if symbol.interval else 0
    fhir = f"%resource.repeat(item).where(linkId='{group}').count()"
    return Node(Kind.NUMBER, lambda env: len(env[group] or ()), fhir, (), (0, most))


def _refuse_twice(name: str, arguments: list[ast.expr], x: ast.Call) -> None:
    seen: set[str] = set()
    for argument in arguments:
        if isinstance(argument, ast.Name):
            if argument.id in seen:
                message = f"'{argument.id}' stands twice in {name}()."
                raise ExpressionError("E25", message, "Count each item once.", column(x))
            seen.add(argument.id)


def _repeating(arguments: list[ast.expr], ctx: Context) -> str | None:
    names = {n.id for a in arguments for n in ast.walk(a) if isinstance(n, ast.Name)}
    groups = {ctx.symbols[n].group for n in names if n in ctx.symbols} - {None, ctx.row}
    if len(groups) > 1:
        message = "Items of two repeating groups stand in one function."
        raise ExpressionError("E12", message, "Use one function for each group.")
    return next(iter(groups), None)


def _over_arguments(name: str, arguments: list[ast.expr], ctx: Context) -> Node:
    ctx.inside += 1
    nodes = [_operand(name, argument, ctx) for argument in arguments]
    ctx.inside -= 1
    names = names_of(*nodes)
    if len(nodes) > 1 and any(ctx.symbols[n].origin == "item" for n in names):
        ctx.aggregates.append(names)
    if name in _LOGIC:
        return logic(nodes, _LOGIC[name])
    if ctx.rule and len(nodes) > 1:
        return _relaxed(name, nodes, ctx.rule)
    return Node(Kind.NUMBER, _strict(name, nodes), _strict_fhir(name, nodes), names, _strict_ends(name, nodes))


def _operand(name: str, argument: ast.expr, ctx: Context) -> Node:
    node = build(argument, ctx)
    if node.kind == Kind.DATE and name in ("min", "max"):
        message = "Dates cannot be compared this way here."
        raise ExpressionError("E07", message, "Compare two dates with <.", column(argument))
    return want(node, _kind(name), argument)


def _strict(name: str, nodes: list[Node]) -> Run:
    """Every argument is needed; plain items are fetched in one step."""
    combine = _COMBINE[name]
    if len(nodes) > 1 and all(node.plain for node in nodes):
        get = itemgetter(*(node.plain for node in nodes))

        def run_items(env: Env) -> Any:
            values = get(env)
            return None if None in values else combine(values)

        return run_items
    runs = tuple(node.run for node in nodes)

    def run(env: Env) -> Any:
        values = []
        for part in runs:
            if (value := part(env)) is None:
                return None
            values.append(value)
        return combine(values)

    return run


def _strict_ends(name: str, nodes: list[Node]) -> Interval:
    if name == "count":
        return (0, len(nodes))
    known = [node.interval for node in nodes if node.interval is not None]
    if len(known) < len(nodes):
        return None
    low, high = (_COMBINE[name]([ends[i] for ends in known]) for i in (0, 1))
    return bounded(low, high)


def _strict_fhir(name: str, nodes: list[Node]) -> str | None:
    parts = [node.fhir for node in nodes if node.fhir is not None]
    if len(parts) < len(nodes):
        return None
    match name:
        case "sum":
            return "(" + " + ".join(parts) + ")"
        case "mean":
            return "((" + " + ".join(parts) + f") / {len(parts)})"
        case "count":
            return "(" + " + ".join(f"{part}.toInteger()" for part in parts) + ")"
    if len(parts) == 1:
        return parts[0]
    every = " and ".join(f"{part}.exists()" for part in parts)
    return f"iif({every}, ({' | '.join(parts)}).{name}())"


def _relaxed(name: str, nodes: list[Node], rule: Relaxation) -> Node:
    if not rule.at_least <= len(nodes):
        message = f"The missing rule asks for {rule.at_least} answers, but {name}() has {len(nodes)}."
        raise ExpressionError("E26", message, "Correct at_least.")
    if rule.then == "ignore" and name == "mean":
        remedy = "Write 'prorate' (mean of the answered items)."
        raise ExpressionError("E27", "'ignore' on a mean says nothing.", remedy)
    runs, total, combine = tuple(node.run for node in nodes), len(nodes), _COMBINE[name]
    scale = rule.then == "prorate" and name in ("sum", "count")

    def run(env: Env) -> Any:
        values = [value for part in runs if (value := part(env)) is not None]
        answered = len(values)
        if answered < rule.at_least:
            return None
        result = combine(values)
        return result * total / answered if scale and answered < total else result

    fhir = _relaxed_fhir(name, nodes, rule)
    return Node(Kind.NUMBER, run, fhir, names_of(*nodes), _relaxed_ends(name, nodes, rule))


def _relaxed_ends(name: str, nodes: list[Node], rule: Relaxation) -> Interval:
    """What can come out when only the lowest, or only the highest, `at_least` items are answered."""
    if name not in ("sum", "mean"):
        return _strict_ends(name, nodes)
    known = [node.interval for node in nodes if node.interval is not None]
    if len(known) < len(nodes):
        return None
    lows, highs = sorted(ends[0] for ends in known), sorted((ends[1] for ends in known), reverse=True)
    if rule.then == "ignore":
        return bounded(sum(min(0, low) for low in lows), sum(max(0, high) for high in highs))
    few = max(1, rule.at_least)
    factor = 1 if name == "mean" else len(nodes)
    return bounded(sum(lows[:few]) * factor / few, sum(highs[:few]) * factor / few)


def _relaxed_fhir(name: str, nodes: list[Node], rule: Relaxation) -> str | None:
    parts = [node.fhir for node in nodes if node.fhir is not None]
    if len(parts) < len(nodes) or name not in ("sum", "count", "mean"):
        return None
    answered = "(" + " + ".join(f"iif({part}.exists(), 1, 0)" for part in parts) + ")"
    units = [f"{part}.toInteger()" for part in parts] if name == "count" else parts
    pairs = zip(parts, units, strict=True)
    added = "(" + " + ".join(f"iif({part}.exists(), {unit}, 0)" for part, unit in pairs) + ")"
    value = added
    if name == "mean":
        value = f"{added} / {answered}"
    elif rule.then == "prorate":
        value = f"{added} * {len(nodes)} / {answered}"
    return f"iif({answered} >= {rule.at_least}, {value})"


def _over_rows(name: str, arguments: list[ast.expr], group: str, ctx: Context) -> Node:
    if len(arguments) != 1:
        message = f"{name}() over a repeating group takes one argument."
        raise ExpressionError("E12", message, f"Combine inside it: {name}(a + b).", column(arguments[0]))
    inner = Context(
        ctx.symbols,
        ctx.order,
        group,
        tables=ctx.tables,
        norms=ctx.norms,
        untranslatable=ctx.untranslatable,
        loosened=ctx.loosened,
    )
    node = want(build(arguments[0], inner), _kind(name), arguments[0])
    if name in _LOGIC:
        return Node(Kind.BOOL, _rows_logic(node.run, group, name == "any_of"), None, node.names)
    symbol = ctx.symbols[group]
    most = symbol.interval[1] if symbol.interval else 0
    return Node(
        Kind.NUMBER,
        _rows_run(node.run, group, _COMBINE[name]),
        _rows_fhir(name, group, node.fhir),
        node.names,
        _rows_ends(name, node.interval, most),
    )


def _rows_run(one: Run, group: str, combine: Combine) -> Run:
    def run(env: Env) -> Any:
        values = []
        for row in env[group] or ():
            if (value := one({**env, **row})) is None:
                return None
            values.append(value)
        return combine(values)

    return run


def _rows_logic(one: Run, group: str, stop: bool) -> Run:
    def run(env: Env) -> bool | None:
        values = [one({**env, **row}) for row in env[group] or ()]
        if stop in values:
            return stop
        return None if None in values else not stop

    return run


def _rows_ends(name: str, interval: Interval, most: float) -> Interval:
    if name == "count":
        return (0, most)
    if interval is None or name != "sum":
        return interval
    return bounded(min(0, interval[0] * most), max(0, interval[1] * most))


def _rows_fhir(name: str, group: str, one: str | None) -> str | None:
    if one is None:
        return None
    rows = f"%resource.repeat(item).where(linkId='{group}')"
    each = f"{rows}.select({one}{'.toInteger()' if name == 'count' else ''})"
    added = "aggregate($this + $total, 0)"
    how = {"sum": added, "count": added, "mean": "avg()", "min": "min()", "max": "max()"}[name]
    return f"iif({each}.count() = {rows}.count(), {each}.{how})"


for _name in (*_COMBINE, *_LOGIC):
    function(_name, 1, None)(_aggregate(_name))
