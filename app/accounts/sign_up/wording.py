"""The words of signing up: what is wrong in a form, and what the widget of the proof of work says."""

from app.accounts.problems import Problem
from app.accounts.sign_up.problems import Fault
from app.accounts.wording import name_words, problem_words
from app.lib.i18n import gettext as _


def fault_words(fault: Problem | Fault) -> str:
    """The message beside the field, in the reader's language."""
    if isinstance(fault, Problem):
        return problem_words(fault)
    return (_about_person() | _about_work() | _about_sending())[fault]


def _about_person() -> dict[Fault, str]:
    return {
        Fault.FAMILY_NAME_MISSING: _("Enter your family name"),
        Fault.GIVEN_NAME_MISSING: _("Enter your given name"),
        Fault.NAME_WRONG: name_words(),
        Fault.BIRTH_MISSING: _("Enter your date of birth"),
        Fault.BIRTH_WRONG: _("Enter a date that exists, with the year in four digits, for example 9 11 1984"),
        Fault.BIRTH_TO_COME: _("Enter a date in the past"),
        Fault.SEX_MISSING: _("Choose one of the answers"),
        Fault.PHONE_WRONG: _("Enter a telephone number like 06 39 98 00 01 or +32 470 12 34 56, or leave this empty"),
        Fault.NIR_LENGTH: _(
            "The number has 15 characters, its key of two digits included. You can also leave this empty."
        ),
        Fault.NIR_WRONG: _("This number does not fit its key. Check it on your card, or leave this empty."),
    }


def _about_work() -> dict[Fault, str]:
    return {
        Fault.PROFESSION_MISSING: _("Choose your profession"),
        Fault.ORGANISATION_MISSING: _("Choose your centre, or “My centre is not in the list”"),
        Fault.ORGANISATION_UNNAMED: _("Enter the name of your centre"),
        Fault.RPPS_LENGTH: _("An RPPS number has 11 digits. You can also leave this empty."),
        Fault.RPPS_WRONG: _("One digit of this RPPS number must be wrong. Check it, or leave this empty."),
    }


def _about_sending() -> dict[Fault, str]:
    return {
        Fault.TOO_QUICK: _("The form was sent very quickly. Wait a few seconds, then send it again."),
        Fault.TOO_QUICK_UNPROVEN: _("Without the automatic check, wait ten seconds, then send the form again."),
        Fault.OPEN_TOO_LONG: _("This page stood open for too long. What you typed is kept: send it again."),
        Fault.PROOF_WRONG: _(
            "The automatic check has run out or was used already. It begins again: send once it is done."
        ),
        Fault.TOO_MANY: _("Many accounts were asked for from this network. Wait one hour, then try again."),
        Fault.TOO_MANY_UNPROVEN: _(
            "Without the automatic check, three accounts an hour can be asked for from one network."
            " Wait one hour, or allow JavaScript, then try again."
        ),
        Fault.TOO_MANY_FOR_ADDRESS: _("Several codes were sent to this address. Wait one hour, then try again."),
    }


def widget_words() -> dict[str, str]:
    """What the widget says, by the names it has for each."""
    failed = _("The check did not work. You can send the form all the same.")
    return {
        "label": _("I am a person"),
        "verifying": _("Automatic check under way…"),
        "verified": _("Automatic check: done"),
        "error": failed,
        "expired": _("The check has run out. Tick the box again."),
        "waitAlert": _("The check is still under way. Wait a moment."),
        "verificationRequired": _("Tick this box"),
        "required": _("Tick this box"),
    }
