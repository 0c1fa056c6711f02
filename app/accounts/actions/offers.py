"""What becomes of the places somebody offered, once they may give none. Inviting is app/accounts/invitations."""

from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib.db import fetch, transaction

WITHDRAW = """
UPDATE invitation SET revoked_at = $3, token_hash = NULL
WHERE invited_by = $1 AND ($2::uuid IS NULL OR organisation = $2) AND accepted_at IS NULL AND revoked_at IS NULL
RETURNING id, organisation
"""


async def withdraw_offers(by: UUID, inviter: UUID, organisation: UUID | None = None, *, at: datetime) -> None:
    """The links this person sent stop working: those to one centre, or all of them."""
    async with transaction():
        for row in await fetch(WITHDRAW, inviter, organisation, at):
            await audit.record(
                audit.Action.INVITATION_REVOKED, by=by, at=at, subject=row["id"], organisation=row["organisation"]
            )
