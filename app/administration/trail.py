"""What is asked of the trail, as a form and as an address hold it. Pure; an address holds ids, never who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from app.lib.cursors import Place, cursor

FIELDS = ("person", "patient", "action", "first", "last", "centre")


class Problem(StrEnum):
    NO_PERSON = "no_person"
    NO_PATIENT = "no_patient"
    NO_DAY = "no_day"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to. `action`: one, or a group of them. The days are counted where the reader lives."""

    person: UUID | None = None
    patient: UUID | None = None
    action: str = ""
    first: date | None = None
    last: date | None = None
    centre: UUID | None = None

    def address(self, path: str, before: Place | None = None) -> str:
        """The page of this list, from a place on."""
        values = {name: str(getattr(self, name) or "") for name in FIELDS}
        values["before"] = cursor(before) if before else ""
        given = {name: value for name, value in values.items() if value}
        return f"{path}?{urlencode(given)}" if given else path

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From the first moment of the first day to the first moment after the last."""
        days = (self.first, self.last and self.last + timedelta(days=1))
        begin, end = (None if day is None else datetime.combine(day, time(), ZoneInfo(zone)) for day in days)
        return begin, end

    @property
    def narrowed(self) -> list[str]:
        """By which fields, for the event that this reading leaves."""
        return [name for name in FIELDS if getattr(self, name)]


def read(values: Mapping[str, str]) -> Asked:
    """What an address asks; what cannot be read in it is not asked."""
    return Asked(
        _id(values.get("person", "")),
        _id(values.get("patient", "")),
        values.get("action", ""),
        day_in(values.get("first", "")),
        day_in(values.get("last", "")),
        _id(values.get("centre", "")),
    )


def read_days(typed: Mapping[str, str], asked: Asked) -> tuple[Asked, dict[str, Problem]]:
    """The days as typed into the form, and what is wrong with them."""
    days = {name: day_in(typed[name]) for name in ("first", "last")}
    problems = {name: Problem.NO_DAY for name, day in days.items() if typed[name].strip() and day is None}
    first, last = days["first"], days["last"]
    if first and last and last < first:
        problems["last"] = Problem.ORDER
    return replace(asked, first=first, last=last), problems


def day_in(text: str) -> date | None:
    """A day as a date field sends it.

    >>> day_in(" 2026-11-22 "), day_in("22/11/2026"), day_in("9999-12-31")
    (datetime.date(2026, 11, 22), None, None)
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if date(1970, 1, 2) <= day < date(9999, 1, 1) else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
