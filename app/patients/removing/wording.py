"""The words of removing a record: why, what is wrong with a form, where a request stands."""

from app.lib.i18n import gettext as _
from app.patients.identity.wording import reason_fault
from app.patients.removing.model import Fault, Kind, State


def kinds() -> list[tuple[str, str]]:
    """Why a record is removed, for a choice."""
    return [(kind.value, kind_words(kind)) for kind in Kind]


def kind_words(kind: str) -> str:
    return {
        Kind.MISTAKE.value: _("Opened by mistake"),
        Kind.DUPLICATE.value: _("The person has another record (duplicate)"),
        Kind.ASKED.value: _("The patient, or whoever answers for them, asks for it"),
        Kind.OTHER.value: _("Another reason"),
    }.get(kind, kind)


def fault_words(fault: Fault) -> str:
    return {
        Fault.KIND_MISSING: _("Choose why the record is removed"),
        Fault.DUPLICATE: _("Merge the two records instead: nothing of either is lost, and it can be undone."),
        Fault.REASON_SHORT: reason_fault(),
        Fault.WORDS_MISSING: _("Write to the person why the record stays. One sentence will do."),
    }[fault]


def state_words(state: State) -> str:
    """Where a request stands, for whoever asked."""
    return {
        State.ASKED: _("Asked: your centre has not decided yet"),
        State.ACCEPTED: _("Accepted: the record is out of sight"),
        State.REFUSED: _("Refused: the record stays"),
        State.WITHDRAWN: _("Withdrawn by you"),
    }[state]
