"""Putting off what is planned, by whoever is reminded."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.trials.model import Visit
from app.trials.queries import find_visit
from app.trials.reminders.model import DAYS, Kind, Line, State, Until, Why, choices, named, on_day
from app.trials.reminders.queries import line_of as read
from app.trials.reminders.queries import reminders_of, zone_of

LINES = """
SELECT r.id, v.patient, r.visit, r.audience, r.kind, r.reminder, r.nth, r.account, r.due_at, r.state, r.why, r.channel,
       r.message, r.assignments, r.decided_at
FROM reminder r JOIN visit v ON v.id = r.visit
WHERE r.visit = $1 AND r.account = $2 AND r.audience <> 'team' ORDER BY r.due_at, r.id FOR UPDATE OF r
"""
PUT_OFF = "UPDATE reminder SET state = 'snoozed', why = $2, decided_at = $3 WHERE id = ANY($1)"
ASK = """
INSERT INTO reminder (id, patient, visit, audience, kind, reminder, nth, account, due_at)
SELECT $2, patient, visit, audience, 'asked', reminder, $3, account, $4 FROM reminder WHERE id = $1
"""


async def snooze(by: Actor, visit: UUID, until: Until, *, at: datetime) -> None:
    """What is planned until then for the actor about this visit is put off; one reminder comes on that day instead.

    It comes on top of what the protocol allows: the person asked for it. Sent twice it is one. Refused:
    `reminder.too_late` where the visit's window ends before, or nothing would be reminded of any more.
    """
    async with transaction():
        held = await find_visit(visit)
        lines = [read(row) for row in await db.fetch(LINES, visit, by.id)]
        if held is None or not lines:
            raise Refused("reminder.too_late")
        zone = await zone_of(held.organisation)
        today = day_in(zone, at)
        if until not in choices(held, today):
            raise Refused("reminder.too_late")
        if until is Until.NEVER:
            changed = await _never(lines, at)
        else:
            changed = await _until(held, lines, until, zone, at)
        if changed:
            await audit.record(
                audit.Action.REMINDER_SNOOZED,
                by=by.id,
                at=at,
                subject=visit,
                patient=held.patient,
                until=until.value,
            )


async def _never(lines: list[Line], at: datetime) -> bool:
    """What is planned goes, the notice at the end included; where nothing is, the last line says so."""
    if any(one.why == Why.NEVER for one in lines):
        return False
    planned = [one.id for one in lines if one.state is State.PLANNED]
    if not planned:
        raise Refused("reminder.too_late")
    await db.execute(PUT_OFF, planned, Why.NEVER.value, at)
    return True


async def _until(visit: Visit, lines: list[Line], until: Until, zone: str, at: datetime) -> bool:
    day = day_in(zone, at) + timedelta(days=DAYS[until])
    model = next((one for one in reversed(lines) if one.kind is not Kind.EXPIRED), lines[-1])
    reminder = named(await reminders_of(visit), model.reminder)
    if reminder is None or any(one.why == Why.NEVER for one in lines):
        raise Refused("reminder.too_late")
    due = on_day(day, reminder, zone)
    planned = [one for one in lines if one.state is State.PLANNED and one.kind is not Kind.EXPIRED]
    if any(one.kind is Kind.ASKED and one.due_at == due for one in planned):
        return False
    await db.execute(PUT_OFF, [one.id for one in planned if day_in(zone, one.due_at) <= day], Why.LATER.value, at)
    nth = sum(one.kind is Kind.ASKED for one in lines)
    await db.execute(ASK, model.id, new_id(), nth, due)
    return True
