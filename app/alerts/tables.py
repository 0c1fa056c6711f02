"""Red flags that became true in a response, and who was told."""

from piccolo.columns import JSONB, UUID, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class AlertRow(Table, db=DB, tablename="alert"):
    """A red flag that became true. It never closes by itself. `read_from`: the version of each answer behind it."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    response = UUID(default=None, index=True)
    flag = Text(default=None)
    urgency = Text(default=None)
    raised_at = Timestamptz(default=None)
    acknowledged_at = Timestamptz(null=True, default=None)
    acknowledged_by = UUID(null=True, default=None)
    note = Text(default="")
    read_from = JSONB(default=None)


class AlertReceiptRow(Table, db=DB, tablename="alert_receipt"):
    """Who was told of an alert, could not be, or opened it: `mailed`, `bounced`, `seen`."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    alert = UUID(default=None, index=True)
    account = UUID(default=None)
    kind = Text(default=None)
    at = Timestamptz(default=None)
