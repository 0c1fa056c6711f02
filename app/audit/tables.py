"""The trail. Append only: the application's role may INSERT and SELECT, and a trigger refuses the rest."""

from piccolo.columns import JSONB, UUID, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class AuditEventRow(Table, db=DB, tablename="audit_event"):
    """One thing that happened. `content_hash` is over all other columns, so that an altered row can be named."""

    id = UUID(primary_key=True, default=None)
    at = Timestamptz(default=None, index=True)
    actor = UUID(default=None)
    action = Text(default=None)
    subject = UUID(default=None, index=True)
    patient = UUID(null=True, default=None, index=True)
    organisation = UUID(null=True, default=None)
    details = JSONB(default=None)
    content_hash = Bytea(default=None)
