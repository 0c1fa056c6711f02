"""Prescriptions and adverse effects as values, and what follows from them: daily doses, periods, overlaps. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.access.policy import Scope
from app.patients.dates import PartialDate

TIMES = ("morning", "noon", "evening", "night", "any")
UNITS = (
    "tablet",
    "capsule",
    "sachet",
    "suppository",
    "mg",
    "g",
    "ml",
    "drop",
    "puff",
    "iu",
    "patch",
    "injection",
    "session",
)
STOPPED = ("ineffective", "adverse_effect", "remission", "wish", "other")
SEVERITIES = ("mild", "moderate", "severe", "serious")
OUTCOMES = ("ongoing", "recovered", "sequelae", "unknown")
ACTIONS = ("none", "dose_reduced", "stopped", "treated", "unknown")
WHOLE_ATC = 7
"""Signs of a code that names a substance; shorter ones name a class."""
TO_MILLIGRAMS = {"mg": Decimal(1), "g": Decimal(1000)}

Take = tuple[str, Decimal]
"""One of TIMES, or a clock time such as 08:30, and how much."""


class Rhythm(StrEnum):
    DAILY = "daily"
    EVERY = "every"
    WEEKDAYS = "weekdays"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug of the database. `strength`: milligrams of its one substance in one `strength_per`; None where unsure."""

    cis: str
    name: str
    form: str
    routes: tuple[str, ...]
    holder: str
    marketed: bool
    withdrawn: bool
    substances: str
    atc: str = ""
    strength: Decimal | None = None
    strength_per: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be taken, how much, when. `weekdays`: 1 is Monday. `words`: what it is, where it is no drug."""

    unit: str
    takes: tuple[Take, ...]
    started: PartialDate
    rhythm: Rhythm = Rhythm.DAILY
    every_days: int = 1
    weekdays: tuple[int, ...] = ()
    most_per_day: Decimal | None = None
    route: str = ""
    words: str = ""
    reason: str = ""
    prescriber: str = ""
    refill_on: date | None = None

    @property
    def of_a_day(self) -> Decimal:
        """How much on a day on which it is taken."""
        return sum((amount for _when, amount in self.takes), Decimal())


@dataclass(frozen=True, slots=True)
class Stop:
    """The last day, and why it was the last. `changed`: another dose follows."""

    ended: PartialDate
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prescription:
    """One dose over one time."""

    id: UUID
    patient: UUID
    organisation: UUID
    cis: str | None
    label: str
    substance: str
    strength: Decimal | None
    strength_per: str
    plan: Plan
    stop: Stop | None
    follows: UUID | None
    created_by: UUID
    created_at: datetime
    revision: int
    atc: str = ""

    @property
    def name(self) -> str:
        return self.label or self.plan.words

    @property
    def subject(self) -> str:
        """What doses compare over time: the substance, else the thing by its name."""
        return self.substance.capitalize() if self.substance else self.name

    @property
    def daily_mg(self) -> Decimal | None:
        """Milligrams a day; None where that would be a guess."""
        if self.plan.rhythm is not Rhythm.DAILY or not self.plan.takes:
            return None
        if self.plan.unit in TO_MILLIGRAMS:
            return self.plan.of_a_day * TO_MILLIGRAMS[self.plan.unit]
        if self.strength is None or self.plan.unit != self.strength_per:
            return None
        return self.plan.of_a_day * self.strength

    def is_current(self, today: date) -> bool:
        """Whether it is still taken; what begins later is current too. Stopped "in 2026" is stopped from then on."""
        return self.stop is None or self.stop.ended.earliest > today


@dataclass(frozen=True, slots=True)
class Period:
    """A time under one dose. `end`: the last day, None while it goes on; `daily` in `unit` a day, None if unknown."""

    label: str
    start: date
    end: date | None
    daily: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class NewEffect:
    """What was not tolerated. `suspected`: ids of prescriptions."""

    label: str
    severity: str
    started: PartialDate
    ended: PartialDate | None
    outcome: str
    action_taken: str
    suspected: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    id: UUID
    patient: UUID
    organisation: UUID
    known: NewEffect
    created_by: UUID
    created_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Former:
    """What a correction replaced, by name of the value."""

    values: dict[str, Any]
    why: str
    changed_by: UUID
    changed_at: datetime


@dataclass(frozen=True)
class RowScope(Scope):
    """Where a prescription or an adverse effect belongs. `removed`: it was written by mistake."""

    removed: bool = False


def period_of(one: Prescription) -> Period:
    """Its time, from the first day that its beginning may be to the last that its end may be."""
    daily = one.daily_mg
    end = one.stop.ended.latest if one.stop else None
    start = one.plan.started.earliest
    return Period(one.subject, start, max(end, start) if end else None, daily, "mg" if daily is not None else "")


def timeline(known: Iterable[Prescription]) -> list[tuple[Prescription, Period]]:
    """Each with its period, in the order in which they began; one substance has one label, however it is spelled."""
    found: list[tuple[Prescription, Period]] = []
    labels: dict[str, str] = {}
    for one in sorted(known, key=lambda one: one.plan.started.earliest):
        period = period_of(one)
        # Several substances may share a code with others that hold only one of them.
        if len(one.atc) == WHOLE_ATC and " + " not in one.substance:
            period = replace(period, label=labels.setdefault(one.atc, period.label))
        found.append((one, period))
    return found


def overlapping(substance: str, atc: str, started: PartialDate, known: Iterable[Prescription]) -> list[Prescription]:
    """What holds the same substance, by its name or its code, and is taken at the time at which this begins."""
    code = atc if len(atc) == WHOLE_ATC else None
    return [
        one
        for one in known
        if ((substance and one.substance == substance) or one.atc == code)
        and (one.stop is None or one.stop.ended.latest > started.earliest)
    ]
