"""The words of administration: how somebody signs in, where a course stands."""

from datetime import date, timedelta
from typing import Protocol

from app.lib.i18n import day_words, ngettext
from app.lib.i18n import gettext as _

SOON = timedelta(days=30)


class SignsIn(Protocol):
    """What is known of how somebody signs in."""

    authenticator: bool
    passkeys: int
    recovery_codes: int


def factor_words(one: SignsIn) -> str:
    """The proofs somebody has prepared, besides a mailed code."""
    found = [_("authenticator app")] if one.authenticator else []
    if one.passkeys:
        found.append(ngettext("%(num)s passkey", "%(num)s passkeys", one.passkeys) % {"num": one.passkeys})
    if one.recovery_codes:
        codes = ngettext("%(num)s recovery code", "%(num)s recovery codes", one.recovery_codes)
        found.append(codes % {"num": one.recovery_codes})
    return ", ".join(found) or _("mailed code only")


def training_look(until: date | None, today: date) -> tuple[str, str, str]:
    """Words, icon and tone for where the course stands."""
    if until is None:
        return _("Not taken"), "alert", "attention"
    if until < today:
        return _("Run out on %(day)s") % {"day": day_words(until, "short")}, "alert", "attention"
    tone = "attention" if until < today + SOON else "success"
    return _("Until %(day)s") % {"day": day_words(until, "short")}, "check" if tone == "success" else "clock", tone


def purpose_words(purpose: str) -> str:
    """Why something was sent."""
    if purpose.startswith("notice:"):
        return _("Notice about the account")
    return {
        "invitation": _("Invitation"),
        "identity_opened": _("An identity was opened"),
        "sign_in_code": _("Sign-in code"),
        "address_code": _("Code for a new address or number"),
        "reset_link": _("Link after a reset"),
        "alert": _("Alert"),
        "visit_reminder": _("Reminder of a visit"),
    }.get(purpose, _("Message"))


def age_words(youngest: int, oldest: int | None) -> str:
    """A band of ages."""
    if oldest is None:
        return _("%(youngest)s and over") % {"youngest": youngest}
    return _("%(youngest)s to %(oldest)s") % {"youngest": youngest, "oldest": oldest}


def sex_words(sex: str) -> str:
    return {"female": _("Female"), "male": _("Male")}.get(sex, _("Not known"))


def reason_words(shortest: int, longest: int) -> str:
    """What is wrong with a reason."""
    lengths = {"shortest": shortest, "longest": longest}
    return _("Say in words why this person must be known now: %(shortest)s to %(longest)s characters") % lengths
