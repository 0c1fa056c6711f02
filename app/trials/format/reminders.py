"""When a reminder goes out: instants only. Whether it still should, and to which address, is not decided here."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.trials.format.calendar import Planned
from app.trials.format.shapes import Reminder
from app.trials.format.spans import Span, add, span_of


def reminder_times(planned: Planned, reminder: Reminder, zone: str) -> list[datetime]:
    """Instants (UTC), rising, inside the permitted window, at most `at_most` of them.

    Hours are local. One that a clock change skips moves forward with the clock (02:30 becomes 03:30); of one that
    comes twice the first counts. What then falls into the quiet hours waits for their end.
    """
    local = ZoneInfo(zone)
    first, step, hour = span_of(reminder.first), span_of(reminder.every), time.fromisoformat(reminder.hour)
    instants: set[datetime] = set()
    for n in range(reminder.at_most):
        day = add(planned.best[0], first.plus(step.times(n)))
        if planned.permitted[0] <= day <= planned.permitted[1]:
            instant = after_quiet(_instant(day, hour, local), reminder.quiet, local)
            if instant.astimezone(local).date() <= planned.permitted[1]:
                instants.add(instant)
    return sorted(instants)


def concerns(planned: Planned, reminder: Reminder) -> bool:
    """Whether the visit asks anything of those whom the reminder is for."""
    asked = {one.who for one in planned.questionnaires}
    return bool(asked - {"patient", "proxy"}) if reminder.to == "team" else reminder.to in asked


def _instant(day: date, hour: time, local: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, local).astimezone(UTC)


def after_quiet(instant: datetime, quiet: list[str], local: ZoneInfo) -> datetime:
    here = instant.astimezone(local)
    if not is_quiet(here.time(), quiet):
        return instant
    end = time.fromisoformat(quiet[1])
    tomorrow = here.time() >= end
    return _instant(add(here.date(), Span(days=1)) if tomorrow else here.date(), end, local)


def is_quiet(hour: time, quiet: list[str]) -> bool:
    """Whether an hour lies in the quiet ones, the first included, the last not; they may pass midnight.

    >>> is_quiet(time(7, 59), ["21:00", "08:00"]), is_quiet(time(8, 0), ["21:00", "08:00"])
    (True, False)
    """
    start, end = (time.fromisoformat(one) for one in quiet)
    return start <= hour < end if start <= end else hour >= start or hour < end
