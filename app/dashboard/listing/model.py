"""A page of the list of patients as an address asks for it, and its lines. Pure; the statements are in queries.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Key = tuple[Any, UUID]
"""Where a line stands in its order: when or which code, and which of these."""


class Show(StrEnum):
    """Which patients."""

    ALL = "all"
    MINE = "mine"
    ALERTS = "alerts"
    OVERDUE = "overdue"
    WAITING = "waiting"


class Order(StrEnum):
    """`due`: only those of whom something with a date is awaited."""

    ACTIVITY = "activity"
    CODE = "code"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Figures:
    """A line of the list, less the name. `answered`: the last activity was theirs, not the opening."""

    patient: UUID
    at: datetime
    answered: bool
    alerts: int
    waiting: int
    overdue: int
    due_on: date | None
    practitioner: UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for: the lines after a key, or those just before one."""

    show: Show = Show.ALL
    order: Order = Order.ACTIVITY
    after: Key | None = None
    before: Key | None = None

    def address(self, **changes: str) -> str:
        """The address of the same list with something else; from its beginning unless a place is named."""
        words = {"show": str(self.show), "order": str(self.order), **changes}
        usual = {"show": Show.ALL, "order": Order.ACTIVITY}
        asked = {name: word for name, word in words.items() if word != usual.get(name)}
        return f"/patients?{urlencode(asked)}" if asked else "/patients"


WRITE: Mapping[Order, Callable[[Any], str]] = {
    Order.ACTIVITY: lambda at: str((at - EPOCH) // MICROSECOND),
    Order.CODE: str,
    Order.DUE: lambda day: day.isoformat(),
}


def _code(words: str) -> str:
    """ValueError for what no code has, as what the database cannot compare."""
    if not (words.isascii() and words.isprintable()):
        raise ValueError("no code")
    return words


READ: Mapping[Order, Callable[[str], Any]] = {
    Order.ACTIVITY: lambda words: EPOCH + int(words) * MICROSECOND,
    Order.CODE: _code,
    Order.DUE: date.fromisoformat,
}


def written(order: Order, key: Key) -> str:
    """A place in the list, for an address.

    >>> written(Order.DUE, (date(2026, 3, 1), UUID(int=1)))
    '2026-03-01_00000000-0000-0000-0000-000000000001'
    """
    return f"{WRITE[order](key[0])}_{key[1]}"


def read_key(order: Order, words: str) -> Key | None:
    """The place that an address names; None for anything else.

    >>> read_key(Order.ACTIVITY, written(Order.ACTIVITY, (EPOCH, UUID(int=1)))) == (EPOCH, UUID(int=1))
    True
    >>> read_key(Order.DUE, "soon_x"), read_key(Order.ACTIVITY, "9" * 30)
    (None, None)
    >>> read_key(Order.CODE, "\\0_00000000-0000-0000-0000-000000000001")
    """
    first, _, which = words.rpartition("_")
    try:
        return READ[order](first), UUID(which)
    except (ValueError, OverflowError):
        return None


def read_wanted(show: str, order: str, after: str, before: str) -> Wanted:
    """What the address asks for; what it spells wrongly is left out.

    >>> read_wanted("mine", "cod", "", "").address()
    '/patients?show=mine'
    """
    wished = Order(order) if order in set(Order) else Order.ACTIVITY
    return Wanted(
        Show(show) if show in set(Show) else Show.ALL, wished, read_key(wished, after), read_key(wished, before)
    )
