"""Reading the forms about treatments: values, or what is wrong with each field. Pure."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.patients.dates import PartialDate, read_date
from app.treatments.model import (
    ACTIONS,
    OUTCOMES,
    SEVERITIES,
    STOPPED,
    TIMES,
    UNITS,
    NewEffect,
    Plan,
    Rhythm,
    Stop,
    Take,
)

LONGEST = 500
MOST_AMOUNT = Decimal(10_000)
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]) ?[h:] ?([0-5][0-9])? *([=:]?) +(\S+)")
MINUTES = re.compile(r"[0-5][0-9]")
AMOUNT = re.compile(r"[0-9]{0,5}(?:\.[0-9]{0,4})?")
FRACTIONS = {"½": Decimal("0.5"), "1/2": Decimal("0.5"), "¼": Decimal("0.25"), "1/4": Decimal("0.25")}
FRACTIONS |= {"¾": Decimal("0.75"), "3/4": Decimal("0.75")}
PLAN_FIELDS = ("words", "unit", *TIMES, "clock", "rhythm", "every_days", "most_per_day", "route", "started")
FIELDS = (*PLAN_FIELDS, "refill_on", "reason", "prescriber", "why", "revision", "id")
EFFECT_FIELDS = ("label", "severity", "started", "ended", "outcome", "action_taken", "revision", "id")


class Fault(StrEnum):
    """What is wrong with one field."""

    WORDS_MISSING = "words_missing"
    TOO_LONG = "too_long"
    UNIT_MISSING = "unit_missing"
    AMOUNT_WRONG = "amount_wrong"
    AMOUNT_MISSING = "amount_missing"
    CLOCK_WRONG = "clock_wrong"
    RHYTHM_MISSING = "rhythm_missing"
    DAYS_WRONG = "days_wrong"
    WEEKDAYS_MISSING = "weekdays_missing"
    DATE_WRONG = "date_wrong"
    DATE_FUTURE = "date_future"
    DATE_BEFORE = "date_before"
    REASON_MISSING = "reason_missing"
    LABEL_MISSING = "label_missing"
    CHOICE_MISSING = "choice_missing"


Faults = dict[str, Fault]


def read_amount(text: str) -> Decimal | None:
    """An amount as people write it; None if it is none.

    >>> read_amount("0,5"), read_amount("1/2"), read_amount("100"), read_amount("-1"), read_amount("two")
    (Decimal('0.5'), Decimal('0.5'), Decimal('100'), None, None)
    >>> read_amount("1e3"), read_amount("1_0"), read_amount("٣"), read_amount(".")
    (None, None, None, None)
    """
    typed = text.strip().replace(",", ".")
    if typed in FRACTIONS:
        return FRACTIONS[typed]
    if not AMOUNT.fullmatch(typed) or not typed.strip("."):
        return None
    amount = Decimal(typed)
    return amount if 0 < amount <= MOST_AMOUNT else None


def read_clock(text: str) -> list[Take] | None:
    """Amounts at times of the clock, parted by commas that stand before a space, or by semicolons; None if it is none.

    >>> read_clock("10:00 1; 16h30 0,5"), read_clock(""), read_clock("at ten")
    ([('10:00', Decimal('1')), ('16:30', Decimal('0.5'))], [], None)
    >>> read_clock("8h 30"), read_clock("8h 30 1"), read_clock("8h 2")  # half past eight, or thirty at eight?
    (None, [('08:30', Decimal('1'))], [('08:00', Decimal('2'))])
    """
    takes: list[Take] = []
    for part in (part.strip() for part in text.split(";")):
        found = CLOCK.fullmatch(part) if part else None
        amount = read_amount(found[4]) if found else None
        if found and not found[2] and not found[3] and MINUTES.fullmatch(found[4]):
            return None
        if part and (found is None or amount is None):
            return None
        if found and amount:
            takes.append((f"{int(found[1]):02d}:{found[2] or '00'}", amount))
    return takes


def read_day(text: str) -> date | None:
    known = read_date(text)
    return known.whole if known else None


def read_plan(
    typed: Mapping[str, str], weekdays: list[str], today: date, *, in_words: bool
) -> tuple[Plan | None, Faults]:
    """What is to be taken. `in_words`: it is no drug of the database, so the form says what it is."""
    faults, words = Faults(), typed["words"].replace("\0", "").strip()
    if in_words and not words:
        faults["words"] = Fault.WORDS_MISSING
    for name in ("words", "reason", "prescriber", "route"):
        if len(typed[name]) > LONGEST:
            faults[name] = Fault.TOO_LONG
    if typed["unit"] not in UNITS:
        faults["unit"] = Fault.UNIT_MISSING
    rhythm = Rhythm(typed["rhythm"]) if typed["rhythm"] in set(Rhythm) else Rhythm.DAILY
    if typed["rhythm"] not in set(Rhythm):
        faults["rhythm"] = Fault.RHYTHM_MISSING
    takes = _takes(typed, faults)
    started = _date(typed["started"], "started", faults)
    refill = read_day(typed["refill_on"]) if typed["refill_on"].strip() else None
    if typed["refill_on"].strip() and refill is None:
        faults["refill_on"] = Fault.DATE_WRONG
    every, most = _rhythm(typed, rhythm, weekdays, faults)
    if faults or started is None:
        return None, faults
    plan = Plan(
        unit=typed["unit"],
        takes=tuple(takes),
        started=started,
        rhythm=rhythm,
        every_days=every,
        weekdays=tuple(sorted({int(day) for day in weekdays if day in set("1234567")})),
        most_per_day=most,
        route=typed["route"].strip(),
        words=words if in_words else "",
        reason=typed["reason"].replace("\0", "").strip(),
        prescriber=typed["prescriber"].replace("\0", "").strip(),
        refill_on=refill,
    )
    return plan, {}


def _takes(typed: Mapping[str, str], faults: Faults) -> list[Take]:
    takes: list[Take] = []
    for when in TIMES:
        if typed[when].strip() in {"", "0"}:
            continue
        amount = read_amount(typed[when])
        if amount is None:
            faults[when] = Fault.AMOUNT_WRONG
        else:
            takes.append((when, amount))
    at_times = read_clock(typed["clock"])
    if at_times is None:
        faults["clock"] = Fault.CLOCK_WRONG
    takes += at_times or []
    if not takes and not faults.keys() & {*TIMES, "clock"}:
        faults["morning"] = Fault.AMOUNT_MISSING
    return takes


def _rhythm(
    typed: Mapping[str, str], rhythm: Rhythm, weekdays: list[str], faults: Faults
) -> tuple[int, Decimal | None]:
    days = typed["every_days"].strip()
    every = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0
    if rhythm is Rhythm.EVERY and not 2 <= every <= 365:
        faults["every_days"] = Fault.DAYS_WRONG
    if rhythm is Rhythm.WEEKDAYS and not set(weekdays) & set("1234567"):
        faults["weekdays"] = Fault.WEEKDAYS_MISSING
    most = read_amount(typed["most_per_day"]) if typed["most_per_day"].strip() else None
    if rhythm is Rhythm.NEEDED and typed["most_per_day"].strip() and most is None:
        faults["most_per_day"] = Fault.AMOUNT_WRONG
    return every or 1, most


def _date(text: str, name: str, faults: Faults) -> PartialDate | None:
    found = read_date(text)
    if found is None:
        faults[name] = Fault.DATE_WRONG
    return found


def typed_date(known: PartialDate) -> str:
    """As people write it: 12/05/2026, 05/2026, 2026.

    >>> typed_date(PartialDate(2026, 5, 2)), typed_date(PartialDate(2026, 5))
    ('02/05/2026', '05/2026')
    """
    return "/".join(reversed(known.text.split("-")))


def typed_of(plan: Plan) -> dict[str, str]:
    """The form of a plan; weekdays stand apart.

    >>> typed_of(Plan("mg", (("08:00", Decimal(1)), ("08:00", Decimal("2.5"))), PartialDate(2026)))["clock"]
    '08:00 1; 08:00 2,5'
    """
    takes = [(when, f"{amount:f}".replace(".", ",")) for when, amount in plan.takes]
    at = dict(takes)
    return {
        **dict.fromkeys(FIELDS, ""),
        **{when: at.get(when, "") for when in TIMES},
        "clock": "; ".join(f"{when} {amount}" for when, amount in takes if when not in TIMES),
        "words": plan.words,
        "unit": plan.unit,
        "rhythm": plan.rhythm.value,
        "every_days": str(plan.every_days) if plan.rhythm is Rhythm.EVERY else "",
        "most_per_day": f"{plan.most_per_day:f}" if plan.most_per_day else "",
        "route": plan.route,
        "started": typed_date(plan.started),
        "refill_on": plan.refill_on.isoformat() if plan.refill_on else "",
        "reason": plan.reason,
        "prescriber": plan.prescriber,
    }


def read_stop(typed: Mapping[str, str], started: PartialDate, today: date) -> tuple[Stop | None, Faults]:
    """The last day and why; the day may be to come, never before the first."""
    faults = Faults()
    ended = _date(typed["ended"], "ended", faults)
    if ended is not None and ended.latest < started.earliest:
        faults["ended"] = Fault.DATE_BEFORE
    if typed["stop_reason"] not in STOPPED:
        faults["stop_reason"] = Fault.CHOICE_MISSING
    if len(typed["note"]) > LONGEST:
        faults["note"] = Fault.TOO_LONG
    if faults or ended is None:
        return None, faults
    return Stop(ended, typed["stop_reason"], typed["note"].replace("\0", "").strip()), {}


def read_why(text: str) -> tuple[str, Fault | None]:
    """A reason that nobody may leave out."""
    why = text.replace("\0", "").strip()
    if not why:
        return "", Fault.REASON_MISSING
    return why, Fault.TOO_LONG if len(why) > LONGEST else None


def read_effect(
    typed: Mapping[str, str], suspected: list[str], known: set[UUID], today: date
) -> tuple[NewEffect | None, Faults]:
    """What was not tolerated; suspected are only prescriptions of this person, `known`."""
    faults, label = Faults(), typed["label"].replace("\0", "").strip()
    if not label or len(label) > LONGEST:
        faults["label"] = Fault.LABEL_MISSING if not label else Fault.TOO_LONG
    for name, among in (("severity", SEVERITIES), ("outcome", OUTCOMES), ("action_taken", ACTIONS)):
        if typed[name] not in among:
            faults[name] = Fault.CHOICE_MISSING
    started = _date(typed["started"], "started", faults)
    ended = _date(typed["ended"], "ended", faults) if typed["ended"].strip() else None
    if started is not None and started.earliest > today:
        faults["started"] = Fault.DATE_FUTURE
    if started and ended and ended.latest < started.earliest:
        faults["ended"] = Fault.DATE_BEFORE
    if faults or started is None:
        return None, faults
    new = NewEffect(
        label=label,
        severity=typed["severity"],
        started=started,
        ended=ended,
        outcome=typed["outcome"],
        action_taken=typed["action_taken"],
        suspected=tuple(one for one in known if str(one) in suspected),
    )
    return new, {}
