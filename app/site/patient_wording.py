"""What is said when a rule about patients' records says no. The other rules are in wording.py."""

from app.lib.i18n import gettext as _

Words = tuple[str, str, tuple[str, ...]]
"""Title, lede, advice."""


def refusals_of_patients() -> dict[str, Words]:
    """By the code of the rule."""
    return {
        "contact.there": (
            _("This person is a contact of the patient already"),
            _("They stand in the list. Nothing was changed."),
            (),
        ),
        "contact.sent_otherwise": (
            _("This form added somebody already"),
            _("Nothing was changed."),
            (),
        ),
        "contact.ended": (
            _("This contact has ended"),
            _("Somebody ended it meanwhile. Nothing was changed."),
            (),
        ),
        "proxy.ended": (
            _("This person no longer answers for the patient"),
            _("That was ended meanwhile. Nothing was changed."),
            (),
        ),
        "proxy.court": (
            _("A court has decided this"),
            _("Nothing was changed."),
            (_("Ask the care team."),),
        ),
        "proxy.minor": (
            _("This is decided at 18"),
            _("Until then nothing needs to be agreed. Nothing was changed."),
            (),
        ),
        "proxy.not_yours": (
            _("Only the patient agrees to this"),
            _("Nothing was changed."),
            (_("Ask the care team."),),
        ),
        "patient_invitation.accepted": (
            _("This invitation has been accepted"),
            _("The account is there. Nothing was changed."),
            (),
        ),
        "patient_invitation.already": (
            _("This address is invited already"),
            _("The invitation is open. You can send it again from the list."),
            (),
        ),
        "patient_invitation.has_account": (
            _("The patient has an account already"),
            _("One person has one account. Nothing was changed."),
            (),
        ),
        "patient_invitation.is_proxy": (
            _("This account answers for the patient already"),
            _("Nothing was changed."),
            (_("Sign in to go on."),),
        ),
        "patient_invitation.other_voice": (
            _("Another address is needed"),
            _("The patient and somebody close each need an address of their own. Nothing was changed."),
            (_("Ask the care team to invite another address."),),
        ),
        "patient_invitation.other_self": (
            _("Another address is needed"),
            _("This account belongs to somebody who has a record of their own. Nothing was changed."),
            (_("Ask the care team to invite another address."),),
        ),
        "patient_invitation.contact_answers": (
            _("Somebody answers for the patient as this contact already"),
            _("One person answers with one account. Nothing was changed."),
            (_("Tell the care team: they can end the rights of the other account, then invite again."),),
        ),
        "patient_invitation.professional": (
            _("This address belongs to a professional account"),
            _("It cannot be a patient’s or a relative’s too. Nothing was changed."),
            (_("Ask the care team to invite another address."),),
        ),
        "patient.gone": (
            _("This record is not there any more"),
            _("It was removed or merged while you worked. Nothing of what you sent was kept."),
            (_("Go back to the list of patients."),),
        ),
        "patient.changed_meanwhile": (
            _("Somebody changed this identity meanwhile"),
            _("Nothing of what you sent was kept."),
            (_("Open it again to see both."),),
        ),
        "patient.alerts_open": (
            _("An alert of this patient waits to be taken up"),
            _("A record with an open alert is not removed. Nothing was changed."),
            (_("Take up the alert first."),),
        ),
        "patient.followed_elsewhere": (
            _("Another centre follows this person too"),
            _("Removing the record would take it from that centre. Nothing was changed."),
            (_("End the follow-up of your own centre instead, in the tab Access."),),
        ),
        "patient.not_removed": (
            _("This record is back already"),
            _("Somebody restored it meanwhile. Nothing was changed."),
            (),
        ),
        "patient_entry.over": (
            _("What was typed is no longer kept"),
            _("It is kept for one hour, in the centre where it was typed. No record was opened."),
            (_("Begin again with “New patient”."),),
        ),
        "identifier.gone": (
            _("This code is not there any more"),
            _("Somebody removed it meanwhile. Nothing was changed."),
            (),
        ),
        "identifier.wrong": (_("This is no code of the former network"), _("It has ten digits. Nothing was kept."), ()),
        "identifier.taken": (
            _("This code names a record already"),
            _("Within a system a code names one record. Nothing was kept."),
            (),
        ),
        "identifier.too_many": (
            _("Too many codes and people were looked up within an hour"),
            _("Nothing was kept."),
            (_("Please try again later."),),
        ),
        "removal.decided": (
            _("This request is no longer open"),
            _("It was decided or withdrawn meanwhile. Nothing was changed."),
            (_("Go back and reload the page to see where it stands."),),
        ),
    }
