"""The words for what may be wrong with a new address."""

from app.accounts.addresses.model import Fault
from app.accounts.problems import Problem
from app.accounts.wording import problem_words
from app.channels.phones import PhoneProblem
from app.channels.wording import phone_words
from app.lib.i18n import gettext as _


def trouble_words(trouble: Problem | PhoneProblem | Fault) -> str:
    """The message beside the field, whichever package found the fault."""
    if isinstance(trouble, Problem):
        return problem_words(trouble)
    if isinstance(trouble, PhoneProblem):
        return phone_words(trouble)
    return {
        Fault.SAME_EMAIL: _("This is already your address. Enter another one."),
        Fault.SAME_PHONE: _("This is already your number. Enter another one."),
    }[trouble]
