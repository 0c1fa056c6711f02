"""A page of the matrix as an address asks for it, its lines and its columns. Pure; the statements are in queries.py."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from app.trials.format.model import Trial
from app.trials.format.spans import Span, span_of
from app.trials.model import Ended, Visit

Key = tuple[Any, UUID]
"""Where a line stands in its order: which day or code, and which of these."""
DAYS_A_MONTH = 30.44
OUT_OF_PLAN = ("", -1)
"""The column of the visits that no calendar holds."""


class Show(StrEnum):
    """Which participants: by how a visit of theirs stands, or they themselves."""

    ALL = "all"
    OVERDUE = "overdue"
    TO_SIGN = "to_sign"
    IN_PROGRESS = "in_progress"
    CHECKS = "checks"
    HELD = "held"
    ACTIVE = "active"
    ENDED = "ended"


class Order(StrEnum):
    """`included`: who joined last comes first."""

    INCLUDED = "included"
    CODE = "code"


class View(StrEnum):
    """The same as a table, or one participant after the other for narrow screens."""

    TABLE = "table"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for: the lines after a key, or those just before one. `code`: a part of one, never in an
    address."""

    trial: str
    show: Show = Show.ALL
    order: Order = Order.INCLUDED
    view: View = View.TABLE
    arm: str = ""
    after: Key | None = None
    before: Key | None = None
    code: str = ""

    @property
    def first(self) -> bool:
        """Whether this is the beginning of the list."""
        return self.after is None and self.before is None and not self.code

    def address(self, page: str = "", **changes: str) -> str:
        """The address of the same list with something else; from its beginning unless a place is named.

        >>> Wanted("demo", Show.OVERDUE, view=View.LIST).address(order="code")
        '/trials/demo/progress?show=overdue&order=code&view=list'
        """
        usual = {"show": Show.ALL, "order": Order.INCLUDED, "view": View.TABLE, "arm": ""}
        words = {name: str(getattr(self, name)) for name in usual} | changes
        asked = {name: word for name, word in words.items() if word != usual.get(name, "")}
        path = f"/trials/{self.trial}/progress{page}"
        return f"{path}?{urlencode(asked)}" if asked else path


READ: Mapping[Order, Callable[[str], Any]] = {Order.INCLUDED: date.fromisoformat, Order.CODE: str}


def written(key: Key) -> str:
    """A place in the list, for an address.

    >>> written((date(2026, 3, 1), UUID(int=1))), written(("ABC2-3450", UUID(int=1)))[:10]
    ('2026-03-01_00000000-0000-0000-0000-000000000001', 'ABC2-3450_')
    """
    return f"{key[0]}_{key[1]}"


def read_key(order: Order, words: str) -> Key | None:
    """The place that an address names; None for anything else.

    >>> read_key(Order.INCLUDED, written((date(2026, 3, 1), UUID(int=1)))) == (date(2026, 3, 1), UUID(int=1))
    True
    >>> read_key(Order.INCLUDED, "soon_x"), read_key(Order.CODE, "\\0_00000000-0000-0000-0000-000000000001")
    (None, None)
    """
    first, _, which = words.rpartition("_")
    if not (first.isascii() and first.isprintable()):
        return None
    try:
        return READ[order](first), UUID(which)
    except ValueError:
        return None


def read_wanted(trial: Trial, query: Mapping[str, str]) -> Wanted:
    """What the address asks for; what it spells wrongly is left out."""
    asked = {name: query.get(name, "") for name in ("show", "order", "view", "arm", "after", "before")}
    order = Order(asked["order"]) if asked["order"] in set(Order) else Order.INCLUDED
    return Wanted(
        trial.key,
        Show(asked["show"]) if asked["show"] in set(Show) else Show.ALL,
        order,
        View(asked["view"]) if asked["view"] in set(View) else View.TABLE,
        asked["arm"] if asked["arm"] in trial.file.arms else "",
        read_key(order, asked["after"]),
        read_key(order, asked["before"]),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One participant. `allowed`: they allow the trial as things stand; `held`: an amendment waits for their yes."""

    enrolment: UUID
    patient: UUID
    code: str
    arm: str | None
    included_on: date
    state: Ended
    ended_on: date | None
    held: bool
    allowed: bool
    visits: tuple[Visit, ...] = ()
    checks: Mapping[UUID, int] = field(default_factory=dict)

    places: Mapping[tuple[str, int], tuple[Visit, ...]] = field(default_factory=dict)

    def holding(self, visits: Iterable[Visit], checks: Mapping[UUID, int]) -> "Line":
        """The same line with its visits, and how many data checks ask something in which of them."""
        every = tuple(visits)
        places: dict[tuple[str, int], tuple[Visit, ...]] = {}
        for one in every:
            places[place_of(one)] = (*places.get(place_of(one), ()), one)
        return replace(self, visits=every, checks=checks, places=places)

    def at(self, column: "Column") -> tuple[Visit, ...]:
        """The visits that stand in this column: one at most, but for those out of plan."""
        return self.places.get(column.place, ())


@dataclass(frozen=True, slots=True)
class Column:
    """One visit of the protocol, or one of its repeats: `number` of `times`, counted from 0."""

    place: tuple[str, int]
    times: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """A centre in figures. `included`: all who ever joined there; `left`: those of them who left early.

    `overdue` and `checks`: visits that are late and open data checks of those whom it still follows; `shows`: how many
    of them are in each part of the list.
    """

    included: int
    left: int
    overdue: int
    checks: int
    shows: Mapping[Show, int] = field(default_factory=dict)


def place_of(visit: Visit) -> tuple[str, int]:
    """The column of a visit."""
    return OUT_OF_PLAN if visit.unscheduled else (visit.visit, visit.number)


def columns(trial: Trial, visits: Iterable[Visit] = ()) -> list[Column]:
    """The visits of the protocol in the order in which they come, then those of older versions, then out of plan."""
    known = {
        (visit.id, number): visit.repeat.times if visit.repeat else 1
        for visit in trial.file.visits
        if visit.planned
        for number in range(visit.repeat.times if visit.repeat else 1)
    }
    planned = sorted(known, key=lambda place: _days(trial, place))
    there = {place_of(one) for one in visits}
    former = sorted(there - set(known) - {OUT_OF_PLAN})
    return [
        *(Column(place, known[place]) for place in planned),
        *(Column(place, max(number for visit, number in former if visit == place[0]) + 1) for place in former),
        *(Column(place) for place in there & {OUT_OF_PLAN}),
    ]


def _days(trial: Trial, place: tuple[str, int]) -> tuple[bool, float]:
    """About how many days after the inclusion a visit comes; those that wait for an event or a birthday come last."""
    visit = trial.visit(place[0])
    step = span_of(visit.repeat.every).times(place[1]) if visit.repeat else Span()
    after, days = visit.after, _length(span_of(visit.at).plus(step))
    for _ in trial.file.visits:
        if not after.startswith("visit:"):
            break
        before = trial.visit(after.removeprefix("visit:"))
        after, days = before.after, days + _length(span_of(before.at))
    return after != "inclusion", days


def _length(span: Span) -> float:
    return span.months * DAYS_A_MONTH + span.days
