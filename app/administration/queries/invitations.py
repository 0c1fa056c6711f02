"""Invitations as administrators list them, newest first, with what became of the last mail."""

from datetime import datetime
from uuid import UUID

from app.accounts.invitations.model import Invitation
from app.accounts.invitations.queries import COLUMNS, FROM, invitation_of
from app.lib import db

OPEN = "i.accepted_at IS NULL AND i.revoked_at IS NULL"
SHOWN = {
    "": "TRUE",
    "waiting": f"{OPEN} AND i.valid_until > $2 AND i.bounced_at IS NULL",
    "bounced": f"{OPEN} AND i.bounced_at IS NOT NULL",
    "accepted": "i.accepted_at IS NOT NULL",
}
# A mail may come back long after it was taken: that is read from what is known of its delivery.
SOURCE = COLUMNS.replace(
    "i.bounced_at,",
    """coalesce(i.bounced_at, (SELECT d.updated_at FROM delivery d WHERE d.subject = i.id AND d.state = 'bounced'
AND d.created_at >= i.sent_at LIMIT 1)) AS bounced_at,""",
)


async def list_invitations(
    centre: UUID | None, shown: str, at: datetime, *, before: UUID | None = None, most: int
) -> list[Invitation]:
    """Those to a centre, or to all."""
    rows = await db.fetch(
        f"SELECT * FROM (SELECT {SOURCE} {FROM}) i WHERE ($1::uuid IS NULL OR i.organisation = $1)"
        f" AND $2::timestamptz IS NOT NULL AND ($3::uuid IS NULL OR i.id < $3) AND {SHOWN.get(shown, SHOWN[''])}"
        " ORDER BY i.id DESC LIMIT $4",
        centre,
        at,
        before,
        most,
    )
    return [invitation_of(row) for row in rows]
