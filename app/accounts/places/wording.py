"""The words of requests for a place."""

from app.accounts.sign_up.wording import fault_words
from app.lib.i18n import gettext as _

__all__ = ["fault_words", "refusal_words_of_places"]


def refusal_words_of_places(code: str) -> str:
    """Why a request cannot be made, beside the field."""
    return {
        "place.too_many": _("Five of your requests are waiting. Wait until one is decided on."),
        "place.asked": _("You have asked this centre already, or you work there."),
        "place.closed": _("This centre takes nobody any more. Choose another one."),
    }[code]
