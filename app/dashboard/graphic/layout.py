"""Where each line, dot and word of the graphic stands, in units of the drawing. Pure; colours are the style sheet's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from app.dashboard.graphic.model import Bar, Curve, Graphic, Point, Row

WIDE, NARROW = 780, 343
TOP = 26
FIRST_PANEL, NEXT_PANEL = 240, 130
BETWEEN = 34
LETTER = 8.0
PANEL_TITLE = 22
STEPS = (1, 2, 3, 4, 6, 12, 24, 36, 60)
EDGE = 14
"""Free at both ends of the axis, so that no dot stands on a border."""
MonthWords = Callable[[date, bool], str]
"""A short name of a month; the first one shown brings its year, as does January."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One element of the drawing: its name, its class, its attributes, its words if it is a text."""

    kind: str
    look: str
    at: dict[str, float]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where days stand from left to right."""

    left: float
    width: float
    first: int
    days: int
    narrow: bool

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, day: date) -> float:
        part = (day.toordinal() - self.first) / self.days
        return round(self.left + EDGE + part * (self.width - 2 * EDGE), 1)


@dataclass(frozen=True, slots=True)
class Panel:
    """Where values stand from top to bottom."""

    top: float
    height: float
    low: float
    high: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def y(self, value: float) -> float:
        return round(self.top + (self.high - value) / (self.high - self.low) * self.height, 1)


def draw(graphic: Graphic, month_words: MonthWords, *, narrow: bool) -> Drawing:
    """The whole graphic for a wide page or a telephone."""
    frame = _frame(graphic, narrow)
    shapes: list[Shape] = []
    down = float(TOP)
    for number, curve in enumerate(graphic.curves):
        panel = Panel(
            down + (PANEL_TITLE if number else 0), NEXT_PANEL if number else FIRST_PANEL, curve.low, curve.high
        )
        if number:
            title = f"{curve.title} ({curve.unit})" if curve.unit else curve.title
            shapes.append(_text("t-strong", frame.left, panel.top - 9, title))
        shapes += _curve(frame, panel, curve)
        down = panel.bottom + BETWEEN
    if graphic.curves:
        down -= BETWEEN
    floor = down
    shapes += _calendar(frame, graphic, floor, month_words)
    down = floor + 44
    for row in graphic.rows:
        shapes += _row(frame, row, down, graphic.last)
        down += 48 if narrow else 36
    ground = down if graphic.rows else floor
    # Over the bands, under the values.
    shapes.sort(key=lambda shape: not shape.look.startswith("band-"))
    tinted = sum(shape.look.startswith("band-") for shape in shapes)
    shapes[tinted:tinted] = _verticals(frame, graphic, ground)
    return Drawing(NARROW if narrow else WIDE, down, tuple(shapes))


def _frame(graphic: Graphic, narrow: bool) -> Frame:
    widest = max((abs(end) for curve in graphic.curves for end in (curve.low, curve.high)), default=0)
    left = 44 if widest >= 1000 else 40 if widest >= 100 else 32
    labels = [band.label for curve in graphic.curves for band in curve.bands]
    if not narrow:
        labels += [row.label for row in graphic.rows]
    words = [word for label in labels for word in (label.split() if narrow else [label])]
    margin = min(20 + LETTER * max(map(len, words), default=0), 120 if narrow else 210)
    width = (NARROW if narrow else WIDE) - left - margin
    first = graphic.first.toordinal()
    return Frame(left, width, first, max(graphic.last.toordinal() - first, 1), narrow)


def _line(look: str, x1: float, y1: float, x2: float, y2: float) -> Shape:
    return Shape("line", look, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})


def _text(look: str, x: float, y: float, words: str) -> Shape:
    return Shape("text", look, {"x": round(x, 1), "y": round(y, 1)}, words)


def _verticals(frame: Frame, graphic: Graphic, bottom: float) -> Iterator[Shape]:
    """Days that stand out, and today, through all panels."""
    for mark in graphic.marks:
        yield _line("visit", frame.x(mark.day), TOP, frame.x(mark.day), bottom)
    labelled = -999.0
    for mark in sorted(graphic.marks, key=lambda one: one.day, reverse=True):
        x = frame.x(mark.day)
        if abs(labelled - x) >= LETTER * len(mark.label) + 8:
            yield _text("t-mid", min(x, frame.right - 10), TOP - 9, mark.label)
            labelled = x
    yield _line("today", frame.x(graphic.last), TOP, frame.x(graphic.last), bottom)


def _curve(frame: Frame, panel: Panel, curve: Curve) -> Iterator[Shape]:
    yield from _bands(frame, panel, curve)
    yield from _scale(frame, panel, curve)
    for value in curve.lines:
        yield _line("target", frame.left, panel.y(value), frame.right, panel.y(value))
    yield from _course(frame, panel, curve.points)
    yield from _dots(frame, panel, curve.points)


def _bands(frame: Frame, panel: Panel, curve: Curve) -> Iterator[Shape]:
    most = max(len(curve.bands) - 1, 1)
    for number, band in enumerate(curve.bands):
        rank = number if curve.deeper == "up" else most - number
        level = rank * 4 // most if curve.deeper else 1
        top, bottom = panel.y(band.end), panel.y(band.start)
        place = {"x": frame.left, "y": top, "width": frame.width, "height": round(bottom - top, 1)}
        yield Shape("rect", f"band-{level}", place)
        yield from _band_words(frame, band.label, top, bottom)


def _band_words(frame: Frame, label: str, top: float, bottom: float) -> Iterator[Shape]:
    middle, x = (top + bottom) / 2, frame.right + 8
    first, _, rest = label.partition(" ")
    if frame.narrow and rest and bottom - top >= 32:
        yield _text("band-t", x, middle - 3, first)
        yield _text("band-t", x, middle + 13, rest)
    elif bottom - top >= 14:
        yield _text("band-t", x, middle + 5, label)


def _scale(frame: Frame, panel: Panel, curve: Curve) -> Iterator[Shape]:
    """Numbers at the bands' borders, or at quarters; none so near to another that they touch."""
    span = curve.high - curve.low
    wished = [band.start for band in curve.bands] or [curve.low + span * part for part in (0.25, 0.5, 0.75)]
    shown = [curve.low]
    for value in wished:
        far = min(value - shown[-1], curve.high - value) / span * panel.height
        if far >= 18:
            shown.append(value)
    for value in (*shown, curve.high):
        if not curve.bands:
            yield _line("grid", frame.left, panel.y(value), frame.right, panel.y(value))
        yield Shape("number", "t-end", {"x": frame.left - 7, "y": round(panel.y(value) + 5, 1), "value": value})
    yield _line("axis", frame.left, panel.bottom, frame.right, panel.bottom)


def _course(frame: Frame, panel: Panel, points: tuple[Point, ...]) -> Iterator[Shape]:
    """A full line between values that follow one another; dotted over a missing one; none where comparison stops."""
    former: Point | None = None
    jumped = broken = False
    for point in points:
        broken = broken or point.fresh
        if point.value is None:
            jumped = True
            continue
        if former is not None and former.value is not None and not broken:
            start, end = (frame.x(former.day), panel.y(former.value)), (frame.x(point.day), panel.y(point.value))
            yield _line("gap" if jumped else "line", *start, *end)
        former, jumped, broken = point, False, False


def _dots(frame: Frame, panel: Panel, points: tuple[Point, ...]) -> Iterator[Shape]:
    """The newest first, so that it keeps its number where numbers would touch. What is missing is hollow."""
    edge = 9999.0
    for number in range(len(points) - 1, -1, -1):
        point, x = points[number], frame.x(points[number].day)
        if point.value is None:
            yield Shape("circle", "miss", {"cx": x, "cy": panel.y(_hung(points, number, panel)), "r": 6})
            continue
        y = panel.y(point.value)
        yield Shape("circle", "dot", {"cx": x, "cy": y, "r": 6})
        if edge - x >= 12 + LETTER * len(point.text):
            edge = x
            yield _text("t-mid t-val", x, max(y - 12, panel.top + 12 if y > panel.top + 24 else y - 12), point.text)


def _hung(points: tuple[Point, ...], number: int, panel: Panel) -> float:
    """Where a missing value hangs: on the dotted line, or level with the one value beside it."""
    before = next((one for one in reversed(points[:number]) if one.value is not None), None)
    later = next((one for one in points[number + 1 :] if one.value is not None), None)
    one, other = before or later, later or before
    if one is None or other is None or one.value is None or other.value is None:
        return (panel.low + panel.high) / 2
    days = (other.day - one.day).days
    part = (points[number].day - one.day).days / days if days else 0
    return one.value + (other.value - one.value) * part


def _calendar(frame: Frame, graphic: Graphic, floor: float, month_words: MonthWords) -> Iterator[Shape]:
    """The months under the panels, as many as have room."""
    first, last = graphic.first, graphic.last
    yield _line("axis", frame.left, floor, frame.right, floor)
    months = (last.year - first.year) * 12 + last.month - first.month
    room = 72 if frame.narrow else 60
    named = False
    step = next((one for one in STEPS if one * frame.width / max(months, 1) >= room), STEPS[-1])
    for number in range(1, months + 1):
        count = first.month - 1 + number
        day = date(first.year + count // 12, count % 12 + 1, 1)
        x = frame.x(day)
        if (count % 12) % step if step <= 12 else count % step:
            continue
        yield _line("grid", x, floor, x, floor + 6)
        if frame.left + 14 <= x <= frame.right - 14:
            yield _text("t-mid", x, floor + 22, month_words(day, not named))
            named = True


def _row(frame: Frame, row: Row, top: float, today: date) -> Iterator[Shape]:
    if frame.narrow:
        yield _text("t-strong", frame.left, top + 10, row.label)
        top += 16
    else:
        yield _text("t-strong", frame.right + 8, top + 18, _short(row.label, frame.right))
    for bar in row.bars:
        yield from _bar(frame, row, bar, top, today)


def _short(label: str, right: float) -> str:
    """The label, cut where the drawing ends; the table has it whole."""
    most = int((WIDE - right - 12) / LETTER)
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def _bar(frame: Frame, row: Row, bar: Bar, top: float, today: date) -> Iterator[Shape]:
    start, end = frame.x(bar.start), frame.x(min(bar.end or today, today))
    width = max(round(end - start, 1), 4)
    look = "med-c" if bar.dose is None else "med-b" if row.is_light(bar) else "med-a"
    yield Shape("rect", look, {"x": start, "y": top, "width": width, "height": 26, "rx": 5})
    if bar.text and width >= LETTER * len(bar.text) + 18:
        yield _text("t-on" if look == "med-a" else "t-on2", start + 10, top + 18, bar.text)
