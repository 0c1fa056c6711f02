"""Reminders of visits: what is planned, and what became of it."""

from piccolo.columns import UUID, Array, SmallInt, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class ReminderRow(Table, db=DB, tablename="reminder"):
    """One reminder of one visit to one account; without an account: nobody who could be written to is known.

    `audience`: patient, proxy, team. `kind`: protocol, asked (for by whoever put one off), expired. `reminder`: its id
    in the protocol, `nth` counts from 0. `state`: planned, sent, held_back, snoozed, failed; `why`: for which reason.
    `message`: what deliveries name it by; one message may carry several reminders.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    visit = UUID(default=None)
    audience = Text(default=None)
    kind = Text(default="protocol")
    reminder = Text(default=None)
    nth = SmallInt(default=0)
    account = UUID(null=True, default=None)
    due_at = Timestamptz(default=None)
    state = Text(default="planned")
    why = Text(default="")
    channel = Text(default="")
    message = UUID(null=True, default=None)
    assignments = Array(UUID(), default=list)
    decided_at = Timestamptz(null=True, default=None)
