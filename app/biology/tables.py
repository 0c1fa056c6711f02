"""Biology: reports of laboratories, their results, what they said before a correction, and files to be taken over."""

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class LabReportRow(Table, db=DB, tablename="lab_report"):
    """What one laboratory said of one sample. `taken_at`: the moment, where the hour is known."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    organisation = UUID(default=None)
    taken_on = Date(default=None)
    taken_at = Timestamptz(null=True, default=None)
    laboratory = Text(default="")
    sample = Text(default="")
    fasting = Boolean(null=True, default=None)
    comment = Bytea(null=True, default=None)
    imported = UUID(null=True, default=None, db_column_name="import")
    entered_by = UUID(default=None)
    entered_at = Timestamptz(default=None)
    revision = Integer(default=1)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = UUID(null=True, default=None)
    removed_reason = Bytea(null=True, default=None)


class LabResultRow(Table, db=DB, tablename="lab_result"):
    """One result, as it was entered and in the unit in which the analyte is shown.

    `since`, `until`: the revision of the report with which it came, and with which it stands no more.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    report = UUID(default=None)
    analyte = Text(default=None)
    comparator = Text(default="")
    entered = Numeric(default=None)
    entered_unit = Text(default=None)
    entered_low = Numeric(null=True, default=None)
    entered_high = Numeric(null=True, default=None)
    value = Numeric(default=None)
    unit = Text(default=None)
    low = Numeric(null=True, default=None)
    high = Numeric(null=True, default=None)
    since = Integer(default=None)
    until = Integer(null=True, default=None)


class LabReportHistoryRow(Table, db=DB, tablename="lab_report_history"):
    """What a report said before it was corrected, and why it was."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    report = UUID(default=None)
    revision = Integer(default=None)
    taken_on = Date(default=None)
    taken_at = Timestamptz(null=True, default=None)
    laboratory = Text(default=None)
    sample = Text(default=None)
    fasting = Boolean(null=True, default=None)
    comment = Bytea(null=True, default=None)
    reason = Bytea(default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)


class LabImportRow(Table, db=DB, tablename="lab_import"):
    """A file of results, sealed under a key of its own, between the look at it and its being taken over."""

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None)
    organisation = UUID(default=None)
    data_key = Bytea(default=None)
    content = Bytea(null=True, default=None)
    file_name = Bytea(null=True, default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    done_at = Timestamptz(null=True, default=None)
    results = Integer(default=0)
