"""A place in a list by time, as an address holds it: when, and which of that moment. Pure."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Place = tuple[datetime, UUID]


def cursor(place: Place) -> str:
    return f"{(place[0] - EPOCH) // MICROSECOND}_{place[1]}"


def read_cursor(words: str) -> Place | None:
    """The place; None for anything else.

    >>> read_cursor(cursor((EPOCH, UUID(int=1)))) == (EPOCH, UUID(int=1)), read_cursor("x_y"), read_cursor("9" * 30)
    (True, None, None)
    """
    count, _, event = words.partition("_")
    try:
        return EPOCH + int(count) * MICROSECOND, UUID(event)
    except (ValueError, OverflowError):
        return None
