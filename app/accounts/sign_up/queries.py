"""Reads about sign-ups that are under way."""

from datetime import datetime
from uuid import UUID

from app.accounts.sign_up.model import Identity
from app.lib.db import Row, fetch_row, fetch_value
from app.lib.keys import ring

# The last of this account whose telephone waits for a code.
WITH_PHONE = """
SELECT * FROM sign_up
WHERE account = $1 AND phone_verified_at IS NULL AND valid_until > $2 ORDER BY created_at DESC LIMIT 1 FOR UPDATE
"""


async def lock_sign_up(token_hash: bytes) -> Row | None:
    """The sign-up of a browser, held; None once an account came of it."""
    return await fetch_row("SELECT * FROM sign_up WHERE token_hash = $1 AND used_at IS NULL FOR UPDATE", token_hash)


async def lock_unused(sign_up: UUID) -> Row | None:
    """The same by its id, for the worker."""
    return await fetch_row("SELECT * FROM sign_up WHERE id = $1 AND used_at IS NULL FOR UPDATE", sign_up)


async def lock_for_phone(account: UUID, at: datetime) -> Row | None:
    """The sign-up an account came of, held, while its telephone may still be confirmed."""
    return await fetch_row(WITH_PHONE, account, at)


async def phone_to_confirm(account: UUID, at: datetime) -> str:
    """The telephone number given when this account was opened, if a code may still confirm it."""
    row = await lock_for_phone(account, at)
    return identity_of(row).phone if row else ""


async def is_rpps_known(digest: bytes, account: UUID) -> bool:
    """Whether another open account gives this number."""
    known = "SELECT EXISTS (SELECT FROM account WHERE rpps_hash = $1 AND closed_at IS NULL AND id <> $2)"
    return bool(await fetch_value(known, digest, account))


def identity_of(row: Row) -> Identity:
    """What was typed, opened."""
    return Identity.from_text(
        ring().open(row["data_key"], row["id"]).open(row["identity"], row["id"], "sign_up.identity")
    )
