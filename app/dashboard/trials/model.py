"""A trial among the centres it is open in, as somebody of one of them sees it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.trials.format.model import Trial
from app.trials.library import Applied
from app.trials.model import Site, SiteState


@dataclass(frozen=True, slots=True)
class Listed:
    """A trial in the list. `stand`: here, elsewhere, nowhere or closed; open, for whoever works in no centre."""

    applied: Applied
    stand: str
    centres: int


def listed(applied: Applied, sites: Iterable[Site], centre: UUID | None, today: date) -> Listed:
    """How a trial stands for somebody of this centre."""
    still = {one.organisation for one in sites if one.trial == applied.id and one.state(today) is not SiteState.CLOSED}
    open_now = {one.organisation for one in sites if one.trial == applied.id and one.state(today) is SiteState.OPEN}
    if applied.closed_at is not None:
        stand = "closed"
    elif centre in open_now:
        stand = "here"
    elif still:
        stand = "open" if centre is None else "elsewhere"
    else:
        stand = "nowhere"
    return Listed(applied, stand, len(still))


def asked_by(trial: Trial, visit: str) -> int:
    """How many questionnaires a visit asks at most."""
    return sum(len(module.questionnaires) for module in trial.modules[visit])
