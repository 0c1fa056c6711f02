"""What is wrong with the forms about a centre of a trial, in words. Pure."""

from app.lib.i18n import gettext as _
from app.trials.sites.forms import Fault


def fault_words(fault: Fault) -> str:
    """What is wrong with a field, and what to do."""
    return {
        Fault.CENTRE_MISSING: _("Choose a centre"),
        Fault.DAY_MISSING: _("Write the day from which the centre may enrol"),
        Fault.DAY_WRONG: _("Check the date: day, month and year in four digits"),
        Fault.TARGET_WRONG: _("Write a whole number from 1 to 100,000, or leave it empty"),
        Fault.BY_WRONG: _("Check the date: day, month and year in four digits"),
        Fault.BY_EARLY: _("This day lies before the opening: choose a later one"),
        Fault.OPEN_ALREADY: _("The trial is open in this centre already: choose another"),
        Fault.REASON_MISSING: _("Write why: it is read later by those who look after the network"),
        Fault.REASON_LONG: _("This is too long: 500 characters at most"),
    }[fault]
