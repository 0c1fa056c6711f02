"""The only place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def day_in(zone: str, at: datetime) -> date:
    """The calendar day of a moment where the reader lives.

    >>> day_in("Europe/Paris", datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    return at.astimezone(ZoneInfo(zone)).date()
