"""What the graphic shows: curves, bars of treatment and marks within one period. Pure; positions are in layout.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class Span(StrEnum):
    """How far back one looks from today."""

    HALF_YEAR = "6m"
    YEAR = "1y"
    ALL = "all"


DAYS = {Span.HALF_YEAR: 183, Span.YEAR: 366}
LEAST = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Point:
    """One value. None where there is none to draw; `fresh`: it does not compare with those before it."""

    day: date
    value: float | None
    text: str
    reading: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over time, the oldest first, on an axis from low to high. `deeper`: the end where bands are deeper."""

    id: str
    title: str
    points: tuple[Point, ...]
    low: float
    high: float
    unit: str = ""
    bands: tuple[Band, ...] = ()
    lines: tuple[float, ...] = ()
    deeper: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A time under one dose; `end` is the last day, None while it goes on. `dose`: comparable within its row."""

    start: date
    end: date | None
    text: str
    dose: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What was taken, and when how much of it."""

    label: str
    bars: tuple[Bar, ...]

    def is_light(self, bar: Bar) -> bool:
        """Whether this is the least of several doses."""
        doses = {one.dose for one in self.bars if one.dose is not None}
        return len(doses) > 1 and bar.dose == min(doses)


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that stands out, over all panels."""

    day: date
    label: str


@dataclass(frozen=True, slots=True)
class Graphic:
    """Everything within the period from `first` to `last`, today."""

    curves: tuple[Curve, ...]
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    first: date
    last: date

    @property
    def empty(self) -> bool:
        return not self.curves and not self.rows


def within(curves: Iterable[Curve], rows: Iterable[Row], marks: Iterable[Mark], span: Span, today: date) -> Graphic:
    """What falls into the span that ends today; the whole, from the first thing there is."""
    shown, taken = list(curves), list(rows)
    begun = [point.day for curve in shown for point in curve.points] + [bar.start for row in taken for bar in row.bars]
    first = min([*begun, today - LEAST])
    if span in DAYS:
        first = max(first, today - timedelta(days=DAYS[span]))
    return Graphic(
        tuple(_since(curve, first) for curve in shown if any(point.day >= first for point in curve.points)),
        tuple(cut for row in taken if (cut := _cut(row, first)).bars),
        tuple(mark for mark in marks if first <= mark.day <= today),
        first,
        today,
    )


def _since(curve: Curve, first: date) -> Curve:
    return replace(curve, points=tuple(point for point in curve.points if point.day >= first))


def _cut(row: Row, first: date) -> Row:
    """The row from the first day on. What began before begins there; doses still compare with those cut away."""
    kept: Sequence[Bar] = [bar for bar in row.bars if bar.end is None or bar.end >= first]
    return Row(row.label, tuple(replace(bar, start=max(bar.start, first)) for bar in kept))


def span_named(name: str) -> Span:
    """The span of an address; all of it for anything else.

    >>> span_named("1y"), span_named("eternity")
    (<Span.YEAR: '1y'>, <Span.ALL: 'all'>)
    """
    return Span(name) if name in set(Span) else Span.ALL
