"""Who a patient was before a change, how other systems call them, and what somebody typed before a record is opened."""

from piccolo.columns import UUID, Boolean, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class PatientIdentityHistoryRow(Table, db=DB, tablename="patient_identity_history"):
    """What happened to who a patient is. `kind`: changed, apart (opened though a close record was there), removed,
    restored.

    `former` (who the person was said to be until then) and `note` are sealed under the patient's own key.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    kind = Text(default=None)
    former = Bytea(null=True, default=None)
    note = Bytea(null=True, default=None)
    made_by = UUID(default=None)
    organisation = UUID(null=True, default=None)
    made_at = Timestamptz(default=None)


class PatientIdentifierRow(Table, db=DB, tablename="patient_identifier"):
    """What another system calls the patient. `value_hash` finds it; within a system it names one record of a centre."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    system = Text(default=None)
    value = Bytea(default=None)
    value_hash = Bytea(default=None, index=True)
    added_by = UUID(default=None)
    added_at = Timestamptz(default=None)


class PatientDraftRow(Table, db=DB, tablename="patient_draft"):
    """What somebody typed to open a record, while they look at the records that may be the same person's.

    `typed` and `found` are sealed under a key of the row's own. `patient`: the record that came of it.
    Forgotten after an hour.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None)
    organisation = UUID(default=None)
    data_key = Bytea(default=None)
    typed = Bytea(default=None)
    found = Bytea(default=None)
    elsewhere = Boolean(default=False)
    patient = UUID(null=True, default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None, index=True)
