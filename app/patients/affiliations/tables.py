"""Requests of centres to follow somebody whom others know, and of patients to be followed no more."""

from piccolo.columns import UUID, Array, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class AffiliationRequestRow(Table, db=DB, tablename="affiliation_request"):
    """`typed`: whom the centre means, sealed; forgotten some time after the end.

    `fingerprint` is a keyed hash of what was typed, so that asking twice is asking once.
    """

    id = UUID(primary_key=True, default=None)
    organisation = UUID(default=None)
    asked_by = UUID(default=None)
    asked_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    data_key = Bytea(default=None)
    typed = Bytea(null=True, default=None)
    note = Bytea(null=True, default=None)
    fingerprint = Bytea(default=None)
    state = Text(default="pending")
    reason = Text(default="")
    closed_at = Timestamptz(null=True, default=None)


class AffiliationRequestRecordRow(Table, db=DB, tablename="affiliation_request_record"):
    """One record that may be that person's. The asking centre never learns of it before somebody approves.

    `reasons`: in what the two agree. `words`: for the file of whoever refuses, sealed.
    `objected_at`: when the person said no, or somebody who answers for them.
    """

    id = UUID(primary_key=True, default=None)
    request = UUID(default=None)
    patient = UUID(default=None)
    reasons = Array(base_column=Text(), default=[])
    state = Text(default="pending")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_organisation = UUID(null=True, default=None)
    reason = Text(default="")
    data_key = Bytea(null=True, default=None)
    words = Bytea(null=True, default=None)
    objected_by = UUID(null=True, default=None)
    objected_at = Timestamptz(null=True, default=None)


class LeaveRequestRow(Table, db=DB, tablename="leave_request"):
    """A patient asks a centre to follow them no more. Note and reply are sealed under a key of their own."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    affiliation = UUID(default=None)
    account = UUID(default=None)
    asked_at = Timestamptz(default=None)
    data_key = Bytea(default=None)
    note = Bytea(null=True, default=None)
    state = Text(default="asked")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reply = Bytea(null=True, default=None)
