"""What is said of a tablet that was handed over. Pure."""

from dataclasses import dataclass

from app.lib.i18n import gettext as _
from app.patients.contacts.wording import kind_words, speaker_words
from app.trials.tablet.model import Holder


@dataclass(frozen=True, slots=True)
class Said:
    """Who spoke on a tablet and who handed it over. `own`: the patient; else somebody close, by name and kind."""

    lender: str
    name: str = ""
    kind: str = ""
    own: bool = True

    @property
    def who(self) -> str:
        if self.own:
            return _("The patient")
        return speaker_words(self.name, self.kind) if self.name else _("A relative")


def said_words(said: Said) -> str:
    """Who gave answers, in a list."""
    words = _("%(who)s, on the centre’s tablet (handed over by %(name)s)")
    return words % {"who": said.who, "name": said.lender}


def answered_words(said: Said) -> str:
    """The same in a sentence."""
    if said.own:
        words = _("Answered by the patient on the centre’s tablet, handed over by %(name)s")
        return words % {"name": said.lender}
    words = _("Answered by %(who)s on the centre’s tablet, handed over by %(name)s")
    return words % {"who": said.who, "name": said.lender}


def holder_words(holder: Holder) -> str:
    """Who would take the tablet."""
    if holder.relative is None:
        return _("%(name)s (patient)") % {"name": holder.name}
    return _("%(name)s (%(kind)s)") % {"name": holder.name, "kind": kind_words(holder.kind).lower()}
