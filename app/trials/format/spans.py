"""Lengths of time as authors write them, and windows of days. Calendar days only: no clock, no zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

MOST_DAYS, MOST_MONTHS = 44_000, 1_440
"""Some 120 years either way: nobody is followed for longer."""

_SPAN = re.compile(r"([+-]?\d{1,5}) (day|week|month|year)s?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole calendar months, then days; both may be negative."""

    months: int = 0
    days: int = 0

    def times(self, n: int) -> "Span":
        return Span(self.months * n, self.days * n)

    def plus(self, other: "Span") -> "Span":
        return Span(self.months + other.months, self.days + other.days)


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day on which a visit is best and may be held, all included; `best` lies inside `permitted`."""

    best: tuple[date, date]
    permitted: tuple[date, date]


@lru_cache(1024)  # a calendar asks for the same few a thousand times
def read_span(text: str) -> Span | None:
    """`0`, or a number of days, weeks, months or years; None where it is neither, or beyond 120 years.

    >>> read_span("6 months"), read_span("-2 weeks"), read_span("0"), read_span("P6M")
    (Span(months=6, days=0), Span(months=0, days=-14), Span(months=0, days=0), None)
    """
    if text == "0":
        return Span()
    if not (found := _SPAN.match(text)):
        return None
    n = int(found[1])
    span = {"day": Span(days=n), "week": Span(days=7 * n), "month": Span(n), "year": Span(12 * n)}[found[2]]
    return span if within_limits(span) else None


def within_limits(span: Span) -> bool:
    return abs(span.months) <= MOST_MONTHS and abs(span.days) <= MOST_DAYS


def span_of(text: str) -> Span:
    """The span of a text that was checked before; raises ValueError for any other.

    >>> span_of("1 year")
    Span(months=12, days=0)
    """
    span = read_span(text)
    if span is None:
        raise ValueError(f"not a length of time: {text!r}")
    return span


def add(day: date, span: Span) -> date:
    """Whole months first, clamped to the last day of the month; then days.

    Always count from the anchor, never from an earlier result: 31 August + 6 months + 6 months is not 31 August.

    >>> add(date(2023, 8, 31), Span(6)), add(date(2023, 8, 31), Span(12)), add(date(2026, 1, 1), Span(days=-1))
    (datetime.date(2024, 2, 29), datetime.date(2024, 8, 31), datetime.date(2025, 12, 31))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + span.months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(span.days)


def between(target: date, ends: tuple[Span, Span]) -> tuple[date, date]:
    """The days of a window round its target."""
    return add(target, ends[0]), add(target, ends[1])
