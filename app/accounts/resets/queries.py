"""Reads about resets: by id for administrators, by the hash of a mailed link for owners."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.accounts.model import Kind
from app.accounts.resets.model import Reset
from app.lib.db import Row, fetch, fetch_row
from app.lib.keys import ring

RESET = """
SELECT r.*, a.kind, a.language, a.data_key, a.given_name, a.family_name, a.email AS known_email
FROM account_reset r JOIN account a ON a.id = r.account AND a.closed_at IS NULL
"""
BY_LINK = f"""{RESET} WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.refused_at IS NULL AND r.valid_until > $2"""
OPEN = "SELECT * FROM account_reset WHERE account = $1 AND used_at IS NULL AND refused_at IS NULL FOR UPDATE"


def _reset(row: Row) -> Reset:
    account, key = row["account"], ring().open(row["data_key"], row["account"])
    given = key.open(row["given_name"], account, "account.given_name")
    family = key.open(row["family_name"], account, "account.family_name")
    return Reset(
        id=row["id"],
        account=account,
        kind=Kind(row["kind"]),
        name=f"{given} {family}".strip(),
        known_email=key.open(row["known_email"], account, "account.email"),
        new_email=key.open_or_empty(row["email"], row["id"], "account_reset.email"),
        reason=key.open(row["reason"], row["id"], "account_reset.reason"),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        confirmed_by=row["confirmed_by"],
        confirmed_at=row["confirmed_at"],
        refused_by=row["refused_by"],
        refused_at=row["refused_at"],
        valid_until=row["valid_until"],
        used_at=row["used_at"],
    )


async def get_reset(reset: UUID) -> Reset:
    """One reset, opened; for administrators whose right to see it was checked."""
    row = await fetch_row(f"{RESET} WHERE r.id = $1", reset)
    if row is None:
        raise LookupError(f"no reset {reset}")
    return _reset(row)


async def resets_by_id(resets: Collection[UUID]) -> list[Reset]:
    """These resets, the newest first; for lists whose ids were already found for the actor."""
    rows = await fetch(f"{RESET} WHERE r.id = ANY($1) ORDER BY r.asked_at DESC, r.id DESC", list(resets))
    return [_reset(row) for row in rows]


async def find_by_link(token_hash: bytes, at: datetime) -> Reset | None:
    """The reset that a mailed link still opens."""
    row = await fetch_row(BY_LINK, token_hash, at)
    return None if row is None else _reset(row)


async def lock_by_link(token_hash: bytes, at: datetime) -> Row | None:
    """The row of that reset and its account, held."""
    return await fetch_row(f"{BY_LINK} FOR UPDATE", token_hash, at)


async def lock_reset(reset: UUID) -> Row | None:
    """One reset and its account, held."""
    return await fetch_row(f"{RESET} WHERE r.id = $1 FOR UPDATE", reset)


async def lock_open(account: UUID) -> Row | None:
    """The reset of this account that has not come to an end, held."""
    return await fetch_row(OPEN, account)
