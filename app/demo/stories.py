"""What a story of the demonstration is made of, in days before and after today. Pure; telling.py makes it true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

Given = Mapping[str, Any]
"""Answers as JSON, by item; a repeating group is a list of rows."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A questionnaire that was answered and sent. `by` is a key of the team; without it the own account answered."""

    questionnaire: str
    days_ago: int
    given: Given
    answered_by: str = "patient"
    by: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire that waits. `given` are the answers of a draft, left `days_ago`."""

    questionnaire: str
    opens_in: int = 0
    due_in: int | None = None
    answered_by: str = "patient"
    given: Given | None = None
    days_ago: int = 0


@dataclass(frozen=True, slots=True)
class TakenUp:
    """An alert that somebody of the team took up, so many minutes after it was raised."""

    by: str
    minutes_later: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One patient. `account` is the key of whoever answers; with `relationship` it is somebody close."""

    given_names: str
    family_name: str
    birth_date: date
    sex: str
    birth_name: str = ""
    phone: str = ""
    centre: str = "LYO"
    followed_for: int = 300
    account: str = ""
    relationship: str = "self"
    language: str = "fr"
    sent: tuple[Sent, ...] = ()
    waiting: tuple[Asked, ...] = ()
    taken_up: TakenUp | None = None
    minutes_ago: int = 90
    """Of what was sent today: how long ago."""


def moment(days_ago: int, minutes_ago: int, nth: int, at: datetime) -> datetime:
    """When the nth questionnaire of a story was sent: at some hour of that day, today so many minutes ago.

    >>> moment(3, 0, 1, datetime(2026, 11, 22, 0, 5, tzinfo=UTC)).isoformat(), moment(
    ...     0, 38, 1, datetime(2026, 11, 22, 0, 5, tzinfo=UTC)).isoformat()
    ('2026-11-19T10:10:00+00:00', '2026-11-21T23:27:00+00:00')
    """
    if days_ago == 0:
        return at - timedelta(minutes=minutes_ago)
    day = at.astimezone(UTC).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(7 + days_ago % 11, (7 * nth + 3) % 60), UTC)


def items(values: str) -> dict[str, int]:
    """The answers of an instrument whose items are numbered, in its order.

    >>> items("2 0 1")
    {'q1': 2, 'q2': 0, 'q3': 1}
    """
    return {f"q{n}": int(value) for n, value in enumerate(values.split(), 1)}


def series(
    questionnaire: str, told: Iterable[tuple[int, str]], answered_by: str = "patient", by: str = ""
) -> tuple[Sent, ...]:
    """The same instrument again and again: (days ago, values)."""
    return tuple(Sent(questionnaire, days, items(values), answered_by, by) for days, values in told)


def measured(height: float, weight: float, waist: float, *readings: tuple[int, int]) -> dict[str, Any]:
    """A physical examination; readings are systolic and diastolic pressure, sitting."""
    return {
        "height": height,
        "height_how": "measured",
        "weight": weight,
        "weight_clothes": "light",
        "waist_done": True,
        "waist": waist,
        "pressure_done": True,
        "pressure_arm": "left",
        "pressure_position": "sitting",
        "readings": [{"systolic": high, "diastolic": low, "pulse": 70} for high, low in readings],
    }
