"""The expression language: a typed subset of Python expressions, missing-propagating, bounded. Pure.

Author text is parsed by `ast`, walked once over a whitelist, typed, and turned into closures;
it is never evaluated
by Python. Forms and functions register themselves when their modules are imported here.
"""

from typing import Any

from app.questionnaires.expressions import aggregates, comparisons, functions, operators
from app.questionnaires.expressions.calls import FUNCTIONS
from app.questionnaires.expressions.kinds import Context, ExpressionError, Kind, Node
from app.questionnaires.expressions.parsing import build, parse

FORMS_AND_FUNCTIONS = (operators, comparisons, aggregates, functions)
RESERVED = frozenset(
    ["and", "or", "not", "in", "if", "else", "true", "false", "is", "for", "lambda", "import"]
) | frozenset(FUNCTIONS)
"""Words that cannot be ids."""


def compile_expression(text: Any, ctx: Context, want: Kind | None = None) -> Node:
    """The compiled expression. Raises ExpressionError (E01 to E35) for everything that is not in the
    language.

    >>> from app.questionnaires.expressions.kinds import Symbol
    >>> items = ("q1", "q2", "q3")
    >>> ctx = Context({n: Symbol(n, Kind.NUMBER, interval=(0, 3)) for n in items}, items)
    >>> node = compile_expression("sum(q1, ..., q3)", ctx)
    >>> node.interval, node.run({"q1": 1, "q2": 2, "q3": 3}), node.run({"q1": 1, "q2": None, "q3": 3})
    ((0, 9), 6, None)
    """
    node = build(parse(text), ctx)
    if want is not None and node.kind != want:
        remedy = "Write a calculation."
        if want == Kind.BOOL:
            remedy = "For a condition compare something, e.g. q1 >= 1."
        message = f"This expression gives a {node.kind}, but a {want} is needed here."
        raise ExpressionError("E05", message, remedy)
    return node


__all__ = [
    "FORMS_AND_FUNCTIONS",
    "FUNCTIONS",
    "RESERVED",
    "Context",
    "ExpressionError",
    "Kind",
    "Node",
    "compile_expression",
]
