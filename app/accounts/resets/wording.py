"""The words of a reset: what may be wrong, and where it stands."""

from collections.abc import Collection

from app.accounts.resets.hands import Bar
from app.accounts.resets.model import Fault, Stage
from app.channels.model import Delivery, State
from app.lib.i18n import gettext as _


def fault_words(fault: Fault) -> str:
    """The message beside the field."""
    return {
        Fault.EMAIL_MISSING: _("Enter the email address of the account"),
        Fault.EMAIL_WRONG: _("Enter an email address like name@example.org"),
        Fault.EMAIL_UNUSABLE: _("This address cannot be used for this account. Ask the person for another one."),
        Fault.NOT_FOUND: _("No account that you look after has this address. Check the spelling with the person."),
        Fault.TOO_MANY_LOOK_UPS: _("Too many addresses were looked up. Wait one hour, then try again."),
        Fault.REASON_MISSING: _("Say how you checked who the person is"),
        Fault.REASON_SHORT: _("Say a little more: the second administrator decides on these words"),
        Fault.REASON_LONG: _("Use at most 1000 characters"),
        Fault.ALREADY_ASKED: _("A reset of this account already waits for a second administrator."),
        Fault.TOO_EARLY: _("This link does not work yet"),
        Fault.PASSWORD_MISSING: _("Enter a new password"),
    }[fault]


def bar_words(bar: Bar) -> str:
    """Why the reader cannot be the second, and who can."""
    ask = _("Ask another administrator of the centre, or the network.")
    return {
        Bar.PLACED_BY_THE_OTHER: _("One of you two gave the other their place in the centre.") + " " + ask,
        Bar.PLACE_TOO_NEW: _("Both administrators need to have had their place for seven days.") + " " + ask,
        Bar.OTHER_CENTRE_NEEDED: _(
            "This person works in another centre too. Ask an administrator of that centre, or the network."
        ),
    }[bar]


def objection_words(letters: Collection[Delivery]) -> str | None:
    """What the second one should know of the letter by which the owner may object; None if it is well on its way."""
    if not letters:
        return _("The message to the owner has not left yet: they cannot have objected. Wait until it has.")
    if all(one.state in {State.BOUNCED, State.FAILED} for one in letters):
        return _("The message to the owner came back: they cannot object. Call them at a number you know.")
    return None


def stage_words(stage: Stage) -> tuple[str, str, str]:
    """Words, icon and tone of a status."""
    return {
        Stage.ASKED: (_("Waits for a second administrator"), "clock", "attention"),
        Stage.CONFIRMED: (_("Link sent"), "mail", "info"),
        Stage.USED: (_("Done"), "check", "success"),
        Stage.REFUSED: (_("Refused"), "x", ""),
        Stage.RUN_OUT: (_("Ran out"), "clock", ""),
    }[stage]
