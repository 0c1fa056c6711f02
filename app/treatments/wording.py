"""The words for treatments: doses, times, rhythms, choices, what is wrong with a form. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from app.lib.i18n import NBSP, day_words, locale, ngettext, number_words
from app.lib.i18n import gettext as _
from app.treatments.forms import Fault
from app.treatments.model import TIMES, Effect, Former, Plan, Prescription, Rhythm


def amount_words(amount: Decimal, unit: str) -> str:
    """2 tablets, 0.5 mL."""
    return f"{number_words(float(amount))}{NBSP}{unit_words(unit, amount)}"


def unit_words(unit: str, amount: Decimal = Decimal(1)) -> str:
    """As French does, English here writes one for less than two."""
    count = 2 if amount >= 2 or (locale.get() == "en" and amount > 1) else 1
    many = {
        "tablet": ngettext("tablet", "tablets", count),
        "capsule": ngettext("capsule", "capsules", count),
        "sachet": ngettext("sachet", "sachets", count),
        "suppository": ngettext("suppository", "suppositories", count),
        "drop": ngettext("drop", "drops", count),
        "puff": ngettext("puff", "puffs", count),
        "patch": ngettext("patch", "patches", count),
        "injection": ngettext("injection", "injections", count),
        "session": ngettext("session", "sessions", count),
        "iu": _("IU"),
        "ml": "mL",
    }
    return many.get(unit, unit)


def time_name(when: str) -> str:
    if when == "any":
        return ""
    known = {
        "morning": _("in the morning"),
        "noon": _("at noon"),
        "evening": _("in the evening"),
        "night": _("at bedtime"),
    }
    return known.get(when) or _("at %(time)s") % {"time": clock_words(when)}


def time_label(when: str) -> str:
    known = {"morning": _("Morning"), "noon": _("Noon"), "evening": _("Evening"), "night": _("Bedtime")}
    known["any"] = _("At any time")
    return known.get(when) or clock_words(when)


def clock_words(when: str) -> str:
    hour, _colon, minute = when.partition(":")
    return f"{int(hour)}{NBSP}h{NBSP}{minute}" if locale.get() == "fr" else f"{int(hour)}:{minute}"


def takes_words(plan: Plan) -> str:
    """1 tablet in the morning, 2 tablets in the evening."""
    return ", ".join(f"{amount_words(amount, plan.unit)} {time_name(when)}".strip() for when, amount in plan.takes)


def rhythm_words(plan: Plan) -> str:
    """Nothing for every day, which goes without saying."""
    if plan.rhythm is Rhythm.EVERY:
        return _("every %(count)s days") % {"count": plan.every_days}
    if plan.rhythm is Rhythm.WEEKDAYS:
        return _("on %(days)s") % {"days": ", ".join(weekday_words(day) for day in plan.weekdays)}
    if plan.rhythm is Rhythm.NEEDED and plan.most_per_day:
        return _("as needed, at most %(amount)s a day") % {"amount": amount_words(plan.most_per_day, plan.unit)}
    return _("as needed") if plan.rhythm is Rhythm.NEEDED else ""


def plan_words(plan: Plan) -> str:
    return ", ".join(part for part in (takes_words(plan), rhythm_words(plan)) if part)


def daily_words(one: Prescription) -> str:
    """100 mg a day; empty where it is not known."""
    daily = one.daily_mg
    return "" if daily is None else _("%(amount)s mg a day") % {"amount": number_words(float(daily))}


def dose_words(one: Prescription) -> str:
    """What a bar of the chart says."""
    daily = one.daily_mg
    return takes_words(one.plan) if daily is None else f"{number_words(float(daily))}{NBSP}mg"


def since_words(one: Prescription) -> str:
    start = day_words(one.plan.started, "short")
    if one.stop is None:
        return _("since %(day)s") % {"day": start}
    return _("from %(start)s to %(end)s") % {"start": start, "end": day_words(one.stop.ended, "short")}


def weekday_words(day: int) -> str:
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return days[day - 1] if locale.get() == "en" else days[day - 1].lower()


def rhythm_name(rhythm: str) -> str:
    return {
        "daily": _("Every day"),
        "every": _("Every few days"),
        "weekdays": _("On certain days of the week"),
        "needed": _("As needed"),
    }[rhythm]


def unit_choice(unit: str) -> str:
    known = {"mg": "mg", "g": "g", "ml": "mL", "iu": _("IU")}
    return known.get(unit) or unit_words(unit).capitalize()


def stop_words(reason: str) -> str:
    return {
        "changed": _("Dose changed"),
        "ineffective": _("Did not help"),
        "adverse_effect": _("Adverse effect"),
        "remission": _("No longer needed"),
        "wish": _("The patient’s wish"),
        "other": _("Other reason"),
    }[reason]


def severity_words(severity: str) -> str:
    return {
        "mild": _("Mild"),
        "moderate": _("Moderate"),
        "severe": _("Severe"),
        "serious": _("Serious (hospital, danger to life, lasting harm or death)"),
    }[severity]


def outcome_words(outcome: str) -> str:
    return {
        "ongoing": _("Goes on"),
        "recovered": _("Over"),
        "sequelae": _("Over, with lasting effects"),
        "unknown": _("Not known"),
    }[outcome]


def action_words(action: str) -> str:
    return {
        "none": _("Nothing changed"),
        "dose_reduced": _("Dose reduced"),
        "stopped": _("Treatment stopped"),
        "treated": _("Effect treated"),
        "unknown": _("Not known"),
    }[action]


def suspected_words(effect: Effect, known: Iterable[Prescription]) -> str:
    """The things that it may come from, each once."""
    return ", ".join(dict.fromkeys(one.subject for one in known if one.id in effect.known.suspected))


def former_words(former: Former) -> str:
    """What a correction replaced, in one line; the values are those of the history."""
    values = former.values
    if "label" in values:
        return ", ".join((values["label"], severity_words(values["severity"]), values["started"]))
    unit = values["unit"]
    takes = [f"{amount_words(Decimal(amount), unit)} {time_name(when)}".strip() for when, amount in values["takes"]]
    said = [
        values["words"],
        *takes,
        values["started"],
        values["reason"],
        values["prescriber"],
        values["refill_on"],
        values["ended"],
    ]
    return ", ".join(one for one in said if one)


def by_time(plans: Iterable[Prescription]) -> list[tuple[str, list[tuple[Prescription, Decimal]]]]:
    """What is taken at each time of a day, from morning to night; times of the clock by their hour."""
    hours = {"morning": "08:00", "noon": "12:00", "evening": "19:00", "night": "22:00", "any": "99:00"}
    found: dict[str, list[tuple[Prescription, Decimal]]] = {}
    for one in plans:
        for when, amount in one.plan.takes:
            found.setdefault(when, []).append((one, amount))
    return sorted(found.items(), key=lambda pair: (hours.get(pair[0], pair[0]), pair[0] not in TIMES))


def fault_words(fault: Fault) -> str:
    """The message beside a field: what to do."""
    return {
        Fault.WORDS_MISSING: _("Write what it is"),
        Fault.TOO_LONG: _("Say it in at most 500 characters"),
        Fault.UNIT_MISSING: _("Choose the unit"),
        Fault.AMOUNT_WRONG: _("Enter a number above zero, such as 1 or 0.5"),
        Fault.AMOUNT_MISSING: _("Enter how much is taken at one time at least"),
        Fault.CLOCK_WRONG: _("Enter a time and an amount, such as 10:00 1; 16:30 0.5"),
        Fault.RHYTHM_MISSING: _("Choose how often"),
        Fault.DAYS_WRONG: _("Enter a number of days from 2 to 365"),
        Fault.WEEKDAYS_MISSING: _("Choose at least one day of the week"),
        Fault.DATE_WRONG: _("Enter a date, such as 12/05/2026, or a month, such as 05/2026"),
        Fault.DATE_FUTURE: _("This date is to come. Enter one that has been."),
        Fault.DATE_BEFORE: _("This is before it began. Enter a later date."),
        Fault.REASON_MISSING: _("Write why"),
        Fault.LABEL_MISSING: _("Write what was noticed"),
        Fault.CHOICE_MISSING: _("Choose one"),
    }[fault]
