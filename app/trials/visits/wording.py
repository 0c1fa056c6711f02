"""A visit in words: its title, when it may take place, where it stands. States are in app.trials.wording. Pure."""

from datetime import date

from app.lib.i18n import day_words, locale
from app.lib.i18n import gettext as _
from app.questionnaires.model import text
from app.trials.format.model import Trial
from app.trials.format.spans import Window
from app.trials.model import Visit


def visit_title(trial: Trial, visit: Visit) -> str:
    """What the protocol calls it; of one that is repeated which one it is, and whether it is out of plan."""
    known = next((one for one in trial.file.visits if one.id == visit.visit), None)
    title = text(known.title, locale.get()) if known else visit.visit
    if visit.unscheduled:
        return _("%(title)s, out of plan") % {"title": title}
    if known is not None and known.repeat is not None:
        return _("%(title)s, %(number)s of %(times)s") % {
            "title": title,
            "number": visit.number + 1,
            "times": max(known.repeat.times, visit.number + 1),
        }
    return title


def days_words(first: date, last: date) -> str:
    """From one day to another, both included: from 20 February 2026 to 20 March 2026; on 3 March 2026."""
    if first == last:
        return _("on %(day)s") % {"day": day_words(first)}
    return _("from %(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}


def window_words(window: Window | None) -> str:
    """When a visit may be held, as a team says it."""
    if window is None:
        return _("Out of plan: no window")
    permitted = days_words(*window.permitted)
    if window.best == window.permitted:
        return _("Possible %(days)s") % {"days": permitted}
    return _("Ideally %(best)s; permitted %(days)s") % {"best": days_words(*window.best), "days": permitted}


def place_words(place: str) -> str:
    """Where it takes place, as a team says it."""
    return _("At a distance") if place == "remote" else _("At the centre")
