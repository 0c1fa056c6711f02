"""A protocol in words: when visits are due, who answers and signs, what is checked, what amendments do. Pure."""

from collections.abc import Mapping
from datetime import date, datetime

from app.lib import i18n
from app.lib.i18n import gettext as _
from app.lib.i18n import ngettext
from app.questionnaires.model import text
from app.trials.format.model import Trial
from app.trials.format.shapes import Amendment, Consent, Reminder, Sdv, Use, Visit
from app.trials.format.spans import span_of
from app.trials.model import SiteState

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
DAYS_A_WEEK, MONTHS_A_YEAR = 7, 12
TO_FILL_IN = "To be filled in"
REGISTERS = {
    "nct": "ClinicalTrials.gov",
    "id_rcb": "ID-RCB",
    "eudract": "EudraCT",
    "ctis": "CTIS",
    "isrctn": "ISRCTN",
}


def length_words(written: str) -> str:
    """A length of time without its sign: 2 weeks, 6 months.

    >>> length_words("-14 days"), length_words("1 year")
    ('2 semaines', '1 an')
    """
    span = span_of(written)
    days, months = abs(span.days), abs(span.months)
    if months and months % MONTHS_A_YEAR == 0 and written.rstrip("s").endswith("year"):
        return ngettext("%(num)s year", "%(num)s years", months // MONTHS_A_YEAR) % {"num": months // MONTHS_A_YEAR}
    if months:
        return ngettext("%(num)s month", "%(num)s months", months) % {"num": months}
    if days % DAYS_A_WEEK == 0 and days:
        return ngettext("%(num)s week", "%(num)s weeks", days // DAYS_A_WEEK) % {"num": days // DAYS_A_WEEK}
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}


def every_words(step: str) -> str:
    """How often: every week, every 6 months."""
    once = {"day": _("every day"), "week": _("every week"), "month": _("every month"), "year": _("every year")}
    number, _space, unit = step.partition(" ")
    if number.lstrip("+") == "1":
        return once[unit.removesuffix("s")]
    return _("every %(length)s") % {"length": length_words(step)}


def _mark(written: str) -> str:
    """A day counted from the anchor, short: D0, M6, W−2."""
    span = span_of(written)
    if span.months:
        return _("M%(num)s") % {"num": _signed(span.months)}
    if span.days and span.days % DAYS_A_WEEK == 0:
        return _("W%(num)s") % {"num": _signed(span.days // DAYS_A_WEEK)}
    return _("D%(num)s") % {"num": _signed(span.days)}


def _signed(number: int) -> str:
    return f"{MINUS}{-number}" if number < 0 else str(number)


def target_words(trial: Trial, visit: Visit) -> str:
    """When a visit is due: M6, then every 6 months, 10 times in all; counted from what."""
    if not visit.planned:
        return _("When it happens")
    said = _mark(visit.at)
    if visit.repeat:
        said = _("%(first)s, then %(every)s, %(times)s times in all") % {
            "first": said,
            "every": every_words(visit.repeat.every),
            "times": visit.repeat.times,
        }
    anchor = anchor_words(trial, visit.after)
    return f"{said} ({anchor})" if anchor else said


def anchor_words(trial: Trial, after: str) -> str:
    """What a visit is counted from; nothing for the inclusion, as most are."""
    if after == "inclusion":
        return ""
    if after == "birth":
        return _("counted from the birth")
    kind, _colon, name = after.partition(":")
    titles = trial.file.events if kind == "event" else trial.file.visits
    title = next((own(one.title) for one in titles if one.id == name), name)
    return _("counted from: %(what)s") % {"what": title}


def own(texts: Mapping[str, str] | None) -> str:
    """Words of a file in the reader's language."""
    return text(texts, i18n.locale.get())


def window_words(ends: list[str] | None) -> str:
    """A window round its target: ± 2 weeks, from −1 week to +1 month, the day itself."""
    first, last = ends or ["0", "0"]
    begin, end = span_of(first), span_of(last)
    if begin == end and not (begin.days or begin.months):
        return _("the day itself")
    if (begin.days, begin.months) == (-end.days, -end.months):
        return f"±{NBSP}{length_words(last)}"
    if not (begin.days or begin.months):
        return _("up to %(length)s later") % {"length": length_words(last)}
    if not (end.days or end.months):
        return _("up to %(length)s earlier") % {"length": length_words(first)}
    return _("%(first)s up to %(last)s") % {"first": _offset(first), "last": _offset(last)}


def _offset(written: str) -> str:
    span = span_of(written)
    return f"{MINUS if span.days < 0 or span.months < 0 else '+'}{length_words(written)}"


def who_words(who: str) -> str:
    """Who fills in a questionnaire."""
    return {
        "patient": _("the patient"),
        "proxy": _("a relative"),
        "clinician": _("the clinician"),
        "nurse": _("the nurse"),
        "neuropsychologist": _("the neuropsychologist"),
        "social_worker": _("the social worker"),
    }.get(who, who)


def use_words(use: Use) -> list[str]:
    """How a questionnaire is asked, where it is not plainly."""
    said = [] if use.required else [_("optional")]
    if use.once:
        said.append(_("once only"))
    if use.reuse:
        said.append(_("an answer at most %(length)s old counts") % {"length": length_words(use.reuse)})
    if use.version:
        said.append(_("version %(version)s") % {"version": use.version})
    return said


def signers_words(consent: Consent) -> str:
    """Who signs a text."""
    words = {
        "patient": _("the patient"),
        "guardian": _("the legal guardian"),
        "both_parents": _("both holders of parental authority"),
        "proxy": _("a relative"),
    }
    return ", ".join(words[one] for one in consent.signed_by)


def place_words(visit: Visit) -> str:
    return _("At the centre") if visit.place == "site" else _("Remote")


def sdv_words(sdv: Sdv) -> str:
    """Which values are compared with their source."""
    if sdv.plan == "all":
        return _("Every value is compared with its source.")
    if sdv.plan == "critical":
        return _("The critical values are compared with their source.")
    return _("The critical values, and %(percent)s %% of the visits in full, are compared with their source.") % {
        "percent": sdv.percent
    }


def hour_words(hour: str) -> str:
    """A local hour of a file as people write it: 18 h, 9 h 30; 18:00 in English."""
    if i18n.locale.get() != "fr":
        return hour
    hours, minutes = hour.split(":")
    return f"{int(hours)}{NBSP}h" + (f"{NBSP}{minutes}" if int(minutes) else "")


def reminder_words(reminder: Reminder) -> str:
    """Who is reminded, how, when, how often."""
    to = {"patient": _("To the patient"), "proxy": _("To a relative"), "team": _("To the team")}[reminder.to]
    ways = {"mail": _("by e-mail"), "sms": _("by text message")}
    first = _("from the first best day") if reminder.first == "0" else _offset(reminder.first)
    return _("%(to)s, %(by)s: %(first)s, %(every)s, %(times)s times at most, at %(hour)s") % {
        "to": to,
        "by": ", ".join(ways[one] for one in reminder.by),
        "first": first,
        "every": every_words(reminder.every),
        "times": reminder.at_most,
        "hour": hour_words(reminder.hour),
    }


def amendment_words(amendment: Amendment) -> str:
    """What becomes of those who take part already."""
    return {
        "keep": _("Those who take part stay on their version."),
        "future_visits": _("Visits to come of those who take part follow it."),
        "reconsent": _("Visits to come follow it once the person has agreed."),
    }[amendment.enrolled_people]


def day_of(amendment: Amendment) -> date:
    """When it was approved."""
    return date.fromisoformat(amendment.approved)


def on_day(at: datetime) -> date:
    """The day of a moment, where the network is."""
    return i18n.local(at).date()


def register_words(register: str) -> str:
    return REGISTERS.get(register, register.upper())


def named(name: str) -> str:
    """A name of a file; one that is still to be filled in says so in one language only."""
    return _("To be filled in") if name.startswith(TO_FILL_IN) else name


def site_look(state: SiteState) -> tuple[str, str, str]:
    """Words, icon and tone of a centre's part in a trial."""
    return {
        SiteState.OPEN: (_("Open for enrolment"), "check", "success"),
        SiteState.COMING: (_("Opens soon"), "clock", "info"),
        SiteState.CLOSED: (_("Closed"), "lock", ""),
    }[state]


def stand_look(stand: str) -> tuple[str, str, str]:
    """The same of a trial, seen from a centre."""
    return {
        "open": (_("Open for enrolment"), "check", "success"),
        "here": (_("Open in my centre"), "check", "success"),
        "elsewhere": (_("Open in other centres"), "globe", "info"),
        "nowhere": (_("Open in no centre"), "circle", ""),
        "closed": (_("Closed"), "lock", ""),
    }[stand]
