"""The trial `small` in both worlds: Paul enrolled in Lyon, Yann in Brest."""

from uuid import UUID

from app.lib import clock
from app.lib.db import fetch_value
from app.trials.reminders.actions.planning import plan_reminders
from tests.people import Cast
from tests.trials.reminders.stories import reminding
from tests.trials.stories import applied, joined, opened, visit_named


async def trial_things(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    await applied(reminding())
    lyon, brest = await opened("small", people.lyon, people.brest)
    pauls, yanns = await joined(people, "small"), await joined(people, "small", who="yann", by="zoe")
    visits = [(await visit_named(one, "start#0")).id for one in (pauls, yanns)]
    return {
        "enrolment_id": (pauls, yanns),
        "visit_id": (visits[0], visits[1]),
        "site_id": (lyon, brest),
        "own_reminder_id": await _reminders(people),
    }


async def _reminders(people: Cast) -> tuple[UUID, UUID]:
    """The next one of Paul and of Yann."""
    await plan_reminders(at=clock.now())
    one, other = [
        await fetch_value(
            "SELECT id FROM reminder WHERE account = $1 AND audience = 'patient' ORDER BY due_at LIMIT 1",
            people[who].account,
        )
        for who in ("paul", "yann")
    ]
    return one, other
