"""`q1, ..., q9` inside a function: every item from the first to the second in file order.

Nothing is computed here.
"""

import ast

from app.questionnaires.expressions.kinds import Context, ExpressionError
from app.questionnaires.expressions.parsing import column


def expand(arguments: list[ast.expr], ctx: Context) -> list[ast.expr]:
    """The arguments with every range written out, and `reverse(q1, q2)` spread into one call each."""
    out: list[ast.expr] = []
    i = 0
    while i < len(arguments):
        argument = arguments[i]
        if isinstance(argument, ast.Constant) and argument.value is Ellipsis:
            after = arguments[i + 1] if i + 1 < len(arguments) else None
            out.extend(_between(out[-1] if out else None, after, argument, ctx))
            i += 2
            continue
        out.extend(_spread_reverse(argument, ctx))
        i += 1
    return out


def _spread_reverse(argument: ast.expr, ctx: Context) -> list[ast.expr]:
    match argument:
        case ast.Call(func=ast.Name(id="reverse"), args=[_, _, *_]):
            members = expand(argument.args, ctx)
            return [ast.Call(argument.func, [m], [], col_offset=argument.col_offset) for m in members]
    return [argument]


def _between(before: ast.expr | None, after: ast.expr | None, dots: ast.expr, ctx: Context) -> list[ast.expr]:
    if not isinstance(before, ast.Name) or not isinstance(after, ast.Name):
        remedy = "Write it between two items: sum(q1, ..., q9)."
        raise ExpressionError("E09", "'...' stands where no range can be.", remedy, column(dots))
    for end in (before.id, after.id):
        if end not in ctx.order or end not in ctx.symbols:
            message = f"'{end}' at the end of a range is not an item."
            raise ExpressionError("E10", message, "A range runs from one item to another.", column(dots))
    first, last = ctx.order.index(before.id), ctx.order.index(after.id)
    if last <= first:
        message = f"The range {before.id} ... {after.id} runs backwards."
        raise ExpressionError("E23", message, "Put the earlier item first.", column(dots))
    members = ctx.order[first : last + 1]
    _check_alike(members, ctx, dots)
    return [ast.Name(member, ast.Load(), col_offset=dots.col_offset) for member in members[1:]]


def _check_alike(members: tuple[str, ...], ctx: Context, dots: ast.expr) -> None:
    kinds = {m: (ctx.symbols[m].kind, ctx.symbols[m].group) for m in members if m in ctx.symbols}
    odd = next((m for m, kind in kinds.items() if kind != kinds[members[0]]), None)
    if odd:
        what = f"'{odd}', which is a {ctx.symbols[odd].kind}"
        message = f"The range {members[0]} ... {members[-1]} also takes in {what}."
        raise ExpressionError("E24", message, "Split the range around it.", column(dots))
