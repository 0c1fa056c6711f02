"""What becomes of the planned visits of one enrolment when its calendar is drawn anew. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.trials.format.calendar import Planned
from app.trials.format.model import Trial
from app.trials.model import Visit


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Visits to add, those to change with what they become, those to take away.

    `follow`: those that stay as they are, under the version that the enrolment follows from now on.
    """

    add: tuple[Planned, ...] = ()
    change: tuple[tuple[Visit, Planned], ...] = ()
    remove: tuple[Visit, ...] = ()
    follow: tuple[Visit, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.add or self.change or self.remove)


def anchors_of(included_on: date, events: Mapping[str, date], visits: Iterable[Visit]) -> dict[str, date]:
    """The days that visits count from: inclusion, noted events, and visits that were held (their first, by number)."""
    held = {
        f"visit:{one.visit}": one.started_on
        for one in visits
        if one.number == 0 and one.started_on is not None and one.skipped_on is None and not one.unscheduled
    }
    return {"inclusion": included_on, **{f"event:{name}": day for name, day in events.items()}, **held}


def counted_otherwise(trial: Trial, changed: Collection[str] | None) -> frozenset[str]:
    """The kinds of visits that count from none of the days that changed; no kind where any day may have (None)."""
    return frozenset(one.id for one in trial.file.visits if changed is not None and one.after not in changed)


def redrawn(
    visits: Iterable[Visit],
    touched: frozenset[str],
    wanted: Iterable[Planned],
    today: date,
    *,
    unchanged: frozenset[str] = frozenset(),
) -> Redrawn:
    """Bring the rows to the calendar as it is now wanted.

    A visit in which something happened, or whose window is over, stays as it is: `touched` names those with an answer.
    Of the kinds of `unchanged`, nothing is added or moved that would be over: an amendment that came too late for
    somebody has left it out, and what happens in another visit does not bring it back.
    """
    standing = {one.name: one for one in visits if not one.unscheduled}
    free = {name for name, one in standing.items() if one.untouched and name not in touched and not _over(one, today)}
    aims = {one.name: one for one in wanted}
    late = {name for name, one in aims.items() if one.visit in unchanged and one.permitted[1] < today}
    return Redrawn(
        add=tuple(one for name, one in aims.items() if name not in standing and name not in late),
        change=tuple(
            (standing[name], aims[name])
            for name in aims
            if name in free - late and standing[name].planned != aims[name]
        ),
        remove=tuple(standing[name] for name in standing if name in free and name not in aims),
    )


def _over(visit: Visit, today: date) -> bool:
    return visit.window is not None and visit.window.permitted[1] < today
