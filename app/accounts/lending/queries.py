"""Reading handovers."""

from collections.abc import Collection
from uuid import UUID

from app.accounts.lending.model import Handover
from app.lib import db

BY_ID = """
SELECT id, account, visit, voice, relative, relative_account, lent_at, ended_at FROM handover WHERE id = ANY($1)
"""


async def handovers_by_id(ids: Collection[UUID]) -> dict[UUID, Handover]:
    """These handovers."""
    if not ids:
        return {}
    return {row["id"]: Handover(**dict(row)) for row in await db.fetch(BY_ID, list(ids))}
