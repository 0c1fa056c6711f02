"""Results in words: names, units, values with their comparator, where a value lies in the range of its laboratory."""

from decimal import ROUND_HALF_EVEN, Decimal

from app.biology.library import catalogue
from app.biology.model import Measure, Panel, Report, Result, Series, Standing, Trend
from app.biology.numbers import typed_as
from app.lib.i18n import NBSP, day_words, locale, moment_words, ngettext, number_words
from app.lib.i18n import gettext as _

SIGNS = {"": "", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def panel_words(panel: Panel) -> str:
    return panel.name(locale.get())


def analyte_words(analyte: str) -> str:
    """The name of an analyte; its id, should it be in no panel any more."""
    found = catalogue().analytes.get(analyte)
    return found.name(locale.get()) if found else analyte


def unit_words(ucum: str) -> str:
    found = catalogue().units.get(ucum)
    return found.words(locale.get()) if found else ucum


def number_shown(value: Decimal, analyte: str) -> str:
    """A value in the unit of its analyte, as precise as laboratories print it."""
    found = catalogue().analytes.get(analyte)
    decimals = found.decimals if found else 3
    small = value and value < Decimal(10) ** -decimals
    exact = value if small else value.quantize(Decimal(10) ** -decimals, ROUND_HALF_EVEN)
    return typed_as(exact, locale.get()) if small or exact < 1000 else number_words(float(exact), decimals)


def _with_sign(comparator: str, number: str) -> str:
    return f"{SIGNS[comparator]}{NBSP}{number}" if comparator else number


def value_words(result: Result) -> str:
    """The value in the unit of its analyte, without it: < 0,10."""
    own = result.entered_unit == result.unit
    number = typed_as(result.entered, locale.get()) if own else number_shown(result.value, result.analyte)
    return _with_sign(result.comparator, number)


def entered_words(result: Result) -> str:
    """The value as the report says it, with its unit."""
    number = _with_sign(result.comparator, typed_as(result.entered, locale.get()))
    return f"{number}{NBSP}{unit_words(result.entered_unit)}"


def range_words(low: Decimal | None, high: Decimal | None, unit: str = "") -> str:
    """From 3,5 to 5; "" where the report says none."""
    ends = [typed_as(one, locale.get()) for one in (low, high)]
    tail = f"{NBSP}{unit_words(unit)}" if unit else ""
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]} + tail
    if low is not None:
        return _("from %(low)s") % {"low": ends[0]} + tail
    return _("up to %(high)s") % {"high": ends[1]} + tail if high is not None else ""


def shown_range_words(result: Result) -> str:
    """The range of a value in the unit in which it is shown; "" where the report says none."""
    if result.entered_unit == result.unit:
        return range_words(result.entered_low, result.entered_high, result.unit)
    return range_words(_tidy(result.low, result.analyte), _tidy(result.high, result.analyte), result.unit)


def shared_range_words(series: Series) -> str:
    """The range that all values of a series share, in the unit of the analyte; "" where they differ."""
    low, high = series.range or (None, None)
    return range_words(_tidy(low, series.analyte.id), _tidy(high, series.analyte.id), series.analyte.unit.ucum)


def _tidy(value: Decimal | None, analyte: str) -> Decimal | None:
    """One end of a range: a converted one as precise as the analyte is shown, any other as the laboratory prints it."""
    found = catalogue().analytes.get(analyte)
    if value is None or found is None:
        return value
    places = Decimal(10) ** -found.decimals
    converted = -int(value.as_tuple().exponent) > found.decimals + 2
    return value.quantize(places, ROUND_HALF_EVEN) if converted else value


def standing_words(standing: Standing) -> str:
    return {
        Standing.BELOW: _("below the laboratory’s range"),
        Standing.WITHIN: _("within the laboratory’s range"),
        Standing.ABOVE: _("above the laboratory’s range"),
        Standing.UNSAID: "",
    }[standing]


def standing_short(standing: Standing) -> str:
    """For a cell of a table: below, above; nothing for the rest."""
    return {Standing.BELOW: _("Below range"), Standing.ABOVE: _("Above range")}.get(standing, "")


def trend_words(series: Series) -> str:
    """How the last value compares with the one before it."""
    before = series.before
    if before is None:
        return _("First value")
    told = {"value": value_words(before.result), "day": day_words(before.day, "short")}
    return {
        Trend.UP: _("Up from %(value)s on %(day)s"),
        Trend.DOWN: _("Down from %(value)s on %(day)s"),
        Trend.SAME: _("The same as on %(day)s"),
        Trend.UNKNOWN: _("%(value)s on %(day)s"),
    }[series.trend] % told


def trend_icon(series: Series) -> str:
    return {Trend.UP: "up", Trend.DOWN: "down", Trend.SAME: "equal"}.get(series.trend, "")


def reading_words(measure: Measure) -> str:
    """Beside a value of a series: where it lies, and as what it was entered where the unit was another."""
    parts = [standing_words(measure.result.standing)]
    if measure.result.entered_unit != measure.result.unit:
        parts.append(_("entered as %(value)s") % {"value": entered_words(measure.result)})
    return ", ".join(part for part in parts if part)


def series_title(series: Series) -> str:
    return series.analyte.name(locale.get())


def caption(series: Series) -> str:
    """What the course says in one sentence: Lithium: 0,72 mmol/L, up from 0,65 on …"""
    last = series.last
    value = f"{value_words(last.result)}{NBSP}{unit_words(last.result.unit)}"
    told = {"value": value, "day": day_words(last.day, "short"), "trend": trend_words(series)}
    return _("%(value)s on %(day)s. %(trend)s.") % told


def taken_words(report: Report) -> str:
    about = report.about
    return moment_words(about.taken_at, "short") if about.taken_at else day_words(about.taken_on, "short")


def fasting_words(fasting: bool | None) -> str:
    return {True: _("Fasting"), False: _("Not fasting"), None: ""}[fasting]


def report_title(report: Report) -> str:
    """What a report is called in a list: 5 results, 1 out of range."""
    count = len(report.results)
    words = ngettext("One result", "%(num)s results", count) % {"num": count}
    if not report.out_of_range:
        return words
    return _("%(results)s, %(num)s out of range") % {"results": words, "num": report.out_of_range}
