"""The trail. Append only: the application's role may INSERT and SELECT, and a trigger refuses the rest."""

from piccolo.columns import JSONB, UUID, BigInt, Bytea, SmallInt, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class AuditEventRow(Table, db=DB, tablename="audit_event"):
    """One thing that happened. `content_hash` is over all other columns, so that an altered row can be named.

    `version`: which columns that hash covers: 1, without the last three; 2, with them.
    """

    id = UUID(primary_key=True, default=None)
    at = Timestamptz(default=None, index=True)
    actor = UUID(default=None)
    action = Text(default=None)
    subject = UUID(default=None, index=True)
    patient = UUID(null=True, default=None, index=True)
    organisation = UUID(null=True, default=None)
    details = JSONB(default=None)
    content_hash = Bytea(default=None)
    version = SmallInt(default=1)
    role = Text(null=True, default=None)
    request = Text(null=True, default=None)
    network = Text(null=True, default=None)


class AuditChainRow(Table, db=DB, tablename="audit_chain"):
    """The order in which one sealer found the events: each link hashes the one before it and its event."""

    seq = BigInt(primary_key=True, default=None)
    event = UUID(default=None, unique=True)
    event_hash = Bytea(default=None)
    chain_hash = Bytea(default=None)
    sealed_at = Timestamptz(default=None)
