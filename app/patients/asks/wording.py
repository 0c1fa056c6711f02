"""The words for records that people ask for."""

from app.lib.i18n import gettext as _
from app.patients.asks.model import LONGEST_NOTE, RELATIONSHIPS, SELF, Refusal, State

Look = tuple[str, str, str]


def ask_look(state: State) -> Look:
    """Words, icon and tone."""
    return {
        State.ASKED: (_("Waiting for the centre"), "clock", "attention"),
        State.ACCEPTED: (_("Accepted"), "check", "success"),
        State.REFUSED: (_("Refused"), "x", ""),
        State.WITHDRAWN: (_("Withdrawn"), "dash", ""),
    }[state]


def refusal_choices() -> list[tuple[str, str]]:
    """Why one says no, for the centre."""
    return [
        (Refusal.NOT_FOLLOWED, _("We do not follow this person")),
        (Refusal.NOT_OURS, _("Another kind of centre is needed")),
        (Refusal.UNPROVEN, _("We could not make sure who asks")),
        (Refusal.OTHER, _("Another reason")),
    ]


def refused_words(reason: str) -> str:
    """The same to the person who asked, and what they can do."""
    return {
        Refusal.NOT_FOLLOWED: _("This centre does not follow the person. Ask the one that does."),
        Refusal.NOT_OURS: _("Another kind of centre is needed. Your doctor can tell you which."),
        Refusal.UNPROVEN: _("The centre could not make sure who asks. Call it, or ask at your next visit."),
    }.get(Refusal(reason) if reason in set(Refusal) else Refusal.OTHER, _("You can call the centre to learn more."))


def relationship_words(relationship: str) -> str:
    """What whoever asks is to the patient, for the team."""
    return {SELF: _("for themselves")}.get(relationship) or dict(relationship_choices()).get(relationship, "")


def relationship_choices() -> list[tuple[str, str]]:
    """What one is to somebody one looks after."""
    words = {
        "mother": _("Mother"),
        "father": _("Father"),
        "guardian": _("Guardian"),
        "partner": _("Partner"),
        "child": _("Son or daughter"),
        "sibling": _("Brother or sister"),
        "grandparent": _("Grandparent"),
        "other": _("Somebody else close"),
    }
    return [(one, words[one]) for one in RELATIONSHIPS]


def problem_words(problem: str) -> str:
    """What is wrong with a field of the form, beside it."""
    return {
        "relationship": _("Choose what you are to this person"),
        "organisation": _("Choose a centre"),
        "note": _("Shorten this to %(most)s characters at most") % {"most": LONGEST_NOTE},
    }[problem]


def refusal_beside(code: str) -> str:
    """Why nothing was sent, beside the centre."""
    return {
        "record_ask.too_many": _("Several of your requests are waiting. Wait for an answer, or withdraw one."),
        "place.closed": _("This centre takes nobody any more. Choose another one."),
    }.get(code, _("This was sent already."))
