"""Visits in the words of whoever comes to them. Pure."""

from app.lib.i18n import day_words, pgettext
from app.lib.i18n import gettext as _
from app.portal.visits.model import Line, Seen


def when_words(line: Line) -> str:
    """When it may be, in one phrase: between 1 March 2026 and 29 March 2026."""
    visit = line.visit
    if line.seen is Seen.HELD and visit.started_on:
        return _("On %(day)s") % {"day": day_words(visit.started_on)}
    if visit.window is None:
        return _("On %(day)s") % {"day": day_words(visit.started_on)} if visit.started_on else ""
    first, last = visit.window.permitted
    if first == last:
        return _("On %(day)s") % {"day": day_words(first)}
    return _("Between %(first)s and %(last)s") % {"first": day_words(first), "last": day_words(last)}


def where_words(line: Line, centre: str) -> str:
    """Where it takes place, after the days and a comma."""
    return _("at home") if line.visit.place == "remote" else centre


def seen_words(seen: Seen) -> str:
    return {
        Seen.COMING: _("To come"),
        Seen.NOW: _("It is time"),
        Seen.BEGUN: pgettext("visit", "Begun"),
        Seen.CALL: _("Call your centre"),
        Seen.HELD: pgettext("visit", "Done"),
        Seen.NOT_HELD: _("Did not take place"),
    }[seen]


def seen_look(seen: Seen) -> tuple[str, str]:
    """Icon and tone."""
    return {
        Seen.COMING: ("calendar", ""),
        Seen.NOW: ("flag", "info"),
        Seen.BEGUN: ("half", "info"),
        Seen.CALL: ("phone", "attention"),
        Seen.HELD: ("check", "success"),
        Seen.NOT_HELD: ("dash", ""),
    }[seen]
