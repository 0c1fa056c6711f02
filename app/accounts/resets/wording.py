"""The words of a reset: what may be wrong, and where it stands."""

from app.accounts.resets.model import Fault, Stage
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
        Fault.PASSWORD_MISSING: _("Enter a new password"),
    }[fault]


def stage_words(stage: Stage) -> tuple[str, str, str]:
    """Words, icon and tone of a status."""
    return {
        Stage.ASKED: (_("Waits for a second administrator"), "clock", "attention"),
        Stage.CONFIRMED: (_("Link sent"), "mail", "info"),
        Stage.USED: (_("Done"), "check", "success"),
        Stage.REFUSED: (_("Refused"), "x", ""),
        Stage.RUN_OUT: (_("Ran out"), "clock", ""),
    }[stage]
