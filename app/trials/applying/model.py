"""How enrolments as rows become what planning sees, and back. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from app.trials.format import planning
from app.trials.format.calendar import Planned
from app.trials.format.model import Facts
from app.trials.model import Enrolment, Visit
from app.trials.visits.planning import Redrawn, anchors_of


def as_planned(
    enrolment: Enrolment,
    versions: Mapping[UUID, str],
    facts: Facts,
    visits: Iterable[Visit],
    touched: frozenset[str],
    *,
    consented: bool,
) -> planning.Enrolment:
    """One enrolment as planning sees it. `versions`: the version of the protocol behind each id."""
    standing = [one for one in visits if not one.unscheduled]
    planned = {one.name: one.planned for one in standing if one.planned is not None}
    happened = {one.name for one in standing if not one.untouched}
    return planning.Enrolment(
        id=str(enrolment.id),
        version=versions[enrolment.version],
        anchors=anchors_of(enrolment.included_on, enrolment.events, standing),
        facts=facts,
        visits=planned,
        touched=touched | happened,
        held=versions[enrolment.held] if enrolment.held else None,
        consented=consented,
    )


def difference(visits: Iterable[Visit], after: Mapping[str, Planned], touched: frozenset[str], today: date) -> Redrawn:
    """What has to be written so that the rows say what planning came to.

    A visit to come that stays as it was follows the new version too, for what the protocol says of it elsewhere:
    its title, reminders, data checks. `touched` names those in which something happened.
    """
    standing = {one.name: one for one in visits if not one.unscheduled}
    to_come = {name: one for name, one in standing.items() if one.window and one.window.permitted[1] >= today}
    return Redrawn(
        add=tuple(one for name, one in after.items() if name not in standing),
        change=tuple(
            (one, after[name]) for name, one in standing.items() if name in after and after[name] != one.planned
        ),
        remove=tuple(one for name, one in standing.items() if name not in after),
        follow=tuple(one for name, one in to_come.items() if name not in touched and after.get(name) == one.planned),
    )
