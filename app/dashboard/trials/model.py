"""A trial among the centres it is open in, as somebody of one of them sees it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.trials.format.model import Trial
from app.trials.model import Site, SiteState


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a trial is open, seen from a centre. `where`: here, elsewhere, nowhere or closed; open, for whoever works
    in no centre. `centres`: in how many it is open, or will be."""

    where: str
    centres: int


def stand_of(sites: Iterable[Site], centre: UUID | None, today: date, *, closed: bool) -> Stand:
    """How one trial stands for somebody of this centre. `sites`: those of the trial; `closed`: it takes nobody more."""
    states = [(one.organisation, one.state(today)) for one in sites]
    still = {organisation for organisation, state in states if state is not SiteState.CLOSED}
    if closed:
        return Stand("closed", len(still))
    if (centre, SiteState.OPEN) in states:
        return Stand("here", len(still))
    if not still:
        return Stand("nowhere", 0)
    return Stand("open" if centre is None else "elsewhere", len(still))


def asked_by(trial: Trial, visit: str) -> int:
    """How many questionnaires a visit asks at most."""
    return sum(len(module.questionnaires) for module in trial.modules[visit])
