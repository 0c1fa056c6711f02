"""The words of a visit's page: where each questionnaire stands, faults of forms, what was changed. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.dashboard.visits.forms import Fault
from app.dashboard.visits.model import Part, Row, Stand
from app.dashboard.wording import state_look, state_words
from app.lib.clock import day_in
from app.lib.i18n import ZONE, day_words, locale
from app.lib.i18n import gettext as _
from app.questionnaires.model import text
from app.trials.format.model import Trial
from app.trials.model import Visit
from app.trials.visits.model import LONGEST_NOTE, Former, SkipReason
from app.trials.wording import skip_words


def part_title(trial: Trial, visit: Visit, part: Part) -> str:
    """What the protocol calls a module."""
    found = next((one for one in trial.modules.get(visit.visit, ()) if one.id == part.id), None)
    return text(found.title, locale.get()) if found else _("Asked before the protocol changed")


def count_words(part: Part) -> str:
    """How much of a module is there: 2/3 questionnaires, 31/40 questions."""
    answered, asked = part.answered
    facts = {"sent": part.sent, "all": len(part.rows), "answered": answered, "asked": asked}
    return _("%(sent)s/%(all)s questionnaires, %(answered)s/%(asked)s questions") % facts


def row_words(row: Row, today: date) -> str:
    """Where a questionnaire stands."""
    match row.stand:
        case Stand.TO_COME:
            return _("Asked once the visit is open") if row.for_team else _("Not asked yet")
        case Stand.SENT:
            sent = row.response.submitted_at if row.response else None
            return _("Sent on %(day)s") % {"day": day_words(day_in(ZONE, sent), "short")} if sent else _("Sent")
        case Stand.OVER:
            return _("Asked no longer")
    return state_words(row.assignment, today) if row.assignment else ""


def row_look(row: Row, today: date) -> tuple[str, str]:
    """Icon and tone of that."""
    match row.stand:
        case Stand.TO_COME:
            return "circle", ""
        case Stand.SENT:
            return "check", "success"
        case Stand.OVER:
            return "x", ""
    return state_look(row.assignment, today) if row.assignment else ("circle", "")


def elsewhere_words(row: Row, titles: Mapping[Any, str]) -> str:
    """That an answer counts for something else too, and for what, as far as the reader may know; "" if it does not."""
    known = [titles[one.origin_id] for one in row.others if one.origin_id in titles]
    by_hand = any(one.origin_kind != "visit" for one in row.others)
    what = [*known, *([_("a request of the team")] if by_hand else [])]
    if not what:
        return ""
    named = " · ".join(what)
    if row.from_before and row.response and row.response.submitted_at:
        facts = {"day": day_words(day_in(ZONE, row.response.submitted_at)), "what": named}
        return _("Answered on %(day)s for: %(what)s. It counts here.") % facts
    return _("Counts also for: %(what)s") % {"what": named}


def fault_words(fault: Fault) -> str:
    return {
        Fault.DAY: _("Enter a real date"),
        Fault.FUTURE: _("Choose today or an earlier day"),
        Fault.EARLY: _("Choose a day at most a year before the inclusion"),
        Fault.BEFORE_START: _("Choose the day on which the visit was opened, or a later one"),
        Fault.WHY_MISSING: _("Say in a few words why something lacks"),
        Fault.WHY_SKIPPED: _("Choose why the visit is not held"),
        Fault.OTHER: _("Say in a few words what the other reason is"),
        Fault.REASON: _("Say in a few words why"),
        Fault.NOTE: _("Write the note first"),
        Fault.LONG: _("Shorten the text to %(number)s characters")
        % {"number": f"{LONGEST_NOTE:,}".replace(",", "\xa0")},
        Fault.KIND: _("Choose which visit it is"),
    }[fault]


def former_words(former: Former) -> str:
    """How the visit stood before a change; "" for changes of the calendar that say nothing to a team."""
    was = former.was
    if was.get("completed_on"):
        return _("Taken up again. It had been completed on %(day)s.") % {"day": _day(was["completed_on"])}
    if was.get("skipped_on"):
        why = skip_words(SkipReason(was["skip_reason"])) if was.get("skip_reason") in set(SkipReason) else ""
        return _("Taken up again. It had been noted as not held on %(day)s: %(why)s.") % {
            "day": _day(was["skipped_on"]),
            "why": why,
        }
    if "target" in was:
        return _("Planned otherwise. It had been due on %(day)s.") % {"day": _day(was["target"])}
    if was.get("started_on"):
        return _("Until then it was open since %(day)s.") % {"day": _day(was["started_on"])}
    return ""


def _day(value: str) -> str:
    return day_words(date.fromisoformat(value))


def done_words(done: str) -> str:
    """What was just done; "" for anything else in the address."""
    return {
        "opened": _("The visit is open. Its questionnaires are asked."),
        "moved": _("The day of the visit is changed."),
        "completed": _("The visit is complete."),
        "skipped": _("Noted: the visit is not held."),
        "reopened": _("The visit is open again."),
        "added": _("The visit is added and open."),
        "noted": _("The note is saved."),
        "removed": _("The note is removed."),
        "signed": _("The visit is signed."),
        "unsigned": _("The signature is withdrawn."),
    }.get(done, "")
