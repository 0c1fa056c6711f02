"""What is wrong with a telephone number, and what became of a message, in the reader's language."""

from app.channels.model import Channel, State
from app.channels.phones import PhoneProblem
from app.lib.i18n import gettext as _


def phone_words(problem: PhoneProblem) -> str:
    """What to do about it."""
    return {
        PhoneProblem.MISSING: _("Enter a telephone number"),
        PhoneProblem.WRONG: _("Enter a telephone number such as 06 12 34 56 78, or +32 470 12 34 56 outside France"),
        PhoneProblem.NO_TEXTS: _("Enter the number of a mobile phone: this one takes no text messages"),
    }[problem]


def channel_words(channel: Channel) -> str:
    return {
        Channel.EMAIL: _("Email"),
        Channel.SMS: _("Text message"),
        Channel.VOICE: _("Telephone call"),
    }[channel]


def state_words(state: State) -> str:
    """What became of it, as far as one can know."""
    return {
        State.SENT: _("Sent"),
        State.DELIVERED: _("Arrived"),
        State.BOUNCED: _("Not arrived: nobody is reached there"),
        State.FAILED: _("Not sent"),
    }[state]
