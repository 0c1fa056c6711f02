"""Reminders in words: what became of each, why one was not sent, until when it is put off. Pure."""

from app.channels.model import Delivery
from app.channels.model import State as Delivered
from app.lib.i18n import gettext as _
from app.trials.reminders.model import Audience, Kind, Line, State, Until, Why

Look = tuple[str, str, str]
"""Words, icon and tone."""


def state_look(line: Line, delivery: Delivery | None) -> Look:
    """How a reminder stands; of one that was sent, what is known of the message since."""
    if line.state is State.SENT and delivery is not None:
        return _delivered(delivery.state)
    return {
        State.PLANNED: (_("Planned"), "calendar", ""),
        State.SENT: (_("Sent"), "check", "success"),
        State.HELD_BACK: (_("Not sent"), "dash", ""),
        State.SNOOZED: (_("Put off"), "clock", ""),
        State.FAILED: (_("Did not arrive"), "alert", "attention"),
    }[line.state]


def _delivered(state: Delivered) -> Look:
    return {
        Delivered.SENT: (_("Sent"), "check", "success"),
        Delivered.DELIVERED: (_("Arrived"), "check", "success"),
        Delivered.BOUNCED: (_("Came back"), "alert", "attention"),
        Delivered.FAILED: (_("Did not arrive"), "alert", "attention"),
    }[state]


def why_words(why: str) -> str:
    """Why it was not sent; "" where there is nothing to say."""
    return _of_people().get(why) or _of_visits().get(why) or ""


def _of_people() -> dict[str, str]:
    return {
        Why.DIED: _("The person has died"),
        Why.CLOSED: _("The person has closed their record"),
        Why.TRIAL: _("The person does not agree to the trial"),
        Why.CONTACT: _("The person does not want reminders"),
        Why.NO_RIGHT: _("May not be reminded any more"),
        Why.NOBODY: _("Nobody to write to: no account"),
        Why.NO_ADDRESS: _("No address or number for this way of reminding"),
        Why.CAME_BACK: _("Nobody is reached at this address or number"),
        Why.REFUSED: _("The provider of text messages refuses them"),
        Why.LATER: _("Put off by the person"),
        Why.NEVER: _("The person wants no more reminders of this visit"),
    }


def _of_visits() -> dict[str, str]:
    return {
        Why.GONE: _("The visit or the reminder is no longer planned"),
        Why.SETTLED: _("The visit was completed or did not take place"),
        Why.ENDED: _("The person no longer takes part"),
        Why.OVER: _("The window of the visit is over"),
        Why.ANSWERED: _("Nothing is waiting any more"),
        Why.NOT_ASKED: _("Nothing had been asked yet"),
        Why.TODAY: _("Something was answered that day"),
        Why.WAITS: _("Waits: not at night, and one message a day"),
    }


def kind_words(kind: Kind, nth: int) -> str:
    """Which reminder it is."""
    if kind is Kind.ASKED:
        return _("Reminder asked for by the person")
    if kind is Kind.EXPIRED:
        return _("Notice that the questionnaires are closed")
    return _("Reminder %(number)s") % {"number": nth + 1}


def audience_words(audience: Audience) -> str:
    return {
        Audience.PATIENT: _("Patient"),
        Audience.PROXY: _("Relative"),
        Audience.TEAM: _("Team"),
    }[audience]


def way_words(channel: str) -> str:
    return {"email": _("Email"), "sms": _("Text message")}.get(channel, "")


def until_words(until: Until) -> str:
    """On the button, said to the person."""
    return {
        Until.TOMORROW: _("Remind me tomorrow"),
        Until.IN_3_DAYS: _("Remind me in 3 days"),
        Until.NEVER: _("No more reminders about these"),
    }[until]


def done_words(done: str) -> str:
    """What has happened, once it has; "" for anything else."""
    words: dict[str, str] = {
        Until.TOMORROW: _("You will be reminded tomorrow."),
        Until.IN_3_DAYS: _("You will be reminded in 3 days."),
        Until.NEVER: _(
            "You will not be reminded of these questionnaires again. They stay on your home page"
            " until their time is over."
        ),
    }
    return words.get(done, "")
