"""What an expression is made of: kinds, names, compiled nodes, and the error.

No parsing and no evaluation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Env = Mapping[str, Any]
"""Every name an expression may read, with its value; None is a missing answer."""
Run = Callable[[Env], Any]
Interval = tuple[float, float] | None
"""Lowest and highest value a number can take, both included; None where that is not known."""

MAX_CHARS, MAX_NODES, MAX_DEPTH, MAX_LITERAL = 2000, 600, 25, 1e12
MAX_RESULT = 1e300
"""Beyond it a product or quotient is missing: below it no sum of 600 terms can overflow a float."""


class Kind(StrEnum):
    NUMBER = "number"
    BOOL = "yes/no"
    CODE = "code"
    CODES = "codes"
    DATE = "date"
    TIME = "time"
    TEXT = "text"
    ROWS = "rows"


class ExpressionError(Exception):
    """An expression that is refused: code (E01 to E35), what is wrong, what to do, and the column (from
    1)."""

    def __init__(self, code: str, message: str, remedy: str, column: int = 0) -> None:
        self.code, self.message, self.remedy, self.column = code, message, remedy, column
        super().__init__(f"{message} {remedy}")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name an expression may use."""

    name: str
    kind: Kind
    origin: str = "item"  # item, value, score, subject, group
    interval: Interval = None
    codes: tuple[Any, ...] = ()
    group: str | None = None  # the repeating group it lives in
    fhir: str | None = None  # how FHIRPath reads it outside a row
    fhir_row: str | None = None  # the same inside one row


Simple = tuple[str, str, Any]
"""(item, FHIR operator, literal): the one comparison that `enableWhen` can say."""


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled expression: `run` reads an environment and never raises; the rest is known beforehand."""

    kind: Kind
    run: Run
    fhir: str | None
    names: tuple[str, ...] = ()
    interval: Interval = None
    const: Any = None
    codes: tuple[Any, ...] = ()
    plain: str | None = None  # the item, when the node is nothing but an item
    simple: Simple | None = None
    joined: tuple[str, tuple[Simple, ...]] | None = None  # ("any" or "all", comparisons)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The relaxed missing-answer rule, applied to the one aggregate of a formula."""

    at_least: int
    then: str  # prorate, ignore


@dataclass(slots=True)
class Context:
    """What is in sight of one expression, and what compiling it found out."""

    symbols: Mapping[str, Symbol]
    order: tuple[str, ...]  # item ids in file order, for ranges
    row: str | None = None  # inside this repeating group
    rule: Relaxation | None = None
    tables: Mapping[str, Mapping[Any, float]] = field(default_factory=dict)
    norms: Mapping[str, Any] = field(default_factory=dict)
    aggregates: list[tuple[str, ...]] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)  # items read outside every aggregate
    inside: int = 0
    loosened: list[str] = field(default_factory=list)  # functions used that see missing answers
    untranslatable: list[str] = field(default_factory=list)


def names_of(*nodes: Node) -> tuple[str, ...]:
    """Every name the nodes read, once each, in order of first use."""
    return tuple(dict.fromkeys(name for node in nodes for name in node.names))


def fhir_join(template: str, *parts: str | None) -> str | None:
    """Fill a FHIRPath template, or None when one part has no FHIRPath."""
    return None if None in parts else template.format(*parts)


def fhir_name(name: str) -> str:
    """Name of our FHIRPath variable.

    R4 types `Expression.name` as `id`: no underscore there;
    the prefix keeps clear of FHIRPath words such as years.

    >>> fhir_name("first_age")
    'vfirstXage'
    """
    return "v" + name.replace("_", "X")


def bounded(low: float, high: float) -> Interval:
    """An interval, or None when an end is not a usable number."""
    return (low, high) if -MAX_RESULT < low <= high < MAX_RESULT else None


def hull(a: Interval, b: Interval) -> Interval:
    """The smallest interval that holds both.

    >>> hull((0, 2), (-1, 1))
    (-1, 2)
    """
    return None if a is None or b is None else (min(a[0], b[0]), max(a[1], b[1]))
