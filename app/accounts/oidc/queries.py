"""Who is known by which outside identity."""

from datetime import datetime
from uuid import UUID

from app.accounts.queries import is_under_reset
from app.lib.db import fetch_row, fetch_value
from app.lib.keys import ring
from app.lib.openid import Vouched

LINKED = """
SELECT i.account FROM oidc_identity i JOIN account a ON a.id = i.account
WHERE i.issuer = $1 AND i.subject_hash = $2 AND i.revoked_at IS NULL AND a.closed_at IS NULL AND a.kind <> 'patient'
"""
# Somebody typed this number at sign-up; an administrator has vouched for them since.
BY_RPPS = """
SELECT a.id FROM account a WHERE a.rpps_hash = $1 AND a.closed_at IS NULL AND a.kind = 'professional'
AND EXISTS (SELECT FROM membership m WHERE m.account = a.id
            AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2))
AND NOT EXISTS (SELECT FROM oidc_identity i WHERE i.account = a.id AND i.issuer = $3)
"""


def subject_hash(vouched: Vouched) -> bytes:
    """What is kept of who somebody is to the provider."""
    return ring().lookup("oidc.subject", f"{vouched.issuer} {vouched.subject}")


def rpps_hash(rpps: str) -> bytes:
    return ring().lookup("account.rpps", rpps)


async def find_linked(vouched: Vouched) -> UUID | None:
    """The open account of the team that this identity is linked to."""
    account: UUID | None = await fetch_value(LINKED, vouched.issuer, subject_hash(vouched))
    return account


async def is_taken(vouched: Vouched, account: UUID) -> bool:
    """Whether another account holds this identity."""
    held = (
        "SELECT EXISTS (SELECT FROM oidc_identity i JOIN account a ON a.id = i.account AND a.closed_at IS NULL"
        " WHERE i.issuer = $1 AND i.subject_hash = $2 AND i.revoked_at IS NULL AND i.account <> $3)"
    )
    return bool(await fetch_value(held, vouched.issuer, subject_hash(vouched), account))


async def find_by_rpps(vouched: Vouched, at: datetime) -> UUID | None:
    """A professional with this number and a place in a centre, who never linked or unlinked an identity there."""
    if not vouched.rpps:
        return None
    account: UUID | None = await fetch_value(BY_RPPS, rpps_hash(vouched.rpps), at.date(), vouched.issuer)
    return None if account is None or await is_under_reset(account, at) else account


async def has_other_rpps(account: UUID, rpps: str) -> bool:
    """Whether the account's own number is another than this one."""
    kept = await fetch_value("SELECT rpps_hash FROM account WHERE id = $1", account)
    return kept is not None and bool(rpps) and kept != rpps_hash(rpps)


async def linked_since(account: UUID, issuer: str) -> tuple[datetime, datetime | None] | None:
    """When the account was linked to an identity there, and when it last signed in so; None if it is not."""
    row = await fetch_row(
        "SELECT created_at, last_used_at FROM oidc_identity WHERE account = $1 AND issuer = $2 AND revoked_at IS NULL",
        account,
        issuer,
    )
    return (row["created_at"], row["last_used_at"]) if row else None
