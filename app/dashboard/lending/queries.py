"""What the page of a visit says of handing the tablet over."""

from typing import Any

from app.access.policy import Actor
from app.lib import clock
from app.lib.i18n import ZONE
from app.trials.model import Visit
from app.trials.tablet.model import may_lend
from app.trials.tablet.queries import offers_of


async def tablet_block(by: Actor, visit: Visit) -> dict[str, Any]:
    """`tablet`: what waits for whom; empty where there is nothing to hand it over for, or this centre does not act."""
    if not may_lend(visit) or by.organisation != visit.organisation:
        return {"tablet": []}
    return {"tablet": await offers_of(visit, by.organisation, clock.day_in(ZONE, clock.now()))}
