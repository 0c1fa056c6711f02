"""What can be measured, in which units, and results as values: conversion, ranges, series. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from unicodedata import combining, normalize
from uuid import UUID

from app.access.policy import Scope

DIGITS = 12
"""Significant digits of a converted value: more than any laboratory gives, so the way back gives what was typed."""
COMPARATORS = ("", "<", "<=", ">", ">=")
LONGEST_LABORATORY = 120
LONGEST_SAMPLE = 60
LONGEST_COMMENT = 2000
LONGEST_REASON = 500


class Standing(StrEnum):
    """Where a value lies in the range that the laboratory printed with it. `unsaid`: it cannot be told."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    UNSAID = "unsaid"


class Trend(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its UCUM code, how it is printed, by language, and how else laboratories spell it."""

    ucum: str
    fr: str
    en: str
    spellings: tuple[str, ...] = ()

    def words(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Conversion:
    """From a unit to that of the analyte: value × factor + offset, exactly. `source`: who says so, if published."""

    unit: Unit
    factor: Fraction
    offset: Fraction = Fraction(0)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Analyte:
    """What is measured. `low` and `high` are where a typing error is likely, in its own unit: no reference range."""

    id: str
    panel: str
    fr: str
    en: str
    unit: Unit
    decimals: int
    low: Decimal
    high: Decimal
    conversions: tuple[Conversion, ...] = ()
    loinc: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.fr if language == "fr" else self.en

    @property
    def units(self) -> tuple[Unit, ...]:
        """In which it may be entered, its own first."""
        return (self.unit, *(one.unit for one in self.conversions))

    def converted(self, value: Decimal, ucum: str) -> Decimal:
        """A value of one of its units in its own; LookupError for any other unit."""
        way = self._way(ucum)
        return value if ucum == self.unit.ucum else rounded(Fraction(value) * way.factor + way.offset)

    def back(self, value: Decimal, ucum: str) -> Decimal:
        """A value of its own unit in another one; LookupError where it has no such unit."""
        way = self._way(ucum)
        return value if ucum == self.unit.ucum else rounded((Fraction(value) - way.offset) / way.factor)

    def plausible(self, value: Decimal) -> bool:
        """Whether a value in its own unit is likely to be what the laboratory wrote."""
        return self.low <= value <= self.high

    def _way(self, ucum: str) -> Conversion:
        if ucum == self.unit.ucum:
            return Conversion(self.unit, Fraction(1))
        for one in self.conversions:
            if one.unit.ucum == ucum:
                return one
        raise LookupError(f"{self.id} is not measured in {ucum}")


@dataclass(frozen=True, slots=True)
class Panel:
    """Analytes that laboratories report together."""

    id: str
    fr: str
    en: str
    analytes: tuple[Analyte, ...]

    def name(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be entered, in the order in which it is shown."""

    panels: tuple[Panel, ...]
    units: Mapping[str, Unit]

    @property
    def analytes(self) -> dict[str, Analyte]:
        return {one.id: one for panel in self.panels for one in panel.analytes}

    def panel(self, panel_id: str) -> Panel | None:
        return next((one for one in self.panels if one.id == panel_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value as somebody, or a file, gives it; numbers as they stand on the report, in that unit."""

    analyte: str
    comparator: str
    value: Decimal
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of a report beside its values. `fasting`: None where nobody said."""

    taken_on: date
    taken_at: datetime | None = None
    laboratory: str = ""
    sample: str = ""
    fasting: bool | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A value as it was entered, and in the unit in which its analyte is shown. `until`: None while it stands."""

    id: UUID
    report: UUID
    analyte: str
    comparator: str
    entered: Decimal
    entered_unit: str
    entered_low: Decimal | None
    entered_high: Decimal | None
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    since: int = 1
    until: int | None = None

    @property
    def standing(self) -> Standing:
        """Told in the unit of the report: no rounding comes between a value and its range."""
        return standing(self.comparator, self.entered, self.entered_low, self.entered_high)

    @property
    def out_of_range(self) -> bool:
        return self.standing in {Standing.BELOW, Standing.ABOVE}

    @property
    def entry(self) -> Entry:
        return Entry(
            analyte=self.analyte,
            comparator=self.comparator,
            value=self.entered,
            unit=self.entered_unit,
            low=self.entered_low,
            high=self.entered_high,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one laboratory said of one sample, and the values that stand. `patient`: the id it was written with."""

    id: UUID
    patient: UUID
    organisation: UUID
    about: About
    entered_by: UUID
    entered_at: datetime
    revision: int
    imported: bool = False
    results: tuple[Result, ...] = ()
    removed_at: datetime | None = None
    removed_by: UUID | None = None
    removed_reason: str = ""

    @property
    def out_of_range(self) -> int:
        return sum(one.out_of_range for one in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What a report said before a correction, what its values were, who changed it and why."""

    revision: int
    about: About
    reason: str
    changed_by: UUID
    changed_at: datetime
    results: tuple[Result, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReportScope(Scope):
    """What the guard needs, and what it learned of the report on the way."""

    patient: UUID
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of a series: which report it stands in, of which day."""

    report: UUID
    day: date
    laboratory: str
    result: Result

    @property
    def exact(self) -> bool:
        """Whether it is a number and not only a bound of one."""
        return not self.result.comparator


@dataclass(frozen=True, slots=True)
class Series:
    """All values of one analyte, the earliest first."""

    analyte: Analyte
    measures: tuple[Measure, ...]

    @property
    def last(self) -> Measure:
        return self.measures[-1]

    @property
    def before(self) -> Measure | None:
        return self.measures[-2] if len(self.measures) > 1 else None

    @property
    def trend(self) -> Trend:
        """How the last value compares with the one before; unknown where one of them is only a bound."""
        then = self.before
        if then is None or not (self.last.exact and then.exact):
            return Trend.UNKNOWN
        now, past = self.last.result.value, then.result.value
        return Trend.SAME if now == past else Trend.UP if now > past else Trend.DOWN

    @property
    def range(self) -> tuple[Decimal | None, Decimal | None] | None:
        """The range that the laboratories printed with every one of these values; None where they differ."""
        found = {(one.result.low, one.result.high) for one in self.measures}
        return found.pop() if len(found) == 1 and found != {(None, None)} else None

    @property
    def numbers(self) -> list[float]:
        """What an axis has to hold: the values, and the range that they share."""
        shared = [float(end) for end in self.range or () if end is not None]
        return [float(one.result.value) for one in self.measures if one.exact] + shared


def bare_name(text: str) -> str:
    """A name of an analyte as names are compared: laboratories leave out accents and capitals.

    >>> bare_name(" Hémoglobine  glyquée"), bare_name("HEMOGLOBINE GLYQUEE")
    ('hemoglobine glyquee', 'hemoglobine glyquee')
    """
    plain = normalize("NFD", text.casefold().replace("’", "'"))
    return " ".join("".join(sign for sign in plain if not combining(sign)).split())


def rounded(exact: Fraction) -> Decimal:
    """A fraction as a decimal number of DIGITS significant digits, no trailing zeros, no exponent.

    >>> rounded(Fraction(2, 3)), rounded(Fraction(1500, 1)), rounded(Fraction(0))
    (Decimal('0.666666666667'), Decimal('1500'), Decimal('0'))
    """
    if exact == 0:
        return Decimal(0)
    whole = len(str(abs(exact.numerator) // exact.denominator)) if abs(exact) >= 1 else 0
    leading = 0 if whole else len(str(exact.denominator // abs(exact.numerator))) - 1
    places = max(0, DIGITS - whole + leading)
    scaled = Decimal(round(exact * 10**places)).scaleb(-places)
    return Decimal(f"{scaled.normalize():f}")


def standing(comparator: str, value: Decimal, low: Decimal | None, high: Decimal | None) -> Standing:
    """Where a value, or the bound of one, lies in a range of which one end may be missing.

    >>> standing("", Decimal("5"), Decimal("3"), None), standing("<", Decimal("3"), Decimal("3"), Decimal("9"))
    (<Standing.WITHIN: 'within'>, <Standing.BELOW: 'below'>)
    >>> standing("<", Decimal("5"), Decimal("3"), Decimal("9")), standing("<=", Decimal("5"), None, Decimal("5"))
    (<Standing.UNSAID: 'unsaid'>, <Standing.WITHIN: 'within'>)
    """
    least, most = _reach(comparator, value)
    if low is not None and most is not None and (most < low or (most == low and comparator == "<")):
        return Standing.BELOW
    if high is not None and least is not None and (least > high or (least == high and comparator == ">")):
        return Standing.ABOVE
    enough = low is None or (least is not None and least >= low)
    if (low, high) == (None, None) or not enough:
        return Standing.UNSAID
    return Standing.WITHIN if high is None or (most is not None and most <= high) else Standing.UNSAID


def _reach(comparator: str, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that it can be; None without bound."""
    if comparator in {"<", "<="}:
        return None, value
    return value, value if comparator == "" else None


def result_of(report: UUID, result: UUID, analyte: Analyte, entry: Entry, since: int) -> Result:
    """What is kept of an entry: as it was given, and converted. LookupError for a unit that the analyte has not."""
    low, high = (None if one is None else analyte.converted(one, entry.unit) for one in (entry.low, entry.high))
    return Result(
        id=result,
        report=report,
        analyte=analyte.id,
        comparator=entry.comparator,
        entered=entry.value,
        entered_unit=entry.unit,
        entered_low=entry.low,
        entered_high=entry.high,
        value=analyte.converted(entry.value, entry.unit),
        unit=analyte.unit.ucum,
        low=low,
        high=high,
        since=since,
    )


def all_series(reports: Sequence[Report], analytes: Mapping[str, Analyte]) -> list[Series]:
    """The series of all results, in the order of the catalogue. `reports` rise by day."""
    found: dict[str, list[Measure]] = {}
    for report in reports:
        for one in report.results:
            measure = Measure(report.id, report.about.taken_on, report.about.laboratory, one)
            found.setdefault(one.analyte, []).append(measure)
    return [Series(analyte, tuple(found[key])) for key, analyte in analytes.items() if key in found]
