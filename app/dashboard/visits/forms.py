"""Reading the forms by which a visit is held. Pure; what the rules of a visit refuse is refused by its actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from app.trials.visits.model import LONGEST_NOTE, SkipReason

EARLIEST = timedelta(days=366)
"""A visit may have been held so long before the inclusion, while it was prepared."""


class Fault(StrEnum):
    DAY = "day"
    FUTURE = "future"
    EARLY = "early"
    BEFORE_START = "before_start"
    WHY_MISSING = "why_missing"
    WHY_SKIPPED = "why_skipped"
    OTHER = "other"
    REASON = "reason"
    NOTE = "note"
    LONG = "long"
    KIND = "kind"


Faults = dict[str, Fault]
"""By field."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent, to be shown again."""

    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def read_day(text: str, included_on: date, today: date) -> date | Fault:
    """The day on which something of a visit was done.

    >>> day = date(2026, 3, 1)
    >>> [read_day(text, day, day) for text in ("2026-03-01", "2026-03-02", "2020-03-02", "yesterday")]
    [datetime.date(2026, 3, 1), <Fault.FUTURE: 'future'>, <Fault.EARLY: 'early'>, <Fault.DAY: 'day'>]
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return Fault.DAY
    if day > today:
        return Fault.FUTURE
    return Fault.EARLY if included_on - day > EARLIEST else day


def words_fault(text: str, missing: Fault | None) -> Fault | None:
    """What is wrong with free words; `missing` where there must be some."""
    if not text.strip():
        return missing
    return Fault.LONG if len(text.strip()) > LONGEST_NOTE or "\x00" in text else None


def read_skip(typed: Typed) -> tuple[SkipReason | None, Faults]:
    """Why a visit is not held; another reason than those offered needs words."""
    faults: Faults = {}
    reason = SkipReason(typed["why"]) if typed["why"] in set(SkipReason) else None
    if reason is None:
        faults["why"] = Fault.WHY_SKIPPED
    fault = words_fault(typed["note"], Fault.OTHER if reason is SkipReason.OTHER else None)
    return reason, faults | ({"note": fault} if fault else {})
