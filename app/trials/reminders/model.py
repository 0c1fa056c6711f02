"""What a reminder is, when it may go out, why it does not, and until when it can be put off. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from app.access.consent import Use, allowed
from app.access.policy import Scope
from app.access.rights import Right
from app.assignments.model import Assignment
from app.assignments.model import State as Asked
from app.trials.format.reminders import after_quiet, concerns, reminder_times
from app.trials.format.shapes import Reminder
from app.trials.model import Visit


class Audience(StrEnum):
    PATIENT = "patient"
    PROXY = "proxy"
    TEAM = "team"


class Kind(StrEnum):
    """`asked`: somebody put one off until then. `expired`: the window is over and nothing came."""

    PROTOCOL = "protocol"
    ASKED = "asked"
    EXPIRED = "expired"


class State(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    HELD_BACK = "held_back"
    SNOOZED = "snoozed"
    FAILED = "failed"


class Why(StrEnum):
    """Why a reminder was not sent, or (`waits`) not sent yet; the words are in wording.py."""

    GONE = "gone"
    SETTLED = "settled"
    DIED = "died"
    ENDED = "ended"
    CLOSED = "closed"
    TRIAL = "trial"
    CONTACT = "contact"
    NO_RIGHT = "no_right"
    OVER = "over"
    ANSWERED = "answered"
    NOT_ASKED = "not_asked"
    TODAY = "today"
    NOBODY = "nobody"
    NO_ADDRESS = "no_address"
    CAME_BACK = "came_back"
    REFUSED = "refused"
    LATER = "later"
    WAITS = "waits"
    NEVER = "never"


class Until(StrEnum):
    """Until when somebody puts a reminder off."""

    TOMORROW = "tomorrow"
    IN_3_DAYS = "in_3_days"
    NEVER = "never"


DAYS = {Until.TOMORROW: 1, Until.IN_3_DAYS: 3}


@dataclass(frozen=True, slots=True)
class ReminderScope(Scope):
    """What the guard needs of a reminder of one's own, and which visit it is about."""

    visit: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder of a visit to one account. `patient` is the record that stands for the person now."""

    id: UUID
    patient: UUID
    visit: UUID
    audience: Audience
    kind: Kind
    reminder: str
    nth: int
    account: UUID | None
    due_at: datetime
    state: State
    why: str
    channel: str
    message: UUID | None
    assignments: tuple[UUID, ...]
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """When a visit reminds whom, before it is known who that is."""

    audience: Audience
    kind: Kind
    reminder: str
    nth: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand when a reminder is due. `asked`: what the visit asks in that voice; `today`: where they live.

    `died`: in whichever trial that was noted. `may`: whoever is written to may be, for this person. `answered_on`: the
    last day on which something was written in that voice.
    """

    visit: Visit | None
    today: date
    asked: Sequence[Assignment] = ()
    active: bool = True
    died: bool = False
    withheld: frozenset[str] = frozenset()
    may: bool = True
    answered_on: date | None = None


def moments_of(visit: Visit, reminders: Iterable[Reminder], zone: str) -> list[Moment]:
    """Every moment at which a visit reminds somebody, whether past or to come."""
    planned = visit.planned
    if planned is None:
        return []
    told, found = set[Audience](), list[Moment]()
    for one in reminders:
        if not concerns(planned, one):
            continue
        audience = Audience(one.to)
        times = reminder_times(planned, one, zone)
        found += [Moment(audience, Kind.PROTOCOL, one.id, nth, at) for nth, at in enumerate(times)]
        if times and audience is not Audience.TEAM and audience not in told:
            told.add(audience)
            after = planned.permitted[1] + timedelta(days=1)
            found.append(Moment(audience, Kind.EXPIRED, one.id, 0, on_day(after, one, zone)))
    return found


def on_day(day: date, reminder: Reminder, zone: str) -> datetime:
    """The reminder's hour on a day, or the end of the quiet ones after it."""
    local = ZoneInfo(zone)
    instant = datetime.combine(day, time.fromisoformat(reminder.hour), local)
    # There and back, so that an hour that the clock skips moves forward with it.
    return after_quiet(instant.astimezone(ZoneInfo("UTC")), reminder.quiet, local)


def in_voice(asked: Iterable[Assignment], audience: Audience) -> list[Assignment]:
    """What is asked of those whom a reminder is for."""
    own = {Audience.PATIENT, Audience.PROXY}
    if audience is Audience.TEAM:
        return [one for one in asked if one.answered_by not in own]
    return [one for one in asked if one.answered_by == audience]


def why_not(line: Line, reminder: Reminder, now: Standing) -> Why | None:
    """The first reason for which this line is not sent now; None where there is none.

    A visit that the team still has to hold or complete waits for the team, whatever of it was answered.
    """
    return _stopped(now) or _not_wanted(line, now) or _nothing_waits(line, reminder, now)


def _stopped(now: Standing) -> Why | None:
    visit = now.visit
    if visit is None:
        return Why.GONE
    if now.died:
        return Why.DIED
    if not now.active:
        return Why.ENDED
    return None if visit.completed_on is None and visit.skipped_on is None else Why.SETTLED


def stopping(withheld: frozenset[str], trial: str, audience: Audience) -> Why | None:
    """What consent has to say to a reminder."""
    if not allowed(withheld, Use.OPEN_RECORD):
        return Why.CLOSED
    if not allowed(withheld, Use.JOIN_TRIAL, trial):
        return Why.TRIAL
    return None if audience is Audience.TEAM or allowed(withheld, Use.WRITE_TO) else Why.CONTACT


def _not_wanted(line: Line, now: Standing) -> Why | None:
    trial = now.visit.key if now.visit else ""
    refused = stopping(now.withheld, trial, line.audience)
    if refused is not None:
        return refused
    if line.account is None:
        return Why.NOBODY
    return None if now.may else Why.NO_RIGHT


def _nothing_waits(line: Line, reminder: Reminder, now: Standing) -> Why | None:
    window = now.visit.window if now.visit else None
    if line.kind is Kind.EXPIRED:
        done = any(one.state in {Asked.DONE, Asked.IN_PROGRESS} for one in now.asked)
        return Why.ANSWERED if done else None if now.asked else Why.NOT_ASKED
    if window is None or now.today > window.permitted[1] or now.today < window.permitted[0]:
        return Why.OVER
    if line.audience is Audience.TEAM:
        return None
    if not any(one.waiting for one in now.asked):
        # A visit at the centre may be reminded of as such; at home there is nothing but the questionnaires.
        if not reminder.only_if_incomplete and now.visit and now.visit.place == "site":
            return None
        return Why.ANSWERED if now.asked else Why.NOT_ASKED
    return Why.TODAY if now.answered_on == now.today else None


def earliest(at: datetime, reminder: Reminder, zone: str, last_sent: datetime | None) -> datetime:
    """From when on it may go out: not in the quiet hours, and not on a day on which something was sent already."""
    local = ZoneInfo(zone)
    today = at.astimezone(local).date()
    if last_sent is not None and last_sent.astimezone(local).date() >= today:
        return on_day(today + timedelta(days=1), reminder, zone)
    return after_quiet(at, reminder.quiet, local)


def choices(visit: Visit, today: date) -> list[Until]:
    """Until when a reminder of this visit can be put off: while it can still be answered."""
    if visit.window is None:
        return []
    last = visit.window.permitted[1]
    return [until for until in Until if until is Until.NEVER or today + timedelta(days=DAYS[until]) <= last]


def may_be_reminded(rights: frozenset[Right], audience: Audience, *, own: bool, alone: bool) -> bool:
    """Whether a link lets somebody be reminded. `own`: of themselves; `alone`: the patient has no account.

    Who answers in the patient's own place is reminded in it where nobody else can be.

    >>> may_be_reminded(frozenset({Right.REMIND}), Audience.PATIENT, own=False, alone=True)
    False
    >>> may_be_reminded(frozenset({Right.REMIND, Right.SPEAK}), Audience.PATIENT, own=False, alone=True)
    True
    """
    if audience is Audience.PATIENT:
        return own or (alone and {Right.REMIND, Right.SPEAK} <= rights)
    return audience is Audience.PROXY and not own and {Right.REMIND, Right.ANSWER} <= rights


def named(reminders: Iterable[Reminder], name: str) -> Reminder | None:
    return next((one for one in reminders if one.id == name), None)


def ways_of(reminders: Iterable[Reminder]) -> list[str]:
    """By what these reminders may go, mail first: a text message is for whom no mail reaches."""
    wanted = {way for one in reminders for way in one.by}
    return [way for way in ("mail", "sms") if way in wanted]
