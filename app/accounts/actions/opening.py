"""Opening an account, and what its owner has proven to be able to do."""

import asyncio
from datetime import date, datetime
from uuid import UUID

from app.accounts import passwords, queries
from app.accounts.actions.offers import withdraw_offers
from app.accounts.actions.ways_in import END_EVERY_WAY_IN
from app.accounts.model import (
    NewAccount,
    normal_email,
)
from app.audit import actions as audit
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.keys import ring

# What waits for somebody's decision ends with the account; $3 closed it.
DECIDE_REQUESTS = (
    "UPDATE membership_request SET decided_at = $2, decided_by = $3 WHERE account = $1 AND decided_at IS NULL"
)
REFUSE_RESETS = """
UPDATE account_reset SET refused_at = $2, refused_by = $3, token_hash = NULL
WHERE account = $1 AND used_at IS NULL AND refused_at IS NULL
"""
# The row stays, for those whose identity was opened.
END_OPENINGS = "UPDATE break_glass SET valid_until = $2 WHERE account = $1 AND valid_until > $2"


async def create_account(by: UUID, new: NewAccount, *, at: datetime) -> UUID:
    """Open an account. Refused when the address already has one."""
    account, email = new_id(), normal_email(new.email)
    wrapped = ring().new_key(account)
    key = ring().open(wrapped, account)
    hashed = await asyncio.to_thread(passwords.hashed, new.password) if new.password else None
    async with transaction():
        if await queries.find_account_by_email(queries.email_hash(email)) is not None:
            raise Refused("account.address_taken")
        await execute(
            "INSERT INTO account (id, kind, data_key, email_hash, email, given_name, family_name, language,"
            " password_hash, totp_secret, totp_last_step, created_at, email_verified_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11)",
            account,
            new.kind.value,
            wrapped,
            queries.email_hash(email),
            key.seal(email, account, "account.email"),
            key.seal(new.given_name, account, "account.given_name"),
            key.seal(new.family_name, account, "account.family_name"),
            new.language,
            hashed,
            key.seal(new.totp_secret, account, "account.totp_secret") if new.totp_secret else None,
            at,
        )
        await audit.record(audit.Action.ACCOUNT_CREATED, by=by, at=at, subject=account, kind=new.kind)
    return account


async def note_training(by: UUID, account: UUID, until: date, *, at: datetime) -> None:
    """The owner passed the course on handling patients' data, which holds until that day."""
    async with transaction():
        await execute("UPDATE account SET trained_until = $2 WHERE id = $1", account, until)
        await audit.record(audit.Action.TRAINING_PASSED, by=by, at=at, subject=account, until=until.isoformat())


async def close_account(by: UUID, account: UUID, *, reason: str = "", at: datetime) -> None:
    """Nobody gets in with it any more; its address is free for a new one. What it did stays under its id."""
    async with transaction():
        row = await queries.lock_account(account)
        if row is None:
            raise Refused("account.closed")
        key = ring().open(row["data_key"], account)
        why = key.seal(reason, account, "account.closed_reason") if reason else None
        await execute("UPDATE account SET closed_at = $2, closed_reason = $3 WHERE id = $1", account, at, why)
        for statement in (*END_EVERY_WAY_IN, END_OPENINGS):
            await execute(statement, account, at)
        for statement in (DECIDE_REQUESTS, REFUSE_RESETS):
            await execute(statement, account, at, by)
        await withdraw_offers(by, account, at=at)
        await audit.record(audit.Action.ACCOUNT_CLOSED, by=by, at=at, subject=account)
