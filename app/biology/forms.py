"""Reading the form of a laboratory report: its values, or what is wrong with each field. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.biology.model import (
    LONGEST_COMMENT,
    LONGEST_LABORATORY,
    LONGEST_REASON,
    LONGEST_SAMPLE,
    About,
    Analyte,
    Catalogue,
    Entry,
    Report,
)
from app.biology.numbers import COUNTED, number_in, typed_as, value_in

ABOUT = ("taken_on", "taken_time", "laboratory", "sample", "fasting", "comment", "reason", "sure")
OF_ANALYTE = ("value", "unit", "low", "high")
EARLIEST = date(1950, 1, 1)
TIME = re.compile(r"([01]?\d|2[0-3])\s*[:hH]\s*([0-5]\d)?")
LONGEST = {
    "laboratory": LONGEST_LABORATORY,
    "sample": LONGEST_SAMPLE,
    "comment": LONGEST_COMMENT,
    "reason": LONGEST_REASON,
}


class Fault(StrEnum):
    """What is wrong with one field."""

    DATE_MISSING = "date_missing"
    DATE_WRONG = "date_wrong"
    DATE_FUTURE = "date_future"
    DATE_EARLY = "date_early"
    DATE_UNBORN = "date_unborn"
    TIME_WRONG = "time_wrong"
    TOO_LONG = "too_long"
    NUMBER_WRONG = "number_wrong"
    UNIT_WRONG = "unit_wrong"
    VALUE_MISSING = "value_missing"
    RANGE_REVERSED = "range_reversed"
    IMPLAUSIBLE = "implausible"
    NOTHING = "nothing"
    REASON_MISSING = "reason_missing"


Faults = dict[str, Fault]


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says, and what is wrong. `doubted`: what stands for the unlikely values in the field `sure`."""

    about: About | None
    entries: tuple[Entry, ...]
    reason: str
    faults: Faults
    doubted: str = ""


def fields_of(analytes: Iterable[Analyte]) -> list[str]:
    """The names of all fields of a form with these analytes."""
    return [*ABOUT, *(f"{part}-{one.id}" for one in analytes for part in OF_ANALYTE)]


def day_in(text: str) -> date | None:
    """A day as a browser sends it, or as people in France write it; None if it is none.

    >>> day_in("2026-11-22"), day_in("2/11/2026"), day_in("22.11.26")
    (datetime.date(2026, 11, 22), datetime.date(2026, 11, 2), None)
    """
    parts = re.split(r"[/.]", text.strip())
    typed = f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}" if len(parts) == 3 else text.strip()
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def time_in(text: str) -> time | None:
    """A clock time as people write it.

    >>> time_in("7:30"), time_in("7 h 30"), time_in("8h"), time_in("soon")
    (datetime.time(7, 30), datetime.time(7, 30), datetime.time(8, 0), None)
    """
    match = TIME.fullmatch(" ".join(text.split()).replace("h ", "h"))
    return time(int(match[1]), int(match[2] or 0)) if match else None


def read_report(
    typed: Mapping[str, str],
    analytes: Iterable[Analyte],
    today: date,
    zone: str,
    *,
    born: date = EARLIEST,
    correcting: bool = False,
) -> Read:
    """The report that a form says. An analyte without a value is left out; its range alone is a fault.

    `born`: the first day on which the person can have been born.
    """
    about, faults = _about(typed, (born, today), zone)
    entries: list[Entry] = []
    doubted: list[str] = []
    for one in analytes:
        entry, wrong = _entry(typed, one)
        faults |= {f"{part}-{one.id}": fault for part, fault in wrong.items()}
        if entry is not None and not wrong:
            entries.append(entry)
            if not one.plausible(one.converted(entry.value, entry.unit)):
                doubted.append(f"{one.id}={entry.value}{entry.unit}")
    if not entries and not faults:
        faults["values"] = Fault.NOTHING
    reason = _text(typed, "reason")
    if correcting and not reason:
        faults["reason"] = Fault.REASON_MISSING
    said = " ".join(doubted)
    if said and typed.get("sure") != said:
        faults["sure"] = Fault.IMPLAUSIBLE
    return Read(about, tuple(entries), reason, faults, said)


def _text(typed: Mapping[str, str], field: str) -> str:
    return typed.get(field, "").replace("\0", "").strip()


def _about(typed: Mapping[str, str], life: tuple[date, date], zone: str) -> tuple[About | None, Faults]:
    faults = {field: Fault.TOO_LONG for field, most in LONGEST.items() if len(_text(typed, field)) > most}
    day, clock = day_in(_text(typed, "taken_on")), time_in(_text(typed, "taken_time"))
    if fault := _day_fault(_text(typed, "taken_on"), day, *life):
        faults["taken_on"] = fault
    if _text(typed, "taken_time") and clock is None:
        faults["taken_time"] = Fault.TIME_WRONG
    if day is None or faults:
        return None, faults
    return About(
        taken_on=day,
        taken_at=None if clock is None else datetime.combine(day, clock, ZoneInfo(zone)),
        laboratory=" ".join(_text(typed, "laboratory").split()),
        sample=" ".join(_text(typed, "sample").split()),
        fasting={"yes": True, "no": False}.get(typed.get("fasting", "")),
        comment=_text(typed, "comment"),
    ), faults


def _day_fault(text: str, day: date | None, born: date, today: date) -> Fault | None:
    if day is None:
        return Fault.DATE_WRONG if text else Fault.DATE_MISSING
    if day > today:
        return Fault.DATE_FUTURE
    if day < EARLIEST:
        return Fault.DATE_EARLY
    return Fault.DATE_UNBORN if day < born else None


def _entry(typed: Mapping[str, str], one: Analyte) -> tuple[Entry | None, Faults]:
    said = {part: _text(typed, f"{part}-{one.id}") for part in OF_ANALYTE}
    if not said["value"]:
        ends = said["low"] or said["high"]
        return None, {"value": Fault.VALUE_MISSING} if ends else {}
    counted = said["unit"] in COUNTED
    value = value_in(said["value"], counted=counted)
    low, high = (number_in(said[part], counted=counted) for part in ("low", "high"))
    faults = {part: Fault.NUMBER_WRONG for part, end in (("low", low), ("high", high)) if said[part] and end is None}
    if said["unit"] not in {unit.ucum for unit in one.units}:
        faults["unit"] = Fault.UNIT_WRONG
    if low is not None and high is not None and low > high:
        faults["high"] = Fault.RANGE_REVERSED
    if value is None:
        return None, faults | {"value": Fault.NUMBER_WRONG}
    return Entry(analyte=one.id, comparator=value[0], value=value[1], unit=said["unit"], low=low, high=high), faults


def typed_of(report: Report, language: str, zone: str) -> dict[str, str]:
    """What the form of a report holds before anybody types."""
    about = report.about
    local = about.taken_at.astimezone(ZoneInfo(zone)) if about.taken_at else None
    typed = {
        "taken_on": about.taken_on.isoformat(),
        "taken_time": f"{local.hour}:{local.minute:02d}" if local else "",
        "laboratory": about.laboratory,
        "sample": about.sample,
        "fasting": {True: "yes", False: "no", None: ""}[about.fasting],
        "comment": about.comment,
        "reason": "",
        "sure": "",
    }
    for one in report.results:
        numbers: dict[str, Decimal | None] = {"low": one.entered_low, "high": one.entered_high}
        typed |= {f"{part}-{one.analyte}": typed_as(number, language) for part, number in numbers.items()}
        typed[f"value-{one.analyte}"] = one.comparator + typed_as(one.entered, language)
        typed[f"unit-{one.analyte}"] = one.entered_unit
    return typed


def shown_analytes(catalogue: Catalogue, panels: Iterable[str], also: Iterable[str] = ()) -> list[Analyte]:
    """What a form asks for: the analytes of these panels, and those of a report, in the order of the catalogue."""
    chosen, needed = set(panels), set(also)
    return [one for one in catalogue.analytes.values() if one.panel in chosen or one.id in needed]
