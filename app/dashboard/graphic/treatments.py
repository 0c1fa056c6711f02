"""Treatments as rows of the graphic: one row a substance or thing, one bar a dose. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from app.dashboard.graphic.model import Bar, Row
from app.lib.i18n import NBSP, number_words
from app.treatments.model import Period


def treatment_rows(periods: Iterable[Period]) -> list[Row]:
    """In the order in which they began. Doses of one row compare, being of one unit."""
    found: dict[str, list[Bar]] = {}
    for one in periods:
        found.setdefault(one.label, []).append(Bar(one.start, one.end, _dose(one.daily, one.unit), _number(one.daily)))
    return [Row(label, tuple(bars)) for label, bars in found.items()]


def _dose(daily: Decimal | None, unit: str) -> str:
    return "" if daily is None else f"{number_words(float(daily))}{NBSP}{unit}"


def _number(daily: Decimal | None) -> float | None:
    return None if daily is None else float(daily)
