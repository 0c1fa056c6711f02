"""Reading what somebody will be reminded of, and until when they can put it off."""

from dataclasses import dataclass
from datetime import datetime

from app.access.policy import Actor
from app.assignments.queries import list_of_visits
from app.lib.clock import day_in
from app.patients.queries import get_patient
from app.trials.format.states import VisitState
from app.trials.queries import find_visit
from app.trials.reminders.model import Line, Until, choices, in_voice
from app.trials.reminders.queries import own_lines, zone_of

OVER = {VisitState.COMPLETE, VisitState.SKIPPED, VisitState.STOPPED, VisitState.MISSED}


@dataclass(frozen=True, slots=True)
class Coming:
    """The next reminder about one visit. `whose`: the name of the person, where the reader answers for them."""

    line: Line
    waiting: int
    whose: str
    choices: tuple[Until, ...]


async def coming_reminders(by: Actor, at: datetime) -> list[Coming]:
    """For each visit of which something waits for the reader, the next reminder; the nearest first."""
    found = dict[object, Coming]()
    for line in await own_lines(by.id, at):
        if line.visit in found or line.patient not in by.patients:
            continue
        visit = await find_visit(line.visit)
        today = day_in(await zone_of(visit.organisation), at) if visit else at.date()
        if visit is None or visit.state(today) in OVER:
            continue
        asked = in_voice(await list_of_visits([visit.id]), line.audience)
        waiting = sum(one.waiting for one in asked)
        if waiting:
            whose = (await get_patient(line.patient)).full_name if line.patient in by.proxy_for else ""
            found[line.visit] = Coming(line, waiting, whose, tuple(choices(visit, today)))
    return list(found.values())
