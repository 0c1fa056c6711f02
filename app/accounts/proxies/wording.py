"""The words for those who answer for a patient: why they no longer do."""

from app.accounts.proxies.model import Ended
from app.lib.i18n import gettext as _


def ended_words(reason: str) -> str:
    """Why somebody no longer answers for a patient; empty while they do."""
    return (
        {
            Ended.BY_PATIENT: _("Ended by the patient"),
            Ended.GIVEN_UP: _("Given up by the person"),
            Ended.MOVED_ON: _("They no longer accompany the patient"),
            Ended.RIGHTS_LOST: _("They may no longer answer for the patient, by a decision of a court for example"),
            Ended.ERROR: _("The link was a mistake"),
            Ended.OTHER: _("Another reason"),
        }.get(Ended(reason), "")
        if reason
        else ""
    )
