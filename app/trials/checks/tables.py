"""What data checks found."""

from piccolo.columns import UUID, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class FindingRow(Table, db=DB, tablename="finding"):
    """`state`: open, explained, resolved. `inputs_hash`: over the values that the check read. `note` is sealed."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    visit = UUID(default=None, index=True)
    check_id = Text(default=None)
    state = Text(default="open")
    inputs_hash = Bytea(default=None)
    raised_at = Timestamptz(default=None)
    explained_at = Timestamptz(null=True, default=None)
    explained_by = UUID(null=True, default=None)
    note = Bytea(null=True, default=None)
    resolved_at = Timestamptz(null=True, default=None)
