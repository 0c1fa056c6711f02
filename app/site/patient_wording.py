"""What is said when a rule about patients' records says no. The other rules are in wording.py."""

from app.lib.i18n import gettext as _

Words = tuple[str, str, tuple[str, ...]]
"""Title, lede, advice."""


def refusals_of_patients() -> dict[str, Words]:
    """By the code of the rule."""
    return {
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
        "identifier.wrong": (_("This is no code of the former network"), _("It has ten digits. Nothing was kept."), ()),
        "identifier.taken": (
            _("This code names a record already"),
            _("Within a system a code names one record. Nothing was kept."),
            (),
        ),
        "removal.decided": (
            _("This request is no longer open"),
            _("It was decided or withdrawn meanwhile. Nothing was changed."),
            (_("Go back and reload the page to see where it stands."),),
        ),
    }
