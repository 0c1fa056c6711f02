"""Reading the form that ends following somebody. Pure; the words are in wording.py."""

from datetime import date

from app.patients.affiliations.model import End


def read_ending(why: str, day: str, since: date, today: date) -> tuple[tuple[End, date] | None, dict[str, str]]:
    """Reason and last day, or what is wrong with each.

    >>> since, today = date(2026, 1, 1), date(2026, 11, 22)
    >>> read_ending("moved", "2026-11-20", since, today)
    ((<End.MOVED: 'moved'>, datetime.date(2026, 11, 20)), {})
    >>> read_ending("", "2026-11-23", since, today), read_ending("moved", "20/11/2026", since, today)[1]
    ((None, {'why': 'why', 'day': 'day'}), {'day': 'day'})
    """
    problems = {}
    if why not in set(End):
        problems["why"] = "why"
    try:
        last = date.fromisoformat(day)
    except ValueError:
        last = date.min
    if not since <= last <= today:
        problems["day"] = "day"
    return (None, problems) if problems else ((End(why), last), {})
