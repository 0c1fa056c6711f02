"""Reads about changes of address that wait for their code."""

from datetime import datetime
from uuid import UUID

from app.accounts.addresses.model import Change, Way
from app.lib.db import Row, fetch_row
from app.lib.keys import ring

WAITING = """
SELECT c.*, a.data_key FROM address_change c JOIN account a ON a.id = c.account AND a.closed_at IS NULL
WHERE c.account = $1 AND c.kind = $2 AND c.used_at IS NULL AND c.valid_until > $3
ORDER BY c.created_at DESC LIMIT 1
"""
LOCKED = f"{WAITING} FOR UPDATE OF c, a"


def value_hash(way: Way, value: str) -> bytes:
    """By what an address is found, as in the account's own columns."""
    return ring().lookup(f"account.{way}", value)


async def find_waiting(account: UUID, way: Way, at: datetime) -> Change | None:
    """The newest change of this account that its code may still complete."""
    row = await fetch_row(WAITING, account, way.value, at)
    return None if row is None else _change(row)


def _change(row: Row) -> Change:
    value = ring().open(row["data_key"], row["account"]).open(row["value"], row["id"], "address_change.value")
    return Change(row["id"], Way(row["kind"]), value, row["created_at"], row["valid_until"], row["failures"])


async def lock_waiting(account: UUID, way: Way, at: datetime) -> Row | None:
    """The row of that change and its account, held."""
    return await fetch_row(LOCKED, account, way.value, at)


async def lock_change(change: UUID) -> Row | None:
    """One change and its account's key and language, held."""
    return await fetch_row(
        "SELECT c.*, a.data_key, a.language FROM address_change c"
        " JOIN account a ON a.id = c.account AND a.closed_at IS NULL WHERE c.id = $1 FOR UPDATE OF c",
        change,
    )
