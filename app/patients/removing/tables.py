"""What patients, and those who answer for them, ask about their record."""

from piccolo.columns import UUID, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class RemovalRequestRow(Table, db=DB, tablename="removal_request"):
    """Somebody asks that a record be taken out of sight. `state`: asked, accepted, refused, withdrawn.

    `reason` (theirs) and `words` (the centre's, to them) are sealed under the patient's own key.
    """

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    account = UUID(default=None)
    asked_at = Timestamptz(default=None)
    reason = Bytea(null=True, default=None)
    state = Text(default="asked")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    organisation = UUID(null=True, default=None)
    words = Bytea(null=True, default=None)
