"""What people ask of a centre before it knows them."""

from piccolo.columns import UUID, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class RecordAskRow(Table, db=DB, tablename="record_ask"):
    """`typed`: who the record is to be about, sealed under a key of its own, as are note and reply.

    `relationship`: `self`, or what the person who asks is to the patient. `patient`: the record that came of it.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None)
    organisation = UUID(default=None)
    relationship = Text(default="self")
    asked_at = Timestamptz(default=None)
    data_key = Bytea(default=None)
    typed = Bytea(null=True, default=None)
    note = Bytea(null=True, default=None)
    fingerprint = Bytea(default=None)
    state = Text(default="asked")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reason = Text(default="")
    reply = Bytea(null=True, default=None)
    patient = UUID(null=True, default=None)
