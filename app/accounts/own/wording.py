"""The words of one's own account: what was done, what is wrong, how somebody signed in."""

from app.access.policy import Role
from app.accounts.own.model import Fault
from app.accounts.wording import name_words
from app.lib.i18n import gettext as _


def fault_words(fault: Fault) -> str:
    """The message beside the field."""
    return {
        Fault.GIVEN_NAME_MISSING: _("Enter your given names"),
        Fault.FAMILY_NAME_MISSING: _("Enter your family name"),
        Fault.NAME_TOO_LONG: _("Use at most 100 characters"),
        Fault.NAME_WRONG: name_words(),
        Fault.CURRENT_MISSING: _("Enter the password you have now"),
        Fault.CURRENT_WRONG: _("This is not the password you have now. Check it, then try again."),
        Fault.NEW_MISSING: _("Enter a new password"),
        Fault.NEW_SAME: _("This is the password you have now. Choose another one."),
        Fault.TOO_MANY_TRIES: _("Too many tries. Wait 15 minutes, then start again."),
    }[fault]


def done_words(what: str) -> str:
    """What has just been changed, above the page that shows it; empty for anything else."""
    return {
        "names": _("Your names are changed."),
        "password": _("Your password is changed. You are signed out everywhere else."),
        "email": _("Your email address is changed. We write to the new one from now on."),
        "phone": _("Your telephone number is changed."),
        "phone-removed": _("Your telephone number is removed."),
        "language": _("Your language is changed."),
    }.get(what, "")


def method_words(method: str) -> str:
    """How somebody signed in; empty when that is not known."""
    return {
        "code": _("by a code we sent"),
        "password": _("by password and a second step"),
        "passkey": _("by passkey"),
        "oidc": _("by an outside identity"),
        "sign_up": _("when the account was opened"),
        "invitation": _("by an invitation"),
    }.get(method, "")


def sex_words(sex: str) -> str:
    return {"male": _("Male"), "female": _("Female")}.get(sex, "")


def place_words(role: Role, administers: bool) -> str:
    """What somebody may do in a centre, in a few words."""
    words = {
        Role.PRACTITIONER: _("follows patients"),
        Role.ARC: _("checks trial data"),
        Role.ADMINISTRATOR: _("looks after accounts"),
    }.get(role, "")
    if administers and role is not Role.ADMINISTRATOR:
        return _("%(role)s, looks after accounts") % {"role": words}
    return words


def language_words(code: str) -> str:
    return {"fr": "Français", "en": "English"}.get(code, code)
