"""Looks at one record, put together by day and by person. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.lib.cursors import Place
from app.lib.i18n import local


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody was shown a page of the record. `follows`: since when, and until when, the centre they acted in does;
    `opened_because`: why somebody of the network opened the identity."""

    id: UUID
    at: datetime
    actor: UUID
    organisation: UUID | None
    action: str
    page: str
    profession: str | None
    follows: tuple[date, date | None] | None
    opened_because: str | None

    @property
    def place(self) -> Place:
        return self.at, self.id


@dataclass
class Pages:
    """One page of the record, seen once or several times: `first` to `last`."""

    action: str
    page: str
    first: datetime
    last: datetime
    times: int = 1


@dataclass
class Visitor:
    """One person on one day, in one centre."""

    look: Look
    pages: list[Pages] = field(default_factory=list)


def by_day(looks: list[Look]) -> list[tuple[date, list[Visitor]]]:
    """The newest day first, on each whoever looked last first, and the pages in the order they were last seen."""
    days: dict[date, dict[object, Visitor]] = {}
    for look in looks:
        people = days.setdefault(local(look.at).date(), {})
        who = (look.actor, look.organisation, look.opened_because)
        _add(people.setdefault(who, Visitor(look)), look)
    return [(day, list(people.values())) for day, people in days.items()]


def _add(visitor: Visitor, look: Look) -> None:
    for seen in visitor.pages:
        if (seen.action, seen.page) == (look.action, look.page):
            seen.first, seen.times = min(seen.first, look.at), seen.times + 1
            return
    visitor.pages.append(Pages(look.action, look.page, look.at, look.at))
