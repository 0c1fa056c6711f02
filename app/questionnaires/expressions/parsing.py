"""From text to a syntax tree within limits, and the table of forms that build nodes. Knows no form itself."""

import ast
import warnings
from collections.abc import Callable
from typing import Any

from app.questionnaires.expressions.kinds import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_NODES,
    Context,
    ExpressionError,
    Kind,
    Node,
)

Form = Callable[[Any, Context], Node]
FORMS: dict[type[ast.expr], Form] = {}

_NOT_COUNTED = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
_FOREIGN = {
    "Attribute": "A dot between names",
    "Subscript": "Square brackets",
    "ListComp": "A loop",
    "GeneratorExp": "A loop",
    "SetComp": "A loop",
    "DictComp": "A loop",
    "Lambda": "lambda",
    "NamedExpr": ":=",
    "Dict": "{ }",
    "Set": "{ }",
    "JoinedStr": "An f-string",
    "Starred": "*",
    "List": "[ ]",
    "Tuple": "A list in brackets",
}


def form(kind: type[ast.expr]) -> Callable[[Form], Form]:
    """Register the builder of one kind of syntax."""

    def register(builder: Form) -> Form:
        FORMS[kind] = builder
        return builder

    return register


def build(x: ast.expr, ctx: Context) -> Node:
    """The node of a piece of syntax; raises ExpressionError for what is not in the language."""
    builder = FORMS.get(type(x))
    if builder is None:
        what = _FOREIGN.get(type(x).__name__, type(x).__name__)
        remedy = "Use the listed functions; for a table use lookup()."
        raise ExpressionError("E06", f"{what} is not part of the language.", remedy, column(x))
    return builder(x, ctx)


def build_as(kind: Kind, x: ast.expr, ctx: Context) -> Node:
    return want(build(x, ctx), kind, x)


def want(node: Node, kind: Kind, x: ast.expr) -> Node:
    """The node itself when it is of the kind needed here; else E07."""
    if node.kind == kind:
        return node
    remedy = f"Use something that is a {kind}."
    if kind == Kind.BOOL:
        remedy = "Compare it first, e.g. == or >=."
    message = f"'{ast.unparse(x)}' is a {node.kind}, but a {kind} is needed here."
    raise ExpressionError("E07", message, remedy, column(x))


def column(x: ast.AST) -> int:
    return int(getattr(x, "col_offset", 0)) + 1


def parse(text: Any) -> ast.expr:
    """The syntax tree of an expression, refused when it is no text, too long, too deep or broken (E01 to
    E04)."""
    if not isinstance(text, str):
        raise ExpressionError("E01", f"An expression must be text, not {text!r}.", "Put it in quotes.")
    if len(text) > MAX_CHARS:
        message = f"The expression has {len(text)} characters; the limit is {MAX_CHARS}."
        raise ExpressionError("E02", message, "Split it with values.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a stray backslash is a mistake, not a remark
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning) as error:
        where = getattr(error, "offset", 1) or 1
        message = f"The expression stops making sense at character {where}."
        raise ExpressionError("E03", message, _syntax_hint(text), where) from None
    _measure(tree.body)
    return tree.body


def _syntax_hint(text: str) -> str:
    if "=" in text and not any(sign in text for sign in ("==", "<=", ">=", "!=")):
        return "Write == to compare."
    return "Check brackets, commas and operators there."


def _measure(tree: ast.expr) -> None:
    count = 0
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    while stack:
        x, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise ExpressionError("E04", "The expression is too large or too deep.", "Split it with values.")
        children = (y for y in ast.iter_child_nodes(x) if not isinstance(y, _NOT_COUNTED))
        stack.extend((y, depth + 1) for y in children)
