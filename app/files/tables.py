"""Documents: what is known of each and which object holds it; and what was said of it before."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class FileRow(Table, db=DB, tablename="file"):
    """One document. `object`: its name in the store, where it lies sealed under `content_key`, itself sealed by the
    person's data key; `sha256`: of the object as it lies there. `own`: the patient, or who answers for them, added it.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    kind = Text(default=None)
    name = Bytea(default=None)
    note = Bytea(null=True, default=None)
    taken_on = Date(null=True, default=None)
    media_type = Text(default=None)
    size = BigInt(default=None)
    sha256 = Bytea(default=None)
    object = Text(default=None, unique=True)
    content_key = Bytea(default=None)
    viewable = Boolean(default=True)
    state = Text(default="checked")
    organisation = UUID(null=True, default=None)
    own = Boolean(default=False)
    shown = Boolean(default=False)
    uploaded_by = UUID(default=None)
    uploaded_at = Timestamptz(default=None)
    form = UUID(null=True, default=None)
    nth = SmallInt(default=0)
    revision = Integer(default=1)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = UUID(null=True, default=None)
    removed_reason = Bytea(null=True, default=None)


class FileHistoryRow(Table, db=DB, tablename="file_history"):
    """What was said of a document before somebody said otherwise; sealed as it stood in the document's row."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    file = UUID(default=None, index=True)
    revision = Integer(default=None)
    kind = Text(default=None)
    name = Bytea(default=None)
    note = Bytea(null=True, default=None)
    taken_on = Date(null=True, default=None)
    shown = Boolean(default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)
