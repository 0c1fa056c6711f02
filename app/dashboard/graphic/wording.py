"""The graphic in words: scores as curves, choices of period, the same values as a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.dashboard import wording as team
from app.dashboard.graphic.layout import Drawing, draw
from app.dashboard.graphic.model import Band, Bar, Curve, Graphic, Point, Span
from app.dashboard.series import Series
from app.lib.i18n import day_words, locale
from app.lib.i18n import gettext as _


def score_curve(series: Series) -> Curve:
    """A score over time; a yes or no, or what does not compare with it, breaks the line."""
    low, high = series.limits()
    points = tuple(
        Point(
            one.day,
            None if one.value is None else float(one.value),
            team.value_words(series, one.value),
            team.reading_words(series, one),
            one.fresh,
        )
        for one in series.results
    )
    bands = tuple(Band(float(one["from"]), float(one["to"]), str(one["label"])) for one in series.bands(locale.get()))
    return Curve(
        series.id,
        team.series_title(series),
        points,
        low,
        high,
        series.score.unit or "",
        bands,
        tuple(series.score.plot.lines) if series.score.plot else (),
        team.deeper(series),
        team.caption(series),
    )


def measure_curve(series: Series) -> Curve:
    """A measure that a questionnaire takes, such as a weight, under a score."""
    return replace(score_curve(series), sentence="")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The graphic, drawn for a wide page and for a telephone; the style sheet shows one."""

    graphic: Graphic
    wide: Drawing
    narrow: Drawing


def drawings(graphic: Graphic) -> Drawn | None:
    """None where there is nothing to draw."""
    if graphic.empty:
        return None
    return Drawn(graphic, draw(graphic, month_words, narrow=False), draw(graphic, month_words, narrow=True))


def alert_mark() -> str:
    return _("alert")


def span_words(span: Span) -> str:
    return {Span.HALF_YEAR: _("6 months"), Span.YEAR: _("1 year"), Span.ALL: _("Since the beginning")}[span]


def month_words(day: date, first: bool) -> str:
    """Under the axis: the month; the first one and January say which year it is."""
    words = day_words(day, "month")
    return words if first or day.month == 1 else words.rpartition("\N{NO-BREAK SPACE}")[0] or words.split()[0]


def title_of(graphic: Graphic) -> str:
    """PHQ-9 and treatments, from March 2026 to November 2026."""
    names = [curve.title for curve in graphic.curves] + ([_("treatments")] if graphic.rows else [])
    joined = (
        names[0]
        if len(names) == 1
        else _("%(first)s and %(last)s")
        % {
            "first": ", ".join(names[:-1]),
            "last": names[-1],
        }
    )
    return team.capitalised(joined)


def told(graphic: Graphic) -> str:
    """What the drawing says, for whoever does not see it."""
    said = [(curve.title, [_point_words(point) for point in curve.points]) for curve in graphic.curves]
    said += [(row.label, [_bar_words(bar) for bar in row.bars]) for row in graphic.rows]
    facts = [f"{name}{_(': ')}{'; '.join(words)}" for name, words in said]
    facts += [f"{day_words(mark.day, 'short')}{_(': ')}{mark.label}" for mark in graphic.marks]
    return ". ".join(facts) + "." if facts else ""


def _point_words(point: Point) -> str:
    value = point.reading or point.text
    if point.reading and point.value is not None:
        value = f"{point.text}, {point.reading}"
    return f"{day_words(point.day, 'short')}{_(': ')}{value}"


def _bar_words(bar: Bar) -> str:
    start = day_words(bar.start, "short")
    if bar.end is None:
        since = _("since %(day)s") % {"day": start}
    else:
        since = _("from %(start)s to %(end)s") % {"start": start, "end": day_words(bar.end, "short")}
    return f"{bar.text} {since}" if bar.text else since


def value_rows(graphic: Graphic) -> list[list[Any]]:
    """The curves as a table, the newest first: day, what, value, reading."""
    rows = [(point.day, curve, point) for curve in graphic.curves for point in curve.points]
    rows.sort(key=lambda one: one[0])
    return [
        [day_words(day, "short"), curve.title, f"{point.text} {curve.unit}".strip(), point.reading or "–"]
        for day, curve, point in reversed(rows)
    ]


def bar_rows(graphic: Graphic) -> list[list[Any]]:
    """The treatments as a table: what, dose, from, to."""
    return [
        [
            row.label,
            bar.text or "–",
            day_words(bar.start, "short"),
            day_words(bar.end, "short") if bar.end else _("goes on"),
        ]
        for row in graphic.rows
        for bar in row.bars
    ]


def looks(graphic: Graphic) -> Mapping[str, bool]:
    """Which parts of the key are needed."""
    values = [point.value for curve in graphic.curves for point in curve.points]
    bars = [(row, bar) for row in graphic.rows for bar in row.bars]
    return {
        "score": any(value is not None for value in values),
        "missing": any(value is None for value in values),
        "light": any(row.is_light(bar) for row, bar in bars),
        "dose": any(bar.dose is not None for _row, bar in bars),
        "plain": any(bar.dose is None for _row, bar in bars),
        "mark": bool(graphic.marks),
        "alert": any(one.label == alert_mark() for one in graphic.marks),
        "visit": any(one.label != alert_mark() for one in graphic.marks),
    }
