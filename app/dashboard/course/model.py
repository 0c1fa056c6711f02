"""What happened, of every part of a record, the newest first, a page at a time. Pure; the words are in wording.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Part(StrEnum):
    """Which part of the record it belongs to."""

    QUESTIONNAIRES = "questionnaires"
    VISITS = "visits"
    ALERTS = "alerts"
    TREATMENTS = "treatments"
    BIOLOGY = "biology"
    DOCUMENTS = "documents"
    CONSENTS = "consents"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Happening:
    """`at` where the moment is known, not only its day; `key` tells apart what happened at once."""

    part: Part
    day: date
    title: str
    key: str
    at: datetime | None = None
    href: str = ""
    note: str = ""
    flagged: bool = False

    @property
    def place(self) -> tuple[date, float, str]:
        """Where it stands: by day, then by moment; what has only a day comes before the moments of that day."""
        return self.day, self.at.timestamp() if self.at else 0.0, self.key


def newest_first(happened: Iterable[Happening], part: Part | None = None) -> list[Happening]:
    """All of it or one part."""
    return sorted((one for one in happened if part in {None, one.part}), key=lambda one: one.place, reverse=True)


def page_of(ordered: Sequence[Happening], after: str, limit: int) -> tuple[Sequence[Happening], str | None, str | None]:
    """The happenings that follow the one with key `after`, and the keys with which the pages around begin.

    (shown, key for the page before or None, key for the page after or None); "" is the first page.
    """
    keys = [one.key for one in ordered]
    start = keys.index(after) + 1 if after in keys else 0
    shown = ordered[start : start + limit]
    before = None if start == 0 else keys[start - limit - 1] if start > limit else ""
    following = shown[-1].key if start + limit < len(ordered) else None
    return shown, before, following


def part_named(name: str) -> Part | None:
    """The part of an address; None for all of them.

    >>> part_named("alerts"), part_named("else")
    (<Part.ALERTS: 'alerts'>, None)
    """
    return Part(name) if name in set(Part) else None
