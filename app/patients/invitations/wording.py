"""The words for invitations of patients: where one stands, what is wrong with a form."""

from enum import StrEnum

from app.lib.i18n import gettext as _
from app.lib.i18n import ngettext
from app.patients.invitations.model import State


class Fault(StrEnum):
    """What is wrong with one field of the invitation or of the page that it opens."""

    EMAIL_MISSING = "email_missing"
    EMAIL_WRONG = "email_wrong"
    LANGUAGE_MISSING = "language_missing"
    RIGHTS_MISSING = "rights_missing"
    GROUND_MISSING = "ground_missing"
    GROUND_DAY = "ground_day"
    PROFESSIONAL = "patient_invitation.professional"
    HAS_ACCOUNT = "patient_invitation.has_account"
    IS_PROXY = "patient_invitation.is_proxy"
    OTHER_VOICE = "patient_invitation.other_voice"
    OTHER_SELF = "patient_invitation.other_self"
    CONTACT_ANSWERS = "patient_invitation.contact_answers"
    ALREADY = "patient_invitation.already"
    TOO_MANY = "invitation.too_many"


def state_look(state: State) -> tuple[str, str, str]:
    """Words, icon and tone."""
    return {
        State.QUEUED: (_("Being sent"), "clock", ""),
        State.SENT: (_("Email sent"), "mail", "info"),
        State.OPENED: (_("Link opened"), "eye", "info"),
        State.ACCEPTED: (_("Accepted"), "check", "success"),
        State.BOUNCED: (_("Email came back"), "alert", "attention"),
        State.EXPIRED: (_("Run out"), "clock", "attention"),
        State.WITHDRAWN: (_("Withdrawn"), "dash", ""),
        State.CLOSED: (_("Closed after five wrong birth dates"), "lock", "attention"),
    }[state]


def fault_words(fault: Fault) -> str:
    """The message beside a field: what to do."""
    return {
        Fault.EMAIL_MISSING: _("Enter the email address"),
        Fault.EMAIL_WRONG: _("Enter an email address like name@example.org"),
        Fault.LANGUAGE_MISSING: _("Choose the language of the email"),
        Fault.RIGHTS_MISSING: _("Choose at least one right"),
        Fault.GROUND_MISSING: _("The patient is of age: say on what ground somebody answers for them"),
        Fault.GROUND_DAY: _("Enter the day of the decision or of the agreement, not in the future"),
        Fault.PROFESSIONAL: _(
            "A professional account has this address. Ask for another one: it cannot be a patient’s too."
        ),
        Fault.HAS_ACCOUNT: _("The patient has an account already"),
        Fault.IS_PROXY: _("The account of this address answers for this patient already"),
        Fault.OTHER_VOICE: _(
            "This address is used for this patient already, by the patient or by a relative. Each needs one."
        ),
        Fault.OTHER_SELF: _(
            "This address is somebody else’s own account. Ask for another address, or invite this person as a contact."
        ),
        Fault.CONTACT_ANSWERS: _(
            "Somebody answers for the patient as this contact already. End those rights first if it is not this person."
        ),
        Fault.ALREADY: _("This address is invited already. Send that invitation again instead."),
        Fault.TOO_MANY: _("Too many invitations today. Go on tomorrow, or ask a colleague."),
    }[fault]


def tries_words(left: int) -> str:
    """After a wrong birth date: how many tries are left."""
    words = ngettext(
        "This is not the birth date that we know. You can try %(num)s more time.",
        "This is not the birth date that we know. You can try %(num)s more times.",
        left,
    )
    return words % {"num": left}
