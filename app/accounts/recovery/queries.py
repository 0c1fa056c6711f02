"""Reads about recovery codes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.lib.db import fetch_row

STATE = """
SELECT count(*) AS made, count(*) FILTER (WHERE used_at IS NULL) AS remaining, max(created_at) AS made_at
FROM recovery_code WHERE account = $1
"""


@dataclass(frozen=True, slots=True)
class CodesState:
    """How many codes of the set were made, how many are left, and since when."""

    made: int = 0
    remaining: int = 0
    made_at: datetime | None = None


async def state_of(account: UUID) -> CodesState:
    """The set of an account."""
    row = await fetch_row(STATE, account)
    return CodesState(**row) if row else CodesState()
