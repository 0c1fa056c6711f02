"""Reads about certificates of the course."""

from uuid import UUID

from app.lib.db import fetch_row
from app.training.model import Certificate

NEWEST = """
SELECT id, version, correct, asked, passed_at, valid_until
FROM training_certificate WHERE account = $1 ORDER BY valid_until DESC, passed_at DESC LIMIT 1
"""


async def newest_certificate(account: UUID) -> Certificate | None:
    """The certificate of this account that holds longest, also when it is over."""
    row = await fetch_row(NEWEST, account)
    return Certificate(*row) if row else None
