"""A trial that reminds, Paul in it, and the days on which things are due."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from app.lib import clock
from app.lib.db import fetch
from app.lib.i18n import ZONE
from app.lib.mailbox import Message, list_messages
from app.trials.reminders import hearing
from app.trials.reminders.actions.planning import plan_reminders
from app.trials.reminders.actions.sending import remind, remind_nobody
from app.trials.reminders.queries import accounts_due
from tests.people import Cast
from tests.trials.stories import applied, joined, opened, text_of

HEARS = (hearing,)
TODAY = clock.day_in(ZONE, clock.now())
REMINDERS = """
reminders:
  - {id: nudge, to: patient, by: [mail, sms], first: 1 day, every: 3 days, at_most: 3, hour: "18:00",
     quiet: ["21:00", "08:00"]}
  - {id: desk, to: team, by: [mail], first: 2 days, every: 1 week, at_most: 2, hour: "09:00", quiet: ["19:00", "08:00"]}
sdv:"""


def reminding(key: str = "small", **said: str) -> str:
    """The small trial with reminders; `said`: what else is written in it."""
    text = text_of("small").replace("key: small", f"key: {key}").replace("\nsdv:", REMINDERS)
    for former, new in said.items():
        text = text.replace(former, new)
    return text


async def enrolled(people: Cast, text: str = "", *, key: str = "small", who: str = "paul", by: str = "ines") -> UUID:
    """The trial is applied, open in Lyon and Brest, somebody joined today, and what is due to come is planned."""
    await applied(text or reminding(key))
    await opened(key, people.lyon, people.brest)
    made = await joined(people, key, who=who, by=by)
    await plan_reminders(at=clock.now())
    return made


def moment(days: int, hour: str = "18:00", zone: str = ZONE) -> datetime:
    """An hour, so many days from today."""
    return datetime.combine(TODAY + timedelta(days=days), time.fromisoformat(hour), ZoneInfo(zone))


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


async def round_of(at: datetime) -> int:
    """What the worker does every few minutes; how many messages went out."""
    sent = [await remind(account, at=at) for account in await accounts_due(at)]
    while await remind_nobody(at=at):
        pass
    return sum(sent)


def mails_to(folder: Path, who: str) -> list[Message]:
    """What lies in somebody's mailbox, the newest first."""
    return [one for one in list_messages(folder) if one.to == f"{who}@example.org"]


async def log(audience: str = "patient") -> Sequence[tuple[str, int, str, str]]:
    """Kind, day from today, state and reason of every line, in the order in which they are due."""
    rows = await fetch(
        "SELECT kind, due_at, state, why FROM reminder WHERE audience = $1 ORDER BY due_at, nth, id", audience
    )
    return [(row["kind"], (clock.day_in(ZONE, row["due_at"]) - TODAY).days, row["state"], row["why"]) for row in rows]
