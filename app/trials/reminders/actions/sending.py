"""Sending what is due: one message for each account and day, whatever it is about; else saying why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.accounts.reach.queries import ways_to
from app.audit import actions as audit
from app.channels import sms_available
from app.channels.actions import send_letter, send_text
from app.channels.model import Channel, Purpose
from app.channels.model import State as Delivered
from app.consents.queries import code_of
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.ids import new_id
from app.trials.format.shapes import Reminder
from app.trials.reminders.model import Audience, Kind, Line, Standing, State, Why, earliest, ways_of, why_not
from app.trials.reminders.queries import (
    last_sent,
    lock_of_nobody,
    lock_planned,
    reminder_of,
    standing_now,
    zone_of,
)
from app.trials.reminders.rendering import Content, letter_of, text_of

PURPOSE = "visit_reminder"
A_DAY = timedelta(days=1)
# Whoever writes to an account holds this until the end: two workers never write to it at once.
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('reminder:' || $1::text, 0))"
DECIDE = """
UPDATE reminder SET state = $2, why = $3, channel = $4, message = $5, assignments = $6, decided_at = $7 WHERE id = $1
"""
MOVE = "UPDATE reminder SET due_at = $2, why = $3 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Ready:
    """A line that may go out, with what it was decided on."""

    line: Line
    reminder: Reminder
    now: Standing
    zone: str


async def remind(account: UUID, *, at: datetime) -> bool:
    """Send what is due to somebody as one message, if anything still is; whether something was sent.

    What cannot be sent is held back with its reason; what may not be sent yet waits for its hour. What was due later
    the same day goes along. Sent before the commit: if a server refuses for a moment, nothing was decided.
    """
    async with transaction():
        if not await db.fetch_value(LOCK, str(account)):
            return False
        lines = await lock_planned(account, at + A_DAY)
        due = [one for one in lines if one.due_at <= at]
        ready = await _judged(due, at) if due else []
        if not ready:
            return False
        along = await _along(lines[len(due) :], at, ready)
        message = new_id()
        channel, why = await _handed_over(account, [*ready, *along], message, at)
        # What could not go along waits for its own hour.
        ready += along if why is None else []
        for one in ready:
            await _decide(one.line, why, at, now=one.now, channel=channel, message=message)
        if why is None:
            for visit, patient in {(one.line.visit, one.line.patient) for one in ready}:
                await audit.record(
                    audit.Action.REMINDER_SENT,
                    by=audit.WORKER,
                    at=at,
                    subject=visit,
                    patient=patient,
                    channel=channel.value if channel else "",
                )
        return why is None


async def remind_nobody(*, at: datetime, limit: int = 500) -> int:
    """What is due where nobody can be written to is held back, for the team to see; how many lines."""
    async with transaction():
        lines = await lock_of_nobody(at, limit)
        for one in lines:
            await _hold(one, await _why_not(one, await standing_now(one, at)) or Why.NOBODY, at)
        if lines:
            await audit.record(
                audit.Action.REMINDER_HELD_BACK, by=audit.WORKER, at=at, subject=audit.WORKER, reminders=len(lines)
            )
        return len(lines)


async def _judged(lines: Sequence[Line], at: datetime) -> list[Ready]:
    """Those that may go out now; the others are held back, or wait."""
    found, before = list[Ready](), await last_sent(lines[0].account) if lines[0].account else None
    for line in lines:
        one, why = await _look(line, at)
        if one is None:
            await _hold(line, why or Why.GONE, at)
            continue
        when = earliest(at, one.reminder, one.zone, before)
        if when > at:
            await db.execute(MOVE, line.id, when, Why.WAITS.value)
        else:
            found.append(one)
    return found


async def _along(lines: Sequence[Line], at: datetime, ready: Sequence[Ready]) -> list[Ready]:
    """What is due later the same day, and could go out now."""
    found = list[Ready]()
    for line in lines:
        if day_in(ready[0].zone, line.due_at) != day_in(ready[0].zone, at):
            continue
        one, _ = await _look(line, at)
        if one is not None and earliest(at, one.reminder, one.zone, None) <= at:
            found.append(one)
    return found


async def _look(line: Line, at: datetime) -> tuple[Ready | None, Why | None]:
    now = await standing_now(line, at)
    why = await _why_not(line, now)
    reminder = await reminder_of(line, now.visit) if now.visit else None
    if why is not None or reminder is None or now.visit is None:
        return None, why or Why.GONE
    return Ready(line, reminder, now, await zone_of(now.visit.organisation)), None


async def _why_not(line: Line, now: Standing) -> Why | None:
    reminder = await reminder_of(line, now.visit) if now.visit else None
    return Why.GONE if reminder is None else why_not(line, reminder, now)


async def _hold(line: Line, why: Why, at: datetime) -> None:
    await _decide(line, why, at)
    await audit.record(
        audit.Action.REMINDER_HELD_BACK,
        by=audit.WORKER,
        at=at,
        subject=line.visit,
        patient=line.patient,
        why=why.value,
    )


async def _decide(
    line: Line,
    why: Why | None,
    at: datetime,
    *,
    now: Standing | None = None,
    channel: Channel | None = None,
    message: UUID | None = None,
) -> None:
    """Write what became of a line. Something that was tried and refused has failed; without an address nothing was."""
    state = State.SENT if why is None else State.FAILED if channel else State.HELD_BACK
    about = [one.id for one in now.asked if one.waiting] if now else []
    kept = (channel.value, message) if channel else ("", None)
    await db.execute(DECIDE, line.id, state.value, why.value if why else "", *kept, about, at)


async def _handed_over(
    account: UUID, ready: Sequence[Ready], message: UUID, at: datetime
) -> tuple[Channel | None, Why | None]:
    """By which way it was tried last, and why it did not go; mail first, a text message where no mail arrives."""
    ways, content = await ways_to(account), await _content(ready)
    if ways is None:
        return None, Why.NOBODY
    tried, state = None, None
    for way in ways_of(one.reminder for one in ready):
        purpose = Purpose(PURPOSE, account, message)
        if way == "mail" and ways.email:
            tried = Channel.EMAIL
            state = await send_letter(ways.email, letter_of(ways.language, content), purpose, at=at)
        elif way == "sms" and ways.phone and sms_available():
            tried = Channel.SMS
            state = await send_text(ways.phone, text_of(ways.language, content), purpose, at=at)
        if state is Delivered.SENT:
            return tried, None
    return tried, _fault(state)


def _fault(state: Delivered | None) -> Why:
    if state is None:
        return Why.NO_ADDRESS
    return Why.CAME_BACK if state is Delivered.BOUNCED else Why.REFUSED


async def _content(ready: Sequence[Ready]) -> Content:
    team = [one for one in ready if one.line.audience is Audience.TEAM]
    own = [one for one in ready if one.line.audience is not Audience.TEAM]
    asking = [one for one in own if one.line.kind is not Kind.EXPIRED]
    return Content(
        codes=tuple(sorted({await code_of(one.line.patient) for one in team})),
        waiting=any(any(asked.waiting for asked in one.now.asked) for one in asking),
        for_others=bool(own) and all(one.line.audience is Audience.PROXY for one in own),
        coming=any(not any(asked.waiting for asked in one.now.asked) for one in asking),
        closed=any(one.line.kind is Kind.EXPIRED for one in own),
    )
