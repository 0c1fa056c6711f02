"""Reading the forms of enrolling: answers to rules, how somebody joins, what changes, how it ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.trials.enrolling.model import LONGEST_NOTE, Joining, Outcome, in_reach
from app.trials.format.model import Trial
from app.trials.model import Ended, Enrolment

NOTED = (Outcome.NOT_ELIGIBLE, Outcome.DECLINED, Outcome.NO_CONSENT)
"""What may be noted of somebody who does not join."""
ENDS = tuple(one for one in Ended if one is not Ended.ACTIVE)
NEED_A_REASON = frozenset({Ended.WITHDRAWN, Ended.EXCLUDED})


class Fault(StrEnum):
    """What is wrong beside a field."""

    DAY_MISSING = "day_missing"
    DAY_FUTURE = "day_future"
    DAY_FAR = "day_far"
    DAY_BEFORE = "day_before"
    ARM_MISSING = "arm_missing"
    RULE_OPEN = "rule_open"
    RULE_UNMET = "rule_unmet"
    CONSENT_MISSING = "consent_missing"
    OUTCOME_MISSING = "outcome_missing"
    HOW_MISSING = "how_missing"
    REASON_MISSING = "reason_missing"
    TOO_LONG = "too_long"
    NOTHING_CHANGED = "nothing_changed"


Faults = dict[str, Fault]
Typed = Mapping[str, str]


def read_day(text: str) -> date | None:
    """A day as a browser's date field sends it, or as people in France write it; None if it is none.

    >>> read_day("2026-11-22"), read_day(" 1/12/2026 "), read_day("2026-02-30"), read_day("")
    (datetime.date(2026, 11, 22), datetime.date(2026, 12, 1), None, None)
    """
    typed, parts = text.strip(), text.strip().split("/")
    if len(parts) == 3:
        typed = f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}"
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def read_answers(typed: Typed, trial: Trial) -> dict[str, bool | None]:
    """What was answered to each rule that is asked; None is not known."""
    said = {"yes": True, "no": False}
    return {rule.id: said.get(typed.get(f"rule-{rule.id}", "")) for rule in trial.file.eligibility if rule.rule is None}


def read_joining(typed: Typed, trial: Trial, today: date, *, drawn: bool) -> tuple[Joining, Faults]:
    """How somebody joins. What is wrong is left out: today stands for a day that is none, and no arm for none chosen.

    `drawn`: the arm is not chosen by anybody.
    """
    faults = Faults()
    day = _inclusion(typed.get("included_on", ""), today, faults)
    arm = typed.get("arm") or None
    if drawn or not trial.file.arms:
        arm = None
    elif arm not in trial.file.arms:
        arm, faults["arm"] = None, Fault.ARM_MISSING
    events = read_events(typed, trial, today, faults)
    known = {name: on for name, on in events.items() if on is not None}
    return Joining(included_on=day or today, arm=arm, events=known), faults


def _inclusion(text: str, today: date, faults: Faults) -> date | None:
    day = read_day(text)
    if day is None:
        faults["included_on"] = Fault.DAY_MISSING
    elif not in_reach(day, today):
        faults["included_on"] = Fault.DAY_FAR
        return None
    return day


def read_events(typed: Typed, trial: Trial, today: date, faults: Faults) -> dict[str, date | None]:
    """Each event's day; None where it stays open, or is wrong."""
    found: dict[str, date | None] = {}
    for event in trial.file.events:
        name = f"event-{event.id}"
        text = typed.get(name, "").strip()
        day = found[event.id] = read_day(text)
        if text and day is None:
            faults[name] = Fault.DAY_MISSING
        elif day is not None and day > today:
            found[event.id], faults[name] = None, Fault.DAY_FUTURE
    return found


def _reason(typed: Typed, name: str, faults: Faults, *, needed: bool) -> str:
    text = typed.get(name, "").replace("\0", "").strip()
    if needed and not text:
        faults[name] = Fault.REASON_MISSING
    elif len(text) > LONGEST_NOTE:
        faults[name] = Fault.TOO_LONG
    return text


def read_log(typed: Typed) -> tuple[Outcome | None, str, Faults]:
    """Why somebody does not join, and a note about it."""
    faults = Faults()
    outcome = Outcome(typed["outcome"]) if typed.get("outcome") in set(NOTED) else None
    if outcome is None:
        faults["outcome"] = Fault.OUTCOME_MISSING
    return outcome, _reason(typed, "note", faults, needed=False), faults


def read_change(
    typed: Typed, trial: Trial, held: Enrolment, today: date, *, drawn: bool
) -> tuple[Joining, str, Faults]:
    """Another inclusion day or arm, and why. Of a drawn arm nothing is changed."""
    wanted, faults = read_joining(typed, trial, today, drawn=drawn)
    joining = Joining(included_on=wanted.included_on, arm=held.arm if drawn else wanted.arm, events=held.events)
    reason = _reason(typed, "reason", faults, needed=True)
    if not faults and (joining.included_on, joining.arm) == (held.included_on, held.arm):
        faults["included_on"] = Fault.NOTHING_CHANGED
    return joining, reason, faults


@dataclass(frozen=True, slots=True)
class Ending:
    """How an enrolment ends; None is not said yet."""

    how: Ended | None
    on: date | None
    note: str


def read_ending(typed: Typed, held: Enrolment, today: date) -> tuple[Ending, Faults]:
    """How it ends, on which day, and why where that is asked."""
    faults = Faults()
    how = Ended(typed["how"]) if typed.get("how") in set(ENDS) else None
    if how is None:
        faults["how"] = Fault.HOW_MISSING
    on = read_day(typed.get("ended_on", ""))
    if on is None:
        faults["ended_on"] = Fault.DAY_MISSING
    elif on > today:
        faults["ended_on"] = Fault.DAY_FUTURE
    elif on < held.begins:
        faults["ended_on"] = Fault.DAY_BEFORE
    return Ending(how, on, _reason(typed, "note", faults, needed=how in NEED_A_REASON)), faults


def read_why(typed: Typed) -> tuple[str, Faults]:
    """Why an end is taken back."""
    faults = Faults()
    return _reason(typed, "reason", faults, needed=True), faults
