"""Recruitment against its target: how many joined, how many were hoped for, and where that stands in a drawing. Pure.

Words are in wording.py, colours in the style sheet.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from app.trials.model import Site

PACE_MONTHS = 3
FURTHEST_MONTHS = 120
STEPS = (1, 2, 3, 4, 6, 12, 24, 36, 60, 120, 240, 600)
ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Joined:
    """How many joined in the month that begins on this day."""

    month: date
    count: int


@dataclass(frozen=True, slots=True)
class Point:
    """How many had joined by the end of a day, and how many were hoped for; None without a target."""

    day: date
    included: int
    expected: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """Recruitment from its first day to today; `target` people are hoped for until `until`, counted from `begun`.

    `reached`: the month in which the target is reached at the pace of the last three whole months; None where there
    is none, where it is reached already, or where it would take more than ten years.
    """

    points: tuple[Point, ...]
    since: date
    begun: date
    target: int | None = None
    until: date | None = None
    reached: date | None = None

    @property
    def included(self) -> int:
        return self.points[-1].included

    @property
    def expected(self) -> int | None:
        """How many were hoped for by today, in whole people."""
        expected = self.points[-1].expected
        return None if expected is None else round(expected)

    @property
    def ahead(self) -> int | None:
        """By how many the centre is ahead; less than nothing where it is behind."""
        return None if self.expected is None else self.included - self.expected


def month_end(day: date) -> date:
    """
    >>> month_end(date(2028, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def later(day: date, months: int) -> date:
    """The first day of a month so many months later.

    >>> later(date(2026, 11, 22), 2)
    datetime.date(2027, 1, 1)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def hoped(day: date, since: date, until: date, target: int) -> float:
    """How many are hoped for by the end of a day: evenly from none on the first day to all on the last.

    >>> [hoped(date(2026, 1, day), date(2026, 1, 11), date(2026, 1, 21), 20) for day in (1, 11, 16, 21, 31)]
    [0.0, 0.0, 10.0, 20.0, 20.0]
    """
    if day >= until:
        return float(target)
    return target * max((day - since).days, 0) / (until - since).days


def standing_site(sites: Iterable[Site]) -> Site | None:
    """Of the times a centre was opened, the one that its target is read from: the open one, else the last."""
    return max(sites, key=lambda one: (one.closed_on is None, one.opened_on), default=None)


def course_of(joined: Iterable[Joined], sites: Iterable[Site], today: date) -> Course | None:
    """Month by month until today; None where the centre neither takes part nor ever enrolled anybody."""
    sites, counts = list(sites), {one.month: one.count for one in joined}
    beginnings = [*(one.opened_on for one in sites), *counts]
    if not beginnings or min(beginnings) > today:
        return None
    since, site = min(beginnings), standing_site(sites)
    target, until = (site.target, site.target_by) if site else (None, None)
    begun = site.opened_on if site else since
    days = [since, *_month_ends(since, today)]
    months = [0, *(counts.get(day.replace(day=1), 0) for day in days[1:])]
    points = tuple(
        Point(day, included, hoped(day, begun, until, target) if target and until else None)
        for day, included in zip(days, accumulate(months), strict=True)
    )
    whole = months[1:-1] if today < month_end(today) else months[1:]
    return Course(points, since, begun, target, until, _reached(points[-1].included, target, whole, today))


def _month_ends(since: date, today: date) -> list[date]:
    ends = []
    day = month_end(since)
    while day < today:
        ends.append(day)
        day = month_end(day + timedelta(days=1))
    return [*ends, today]


def _reached(included: int, target: int | None, months: list[int], today: date) -> date | None:
    pace = sum(months[-PACE_MONTHS:]) / PACE_MONTHS
    if target is None or included >= target or len(months) < PACE_MONTHS or pace == 0:
        return None
    needed = (target - included) / pace
    return later(today, int(needed)) if needed <= FURTHEST_MONTHS else None


@dataclass(frozen=True, slots=True)
class Box:
    """The size of a drawing and the borders of its plane."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    labels: int
    """How many months have a name at most."""


BOXES = (Box("wide", 880, 314, 36, 796, 20, 270, 11), Box("narrow", 303, 284, 30, 289, 20, 240, 6))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything stands. `grid`: height and value of each line; `months`: place and first day of each name."""

    box: Box
    grid: tuple[tuple[float, int], ...]
    months: tuple[tuple[float, date], ...]
    line: str
    area: str
    dot: tuple[float, float]
    hope: str = ""
    hope_end: tuple[float, float] = (0.0, 0.0)


def drawings(course: Course) -> list[Drawing]:
    """The same for a wide and for a narrow screen."""
    return [_drawing(course, box) for box in BOXES]


def _drawing(course: Course, box: Box) -> Drawing:
    first, today = course.since, course.points[-1].day
    last = max(today, course.until or today)
    values = _scale(max(course.included, course.target or 0))

    def x(day: date) -> float:
        days = (last - first).days
        return round(box.left + ((day - first).days / days if days else 0.5) * (box.right - box.left), 1)

    def y(value: float) -> float:
        return round(box.bottom - value / values[-1] * (box.bottom - box.top), 1)

    line = [(x(one.day), y(one.included)) for one in course.points]
    hope: list[tuple[float, float]] = []
    if course.target and course.until:
        hope = [(x(course.begun), y(0)), (x(course.until), y(course.target))]
    return Drawing(
        box,
        tuple((y(value), value) for value in values),
        tuple((x(day), day) for day in _months(first, last, box.labels)),
        _path(line),
        _path([(line[0][0], box.bottom), *line, (line[-1][0], box.bottom)]),
        line[-1],
        _path(hope),
        hope[-1] if hope else (0.0, 0.0),
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{across},{down}" for across, down in points)


def _scale(most: int) -> list[int]:
    """Values of the lines across, from 0 to the first that is not below `most`; four or five steps.

    >>> _scale(60), _scale(3), _scale(0)
    ([0, 20, 40, 60], [0, 1, 2, 3], [0, 1])
    """
    size = 1
    while True:
        for round_one in ROUND:
            step = round_one * size
            if most <= step * 5:
                return [step * n for n in range(max(1, -(-most // step)) + 1)]
        size *= 10


def _months(first: date, last: date, labels: int) -> list[date]:
    """The first days of the months that are named."""
    begin = first if first.day == 1 else later(first, 1)
    count = (last.year - begin.year) * 12 + last.month - begin.month + 1
    step = next((one for one in STEPS if count / one <= labels), STEPS[-1])
    return [later(begin, n) for n in range(0, max(count, 0), step)]
