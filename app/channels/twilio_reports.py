"""What Twilio reports about a message or call, in our words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.channels.model import State

MESSAGES = {
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}
CALLS = {
    "completed": State.DELIVERED,
    "busy": State.FAILED,
    "no-answer": State.FAILED,
    "canceled": State.FAILED,
    "failed": State.BOUNCED,
}
# Of a message that did not arrive: no such handset, a landline, unsubscribed.
NOBODY_THERE = {"21610", "30005", "30006"}


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is None while it is still on its way."""

    provider_id: str
    state: State | None
    error: str


def read(fields: Mapping[str, str]) -> Report | None:
    """A report; None if it is none.

    >>> read({"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"})
    Report(provider_id='SM1', state=<State.BOUNCED: 'bounced'>, error='30005')
    >>> read({"CallSid": "CA1", "CallStatus": "no-answer"})
    Report(provider_id='CA1', state=<State.FAILED: 'failed'>, error='')
    >>> read({"MessageSid": "SM1", "MessageStatus": "sending"}).state, read({"To": "+33639980001"})
    (None, None)
    """
    message, call = fields.get("MessageSid", ""), fields.get("CallSid", "")
    error = fields.get("ErrorCode", "")
    error = error if error.isdecimal() and len(error) <= 6 else ""
    if message:
        state = MESSAGES.get(fields.get("MessageStatus", ""))
        return Report(message, State.BOUNCED if state is State.FAILED and error in NOBODY_THERE else state, error)
    return Report(call, CALLS.get(fields.get("CallStatus", "")), error) if call else None
