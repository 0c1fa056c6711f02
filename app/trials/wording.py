"""Trials, visits and enrolments in the words of teams and patients. Pure."""

from app.lib.i18n import gettext as _
from app.trials.format.states import VisitState
from app.trials.model import Ended
from app.trials.visits.model import SkipReason

# Icon and tone: beside words always, never instead of them.
SIGNS: dict[VisitState, tuple[str, str]] = {
    VisitState.PLANNED: ("circle", ""),
    VisitState.OPEN: ("calendar", ""),
    VisitState.DUE: ("flag", "info"),
    VisitState.CLOSING: ("clock", "attention"),
    VisitState.OVERDUE: ("alert", "danger"),
    VisitState.IN_PROGRESS: ("half", "info"),
    VisitState.COMPLETE: ("check", "success"),
    VisitState.SKIPPED: ("skip", "attention"),
    VisitState.STOPPED: ("dash", ""),
    VisitState.MISSED: ("x", "attention"),
}


def state_words(state: VisitState) -> str:
    """How a visit stands, as a team says it."""
    return {
        VisitState.PLANNED: _("Planned"),
        VisitState.OPEN: _("Possible"),
        VisitState.DUE: _("To be held"),
        VisitState.CLOSING: _("Ends soon"),
        VisitState.OVERDUE: _("Overdue"),
        VisitState.IN_PROGRESS: _("In progress"),
        VisitState.COMPLETE: _("Complete"),
        VisitState.SKIPPED: _("Not held"),
        VisitState.STOPPED: _("Stopped"),
        VisitState.MISSED: _("Missed"),
    }[state]


def state_icon(state: VisitState) -> str:
    return SIGNS[state][0]


def state_tone(state: VisitState) -> str:
    return SIGNS[state][1]


def ended_words(ended: Ended) -> str:
    """How an enrolment stands."""
    return {
        Ended.ACTIVE: _("Takes part"),
        Ended.COMPLETED: _("Completed"),
        Ended.WITHDRAWN: _("Withdrew"),
        Ended.EXCLUDED: _("Withdrawn by the investigator"),
        Ended.LOST: _("Lost to follow-up"),
        Ended.DIED: _("Died"),
    }[ended]


def skip_words(reason: SkipReason) -> str:
    """Why a visit was not held."""
    return {
        SkipReason.ILL: _("Ill"),
        SkipReason.UNREACHABLE: _("Could not be reached"),
        SkipReason.DECLINED: _("Did not wish to come"),
        SkipReason.CENTRE: _("The centre could not hold it"),
        SkipReason.NOT_INDICATED: _("Not indicated"),
        SkipReason.OTHER: _("Other reason"),
    }[reason]
