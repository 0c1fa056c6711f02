"""Scores in the life of a patient: one series a score, its course, what changed. Pure; the words are in wording.py."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import floor
from uuid import UUID

from app.questionnaires import shapes
from app.questionnaires.model import Questionnaire, text
from app.responses.model import DatedScore

Find = Callable[[str, str], Questionnaire]
Comparable = Callable[[str, str, str], bool]
"""Whether scores of two versions of a questionnaire (key, one version, the next) mean the same."""


class Trend(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a series. `value` is None where the answers did not allow one; `fresh` starts a new line."""

    response: UUID
    day: date
    value: float | bool | None
    band: str | None
    version: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Series:
    """All results of one score, the earliest first. `questionnaire` is the version of the latest."""

    questionnaire: Questionnaire
    score: shapes.Score
    results: tuple[Result, ...]

    @property
    def id(self) -> str:
        return f"{self.questionnaire.key}-{self.score.id}"

    @property
    def last(self) -> Result:
        return self.results[-1]

    @property
    def before(self) -> Result | None:
        """The result with which the last one compares: the nearest earlier one that has a value."""
        if self.last.fresh:
            return None
        for one in reversed(self.results[:-1]):
            if one.value is not None:
                return one
            if one.fresh:
                return None
        return None

    @property
    def trend(self) -> Trend:
        now, then = self.last.value, self.before.value if self.before else None
        if now is None or then is None or isinstance(now, bool) or isinstance(then, bool):
            return Trend.UNKNOWN
        return Trend.SAME if now == then else Trend.UP if now > then else Trend.DOWN

    @property
    def tone(self) -> str:
        """How the change is tinted: `attention` for the worse, `success` for the better, "" else."""
        worse = {"worse": Trend.UP, "better": Trend.DOWN}.get(self.score.higher_is or "")
        if worse is None or self.trend in {Trend.SAME, Trend.UNKNOWN}:
            return ""
        return "attention" if self.trend is worse else "success"

    @property
    def plotted(self) -> bool:
        return self.score.plot is not None and not any(isinstance(one.value, bool) for one in self.results)

    def stretch(self) -> list[Result]:
        """The results with a value that compare with the last one, the earliest first."""
        found: list[Result] = []
        for one in reversed(self.results):
            if one.value is not None:
                found.append(one)
            if one.fresh:
                break
        return found[::-1]

    def limits(self) -> tuple[float, float]:
        """The ends of the axis: the range of a scale; for a measure, with a unit, what fits around the values."""
        values = [float(one.value) for one in self.results if one.value is not None]
        if self.score.range and self.score.unit is None:
            return self.score.range[0], self.score.range[1]
        lines = self.score.plot.lines if self.score.plot else []
        return fitted([*values, *lines] or [0.0])

    def bands(self, language: str) -> list[dict[str, float | str]]:
        """The bands as the chart draws them: each reaches up to the next, the last to the end of the axis."""
        low, high = self.limits()
        bands = self.score.bands or []
        ends = [*(band.start for band in bands[1:]), high][: len(bands)]
        return [
            {"from": max(band.start, low), "to": min(end, high), "label": text(band.label, language)}
            for band, end in zip(bands, ends, strict=True)
            if band.start < high and end > low
        ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The score that stands for a response in a list; `several`: it has others, so that this one needs its name."""

    score: shapes.Score
    several: bool
    value: float | bool | None = None
    band: str | None = None
    pending: bool = False


def turning_point(stretch: Sequence[Result]) -> Result | None:
    """The result between the first and the last that lies furthest outside of both; None on a steady way."""
    if len(stretch) < 3:
        return None
    ends = (float(stretch[0].value or 0), float(stretch[-1].value or 0))
    beyond = [(max(min(ends) - float(one.value or 0), float(one.value or 0) - max(ends)), one) for one in stretch[1:-1]]
    distance, furthest = max(beyond, key=lambda pair: pair[0])
    return furthest if distance > 0 else None


def fitted(values: Sequence[float]) -> tuple[float, float]:
    """The ends of an axis a little way around some values, so that its quarters are round numbers.

    >>> fitted([72.0, 78.0]), fitted([0.48, 0.52]), fitted([24.1, 25.3, 18.5, 30]), fitted([0.0])
    ((65.0, 85.0), (0.4, 0.8), (15.0, 35.0), (0.0, 2.0))
    """
    low, high = min(values), max(values)
    room = max((high - low) * 0.15, abs(high) * 0.05) or 1.0
    start = end = 0.0
    for quarter in (0.1 * head * 10.0**power for power in range(9) for head in (1, 2, 5)):
        start = floor((low - room) / quarter) * quarter
        start = max(0.0, start) if low >= 0 else start
        end = start + 4 * quarter
        if end >= high + room:
            break
    return round(start, 6), round(end, 6)


def scales(series: Iterable[Series]) -> dict[str, list[Series]]:
    """The plotted scores of each questionnaire, by its key, in the order of the series."""
    found: dict[str, list[Series]] = {}
    for one in series:
        if one.plotted:
            found.setdefault(one.questionnaire.key, []).append(one)
    return found


def chosen_scale(found: Mapping[str, Sequence[Series]], asked: str) -> str:
    """The key of the scale to draw: the one asked for, else the latest that has a course, else the latest."""
    if asked in found:
        return asked
    coursed = (key for key, series in found.items() if any(len(one.stretch()) > 1 for one in series))
    return next(coursed, next(iter(found), ""))


def band_label(score: shapes.Score, code: str | None, language: str) -> str:
    """The words of a band, "" for none."""
    return next((text(band.label, language) for band in score.bands or () if band.code == code), "")


def all_series(
    scores: Iterable[DatedScore], find: Find, comparable: Comparable, day_of: Callable[[datetime], date]
) -> list[Series]:
    """The series that teams may see, the one with the latest result first. Results that wait for the worker are left
    out, and those of scores that do not apply to the person."""
    found: dict[tuple[str, str], list[DatedScore]] = {}
    for one in scores:
        if one.score.status != "not_applicable" and not one.score.stale:
            found.setdefault((one.questionnaire, one.score.score_id), []).append(one)
    series = [_series(key, score_id, dated, find, comparable, day_of) for (key, score_id), dated in found.items()]
    shown = [one for one in series if "team" in one.score.shown_to]
    return sorted(shown, key=lambda one: one.last.day, reverse=True)


def _series(
    key: str,
    score_id: str,
    dated: list[DatedScore],
    find: Find,
    comparable: Comparable,
    day_of: Callable[[datetime], date],
) -> Series:
    results: list[Result] = []
    for one in dated:
        fresh = bool(results) and not comparable(key, results[-1].version, one.version)
        results.append(
            Result(one.score.response, day_of(one.submitted_at), one.score.value, one.score.band, one.version, fresh)
        )
    q = find(key, dated[-1].version)
    return Series(q, q.score(score_id).score, tuple(results))


def versions_compare(versions: Sequence[Questionnaire], one: str, other: str) -> bool:
    """Whether no version after the lower of two, up to the higher, says that its scores mean something else.

    `versions` rise.
    """
    order = [q.version for q in versions]
    low, high = sorted((order.index(one), order.index(other)))
    lineages = [q.file.lineage for q in versions[low + 1 : high + 1]]
    return all(lineage is None or lineage.scores_comparable is not False for lineage in lineages)
