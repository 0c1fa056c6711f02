"""Norm tables: CSV rows by age, education and sex, or a regression. Pure: text in, table out."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

Env = Mapping[str, Any]
ReadNorm = Callable[[float, Env, str], float | None]
Strata = Mapping[str, str]
"""Column name → `range` (cells 20-39, 75+, any) or `exact`."""


@dataclass(frozen=True, slots=True)
class Span:
    low: float
    high: float

    def holds(self, x: float) -> bool:
        return self.low <= x <= self.high


def read_span(text: str) -> Span:
    """A cell of a stratum; raises ValueError.

    >>> read_span("20-39"), read_span("75+").high, read_span("any").low
    (Span(low=20.0, high=39.0), inf, -inf)
    """
    text = text.strip()
    if text == "any":
        return Span(-math.inf, math.inf)
    if text.endswith("+"):
        return Span(_finite(text[:-1]), math.inf)
    dash = text.find("-", 1)
    if dash > 0:
        return Span(_finite(text[:dash]), _finite(text[dash + 1 :]))
    return Span(_finite(text), _finite(text))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


@dataclass(frozen=True, slots=True)
class NormProblem:
    row: int  # line of the CSV file, from 1
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Norm:
    """`read(raw, env, column)` gives the standardised value, or None outside the norm.

    Never the nearest row.
    """

    name: str
    gives: tuple[str, ...]
    needs: tuple[str, ...]
    read: ReadNorm
    problems: tuple[NormProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: dict[str, Span | str]
    figures: dict[str, float]

    def fits(self, facts: Env) -> bool:
        return all(_fits(cell, facts[name]) for name, cell in self.cells.items())


def _fits(cell: Span | str, fact: Any) -> bool:
    return cell.holds(math.floor(fact)) if isinstance(cell, Span) else cell in ("any", fact)


@dataclass(slots=True)
class _Table:
    columns: tuple[str, ...]
    rows: list[_Row] = field(default_factory=list)
    problems: list[NormProblem] = field(default_factory=list)

    def find(self, facts: Env) -> Iterator[_Row]:
        if all(facts[name] is not None for name in (self.rows[0].cells if self.rows else ())):
            yield from (row for row in self.rows if row.fits(facts))


def _read_table(text: str, strata: Strata, figures: Callable[[tuple[str, ...]], tuple[str, ...]]) -> _Table:
    reader = csv.DictReader(io.StringIO(text))
    table = _Table(tuple(reader.fieldnames or ()))
    wanted = figures(table.columns)
    needed = {*strata, *wanted}
    if not needed <= set(table.columns):
        what = f"columns are {', '.join(table.columns) or 'none'}"
        table.problems.append(NormProblem(1, what, f"need {', '.join(sorted(needed))}"))
        return table
    for number, row in enumerate(reader, 2):
        try:
            cells = {k: row[k].strip() if how == "exact" else read_span(row[k]) for k, how in strata.items()}
            table.rows.append(_Row(number, cells, {name: _finite(row[name]) for name in wanted}))
        except (ValueError, TypeError, AttributeError):
            what = "a cell is not a number or a range such as 20-39, 75+, any"
            table.problems.append(NormProblem(number, what, "correct the cell"))
    return table


def mean_sd(name: str, text: str, strata: Strata, *, reverse: bool) -> Norm:
    """Rows of strata, mean, sd; z = (raw - mean) / sd, the sign turned when a higher raw value is worse.

    Ages count in whole years: 39.9 belongs to 20-39. Overlapping rows and gaps between them are problems.
    """
    table = _read_table(text, strata, lambda columns: ("mean", "sd"))
    for row in table.rows:
        if row.figures["sd"] <= 0:
            table.problems.append(NormProblem(row.number, "sd is not above 0", "correct the row"))
    table.problems.extend(_overlaps(table.rows))
    table.problems.extend(_gaps(table.rows, strata))
    sign = -1 if reverse else 1

    def read(raw: float, env: Env, column: str) -> float | None:
        for row in table.find(env):
            return sign * (raw - row.figures["mean"]) / row.figures["sd"]
        return None

    return Norm(name, ("z",), tuple(strata), read, tuple(table.problems))


def conversion(name: str, text: str, strata: Strata, *, linear: bool) -> Norm:
    """Rows of strata, raw and output columns (scaled, percentile, t).

    Between two raws the lower row, or a line.
    """
    table = _read_table(text, strata, lambda columns: ("raw", *_outputs(columns, strata)))
    outputs = _outputs(table.columns, strata)
    if not outputs:
        what = "there is no column beside the strata and raw"
        table.problems.append(NormProblem(1, what, "add the converted value"))
    table.problems.extend(_same_raw(table.rows))

    def read(raw: float, env: Env, column: str) -> float | None:
        points = sorted((row.figures["raw"], row.figures[column]) for row in table.find(env))
        below = max((p for p in points if p[0] <= raw), default=None)
        above = min((p for p in points if p[0] >= raw), default=None)
        if below is None or above is None:
            return None
        if below == above or not linear:
            return below[1]
        return below[1] + (above[1] - below[1]) * (raw - below[0]) / (above[0] - below[0])

    return Norm(name, outputs, tuple(strata), read, tuple(table.problems))


def regression(name: str, needs: tuple[str, ...], expected: Callable[[Env], Any], sd: float, sign: int) -> Norm:
    """z = sign x (raw - expected) / residual sd; sign -1 when a higher raw value is worse."""

    def read(raw: float, env: Env, column: str) -> float | None:
        return None if (mean := expected(env)) is None else sign * (raw - mean) / sd

    return Norm(name, ("z",), needs, read)


def _outputs(columns: tuple[str, ...], strata: Strata) -> tuple[str, ...]:
    return tuple(column for column in columns if column not in (*strata, "raw"))


def _meet(a: Span | str, b: Span | str) -> bool:
    if isinstance(a, Span) and isinstance(b, Span):
        return a.low <= b.high and b.low <= a.high
    return "any" in (a, b) or a == b


def _overlaps(rows: list[_Row]) -> Iterator[NormProblem]:
    for a, b in combinations(rows, 2):
        if all(_meet(a.cells[k], b.cells[k]) for k in a.cells):
            what = f"the stratum overlaps that of row {a.number}"
            yield NormProblem(b.number, what, "make the ranges disjoint")


def _same_raw(rows: list[_Row]) -> Iterator[NormProblem]:
    by_raw: dict[float, list[_Row]] = {}
    for row in rows:
        by_raw.setdefault(row.figures["raw"], []).append(row)
    for alike in by_raw.values():
        for a, b in combinations(alike, 2):
            if all(_meet(a.cells[k], b.cells[k]) for k in a.cells):
                what = f"the raw value stands already in row {a.number}"
                yield NormProblem(b.number, what, "keep one row for each raw value of a stratum")


def _gaps(rows: list[_Row], strata: Strata) -> Iterator[NormProblem]:
    """Gaps on each axis by itself."""
    for name, how in strata.items():
        if how != "range":
            continue
        cells = (row.cells[name] for row in rows)
        spans = sorted({(cell.low, cell.high) for cell in cells if isinstance(cell, Span)})
        for (_, high), (low, _) in pairwise(spans):
            if low > high + 1:
                what = f"nobody with {name} between {high:g} and {low:g} has a norm"
                yield NormProblem(1, what, "add the stratum")
