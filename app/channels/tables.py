"""What was sent, by which way, and what became of it. Neither address nor words are kept."""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class DeliveryRow(Table, db=DB, tablename="delivery"):
    """One message on one way. `subject`: what it was about, such as an invitation or an attempt to sign in.

    `channel`: email, sms, voice. `state`: sent, delivered, bounced, failed.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(null=True, default=None, index=True)
    channel = Text(default=None)
    purpose = Text(default=None)
    subject = UUID(null=True, default=None, index=True)
    state = Text(default=None)
    provider_id = Text(null=True, default=None, unique=True)
    error = Text(default="")
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
