"""Signatures under visits."""

from piccolo.columns import JSONB, UUID, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class VisitSignatureRow(Table, db=DB, tablename="visit_signature"):
    """What somebody signed: `pins`, each answer → its version. Only its undoing is written later.

    `undone_reason` is sealed. `told_at`: when whoever signed was written to.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    visit = UUID(default=None, index=True)
    signed_by = UUID(default=None)
    profession = Text(default=None)
    signed_at = Timestamptz(default=None)
    pins = JSONB(default=None)
    content_hash = Bytea(default=None)
    undone_at = Timestamptz(null=True, default=None)
    undone_by = UUID(null=True, default=None)
    undone_cause = Text(null=True, default=None)
    undone_reason = Bytea(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)
