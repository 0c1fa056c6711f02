"""Planning the reminders of visits as rows, and holding back what is planned when a visit needs none any more."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.trials.model import Visit
from app.trials.reminders.model import Audience, Moment, Why, moments_of
from app.trials.reminders.queries import recipients_of, reminders_of, versions_that_remind, visits_to_plan, zone_of

AT_ONCE = 500
# A line that was held back before its time, by something that is so no longer, is planned again. Who wants to be
# reminded of a visit no more is not.
PLAN = """
INSERT INTO reminder (id, patient, visit, audience, kind, reminder, nth, account, due_at)
SELECT r.id, v.patient, r.visit, r.audience, r.kind, r.reminder, r.nth, r.account, r.due_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::uuid[], $8::timestamptz[])
     AS r(id, visit, audience, kind, reminder, nth, account, due_at)
JOIN visit v ON v.id = r.visit
WHERE NOT EXISTS (SELECT FROM reminder n WHERE n.visit = r.visit AND n.account = r.account AND n.why = 'never')
ON CONFLICT (visit, audience, kind, reminder, nth, account)
DO UPDATE SET due_at = excluded.due_at, state = 'planned', why = '', decided_at = NULL
WHERE (reminder.state = 'planned' AND reminder.due_at <> excluded.due_at)
   OR (reminder.state = 'held_back' AND reminder.decided_at < reminder.due_at)
RETURNING id
"""
# What is no longer part of the plan was never more than one: the visit moved, or somebody can be written to now. What
# was due and waits for its hour stays.
UNPLAN = """
DELETE FROM reminder r
WHERE r.visit = ANY($1) AND r.state = 'planned' AND r.kind <> 'asked'
  AND NOT EXISTS (
    SELECT FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::timestamptz[], $8::bool[])
           AS w(visit, audience, kind, reminder, nth, due_at, somebody)
    WHERE (w.visit, w.audience, w.kind, w.reminder, w.nth) = (r.visit, r.audience, r.kind, r.reminder, r.nth)
      AND w.somebody = (r.account IS NOT NULL) AND (w.due_at > $9 OR r.due_at <= $9 OR r.why <> ''))
RETURNING id
"""
HOLD = """
UPDATE reminder SET state = 'held_back', why = $2, decided_at = $3
WHERE visit = ANY($1) AND state = 'planned' AND ($4::text[] IS NULL OR audience = ANY ($4)) RETURNING patient, visit
"""


async def plan_reminders(*, at: datetime, after: UUID | None = None, limit: int = AT_ONCE) -> UUID | None:
    """Bring the reminders of visits whose window is open to what the protocols say; where to go on, None at the end.

    Nothing is planned for the past: whoever joins late is not sent all at once. Doing it again changes nothing.
    """
    async with transaction():
        visits = await visits_to_plan(day_in(ZONE, at), await versions_that_remind(), after, limit)
        planned = await _plan(visits, at)
        if planned:
            await audit.record(
                audit.Action.VISITS_PREPARED, by=audit.WORKER, at=at, subject=audit.WORKER, reminders=planned
            )
        return visits[-1].id if len(visits) == limit else None


async def _plan(visits: Sequence[Visit], at: datetime) -> int:
    """How many lines are new or moved."""
    zones = {one: await zone_of(one) for one in {visit.organisation for visit in visits}}
    recipients = await recipients_of(visits, day_in(ZONE, at))
    wanted = list[tuple[UUID, Moment, bool]]()
    rows = list[tuple[object, ...]]()
    for visit in visits:
        for moment in moments_of(visit, await reminders_of(visit), zones[visit.organisation]):
            accounts: list[UUID | None] = [*recipients[visit.id, moment.audience]]
            wanted.append((visit.id, moment, bool(accounts)))
            if moment.due_at > at:
                of = (moment.audience, moment.kind, moment.reminder, moment.nth)
                rows += [(new_id(), visit.id, *of, account, moment.due_at) for account in accounts or [None]]
    await db.fetch(UNPLAN, [one.id for one in visits], *_columns([_named(*one) for one in wanted], 7), at)
    return len(await db.fetch(PLAN, *_columns(rows, 8)))


def _named(visit: UUID, moment: Moment, somebody: bool) -> tuple[object, ...]:
    return visit, moment.audience, moment.kind, moment.reminder, moment.nth, moment.due_at, somebody


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


async def hold_back(
    by: UUID,
    visits: Collection[UUID],
    why: Why,
    *,
    at: datetime,
    audiences: Collection[Audience] | None = None,
) -> int:
    """What is planned for these visits is not sent: how many lines. Planned anew if the reason goes before its time."""
    async with transaction():
        chosen = None if audiences is None else list(audiences)
        held = await db.fetch(HOLD, list(visits), why.value, at, chosen)
        for visit, patient in sorted({(row["visit"], row["patient"]) for row in held}):
            await audit.record(
                audit.Action.REMINDER_HELD_BACK, by=by, at=at, subject=visit, patient=patient, why=why.value
            )
        return len(held)
