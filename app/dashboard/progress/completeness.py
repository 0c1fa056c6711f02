"""A trial in figures: visits by state, required answers by part of a visit, centres side by side. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.dashboard.progress.model import columns
from app.dashboard.progress.recruitment import hoped, standing_site
from app.trials.format.model import Trial
from app.trials.format.states import VisitState
from app.trials.model import Site, SiteState

TO_COME = frozenset({VisitState.PLANNED, VisitState.OPEN, VisitState.DUE, VisitState.CLOSING})


@dataclass(frozen=True, slots=True)
class Standing:
    """How many visits of one kind stand in one state; `overdue`: how many of them are late."""

    visit: str
    number: int
    state: VisitState
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """One visit of the protocol over all whom a centre enrolled; `overdue` ones may have begun, and count once.

    `stopped`: those that will not be held because somebody left before their time.
    """

    place: tuple[str, int]
    times: int
    complete: int
    overdue: int
    in_progress: int
    to_come: int
    skipped: int
    missed: int
    stopped: int

    @property
    def all(self) -> int:
        """All but those that are not to be held any more."""
        return self.complete + self.overdue + self.in_progress + self.to_come + self.skipped + self.missed


@dataclass(frozen=True, slots=True)
class Answered:
    """Of what one part of a visit had to be answered by now, how much was."""

    visit: str
    module: str
    due: int
    done: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 is all."""
        return self.done * 100 // self.due if self.due else 100


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre in a trial, in numbers and without a patient."""

    organisation: UUID
    name: str
    included: int
    active: int
    ended: int


@dataclass(frozen=True, slots=True)
class CentreStanding:
    """A centre beside its target; `expected` by today, None without a target."""

    centre: Centre
    site: Site | None
    state: SiteState | None
    expected: int | None


def by_visit(trial: Trial, standings: Iterable[Standing]) -> list[VisitFigures]:
    """The visits of the protocol in their order, then those of former versions; those that nobody has are left out."""
    found: dict[tuple[str, int], list[Standing]] = defaultdict(list)
    for one in standings:
        found[one.visit, one.number].append(one)
    known = {column.place: column.times for column in columns(trial)}
    places = [*known, *sorted(set(found) - set(known))]
    return [_figures(place, known.get(place, 1), found[place]) for place in places if place in found]


def _figures(place: tuple[str, int], times: int, standings: list[Standing]) -> VisitFigures:
    def count(*states: VisitState) -> int:
        return sum(one.count - one.overdue for one in standings if one.state in states)

    return VisitFigures(
        place,
        times,
        complete=count(VisitState.COMPLETE),
        overdue=sum(one.overdue for one in standings),
        in_progress=count(VisitState.IN_PROGRESS),
        to_come=count(*TO_COME),
        skipped=count(VisitState.SKIPPED),
        missed=count(VisitState.MISSED),
        stopped=count(VisitState.STOPPED),
    )


def by_module(trial: Trial, answered: Iterable[Answered]) -> list[Answered]:
    """In the order of the protocol; of former versions at the end."""
    order = {
        (visit.id, module.id): (place, within)
        for place, visit in enumerate(trial.file.visits)
        for within, module in enumerate(trial.modules[visit.id])
    }
    last = (len(trial.file.visits), 0)
    return sorted(answered, key=lambda one: (order.get((one.visit, one.module), last), one.visit, one.module))


def standing_of(centre: Centre, sites: Iterable[Site], today: date) -> CentreStanding:
    """A centre as it stands today."""
    site = standing_site(sites)
    if site is None:
        return CentreStanding(centre, None, None, None)
    target, until = site.target, site.target_by
    expected = round(hoped(today, site.opened_on, until, target)) if target and until else None
    return CentreStanding(centre, site, site.state(today), expected)
