"""Whether an answer that somebody gave elsewhere counts for a visit: the rule of `reuse:`. Pure."""

from datetime import date

from app.trials.format.calendar import Asked
from app.trials.format.spans import Span, add


def oldest_day(asked: Asked, day: date) -> date | None:
    """The first day whose answers count when the visit is held on `day`; None where none but its own do."""
    return None if asked.reuse is None else add(day, Span(days=-asked.reuse.days))


def counts(asked: Asked, day: date, sent: date, version: str) -> bool:
    """Whether a response sent on a day, to a version of the same questionnaire and by the same voice, counts.

    One sent after the visit does not: it was not there when the visit was held.

    >>> asked = Asked("self", "phq9", "patient", reuse=Span(days=14))
    >>> [counts(asked, date(2026, 3, 15), date(2026, 3, d), "1.0.0") for d in (1, 15)]
    [True, True]
    >>> counts(asked, date(2026, 3, 16), date(2026, 3, 1), "1.0.0")
    False
    """
    oldest = oldest_day(asked, day)
    return oldest is not None and oldest <= sent <= day and asked.version in (None, version)
