"""Reading the forms about a centre of a trial: what was typed becomes days and numbers, or what is wrong. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.trials.sites.model import LARGEST, Hope

LONGEST_REASON = 500
DAYS = ("day", "month", "year")


class Fault(StrEnum):
    """What is wrong with one field."""

    CENTRE_MISSING = "centre_missing"
    DAY_MISSING = "day_missing"
    DAY_WRONG = "day_wrong"
    TARGET_WRONG = "target_wrong"
    BY_WRONG = "by_wrong"
    BY_EARLY = "by_early"
    OPEN_ALREADY = "open_already"
    REASON_MISSING = "reason_missing"
    REASON_LONG = "reason_long"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as it was, with `faults` by field; only without faults is it `on` a day with a `hope`."""

    organisation: str
    opened: str
    target: str
    by: str
    on: date | None
    centre: UUID | None
    hope: Hope
    faults: Mapping[str, Fault]


def fields() -> tuple[str, ...]:
    """Every box of the forms."""
    return ("organisation", "target", "revision", *(f"{name}-{part}" for name in ("opened", "by") for part in DAYS))


def read_opening(typed: Mapping[str, str], offered: Collection[UUID]) -> Typed:
    """A centre that is opened: which, from when, how many people it hopes for."""
    faults: dict[str, Fault] = {}
    centre = next((one for one in offered if str(one) == typed.get("organisation", "")), None)
    if centre is None:
        faults["organisation"] = Fault.CENTRE_MISSING
    opened, on = _day(typed, "opened")
    if on is None:
        faults["opened"] = Fault.DAY_WRONG if opened else Fault.DAY_MISSING
    hope, by = _hope(typed, on, faults)
    return Typed(typed.get("organisation", ""), opened, typed.get("target", "").strip(), by, on, centre, hope, faults)


def read_hope(typed: Mapping[str, str], opened: date) -> Typed:
    """How many people a centre hopes for, that opened on that day."""
    faults: dict[str, Fault] = {}
    hope, by = _hope(typed, opened, faults)
    return Typed("", "", typed.get("target", "").strip(), by, opened, None, hope, faults)


def read_reason(written: str) -> tuple[str, Fault | None]:
    """Why a centre is closed, on one line.

    >>> read_reason(" Enough  people "), read_reason(" ")
    (('Enough people', None), ('', <Fault.REASON_MISSING: 'reason_missing'>))
    """
    reason = " ".join(written.split())
    if not reason:
        return "", Fault.REASON_MISSING
    return reason, Fault.REASON_LONG if len(reason) > LONGEST_REASON else None


def _hope(typed: Mapping[str, str], opened: date | None, faults: dict[str, Fault]) -> tuple[Hope, str]:
    written = "".join(typed.get("target", "").split())
    target = int(written) if written.isascii() and written.isdigit() and len(written) <= len(str(LARGEST)) else None
    if written and (target is None or not 1 <= target <= LARGEST):
        faults["target"] = Fault.TARGET_WRONG
    by, until = _day(typed, "by")
    if by and until is None:
        faults["by"] = Fault.BY_WRONG
    elif until and opened and until < opened:
        faults["by"] = Fault.BY_EARLY
    return Hope(target, until), by


def _day(typed: Mapping[str, str], name: str) -> tuple[str, date | None]:
    """The three boxes of a date, as typed and as a day.

    >>> _day({"by-day": "9", "by-month": "11", "by-year": "2026"}, "by"), _day({"by-day": "31"}, "by"), _day({}, "by")
    (('2026-11-9', datetime.date(2026, 11, 9)), ('--31', None), ('', None))
    """
    parts = [typed.get(f"{name}-{part}", "").strip()[:4] for part in reversed(DAYS)]
    if not any(parts):
        return "", None
    try:
        year, month, day = map(int, parts)
        return "-".join(parts), date(year, month, day)
    except ValueError:
        return "-".join(parts), None
