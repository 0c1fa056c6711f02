"""A call: which functions there are, and how many arguments each takes.

The functions themselves stand elsewhere.
"""

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass

from app.questionnaires.expressions.kinds import Context, ExpressionError, Node
from app.questionnaires.expressions.parsing import column, form

Builder = Callable[[ast.Call, Context], Node]


@dataclass(frozen=True, slots=True)
class Function:
    build: Builder
    least: int
    most: int | None  # None: any number


FUNCTIONS: dict[str, Function] = {}


def function(name: str, least: int, most: int | None) -> Callable[[Builder], Builder]:
    """Register a function of the language under its name."""

    def register(builder: Builder) -> Builder:
        FUNCTIONS[name] = Function(builder, least, most)
        return builder

    return register


@form(ast.Call)
def call(x: ast.Call, ctx: Context) -> Node:
    name = ast.unparse(x.func)
    known = FUNCTIONS.get(name)
    if known is None or not isinstance(x.func, ast.Name):
        near = difflib.get_close_matches(name, FUNCTIONS, 1, 0.5)
        remedy = f"Did you mean '{near[0]}'?" if near else f"The functions are: {', '.join(FUNCTIONS)}."
        raise ExpressionError("E22", f"There is no function '{name}'.", remedy, column(x))
    if x.keywords:
        message = "Named arguments are not part of the language."
        raise ExpressionError("E06", message, "Give the arguments in order.", column(x))
    if known.most is not None and not known.least <= len(x.args) <= known.most:
        wanted = str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
        message = f"{name}() takes {wanted} argument(s), not {len(x.args)}."
        raise ExpressionError("E21", message, "See the function table.", column(x))
    return known.build(x, ctx)
