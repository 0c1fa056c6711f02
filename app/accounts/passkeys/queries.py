"""Reads about passkeys."""

from uuid import UUID

from app.access.policy import Scope
from app.accounts.passkeys.model import Kept, Passkey
from app.lib.db import Row, fetch, fetch_row
from app.lib.keys import ring

OF_ACCOUNT = """
SELECT p.id, p.name, p.backed_up, p.created_at, p.last_used_at, a.data_key
FROM passkey p JOIN account a ON a.id = p.account
WHERE p.account = $1 AND p.revoked_at IS NULL ORDER BY p.created_at, p.id
"""

OF_CREDENTIAL = """
SELECT p.id, p.account, p.public_key FROM passkey p JOIN account a ON a.id = p.account AND a.closed_at IS NULL
WHERE p.credential_id = $1 AND p.revoked_at IS NULL
"""


async def list_passkeys(account: UUID) -> list[Passkey]:
    """The passkeys of an account that can still be used, the oldest first."""
    return [_passkey(account, row) for row in await fetch(OF_ACCOUNT, account)]


def _passkey(account: UUID, row: Row) -> Passkey:
    name = ring().open(row["data_key"], account).open(row["name"], row["id"], "passkey.name")
    return Passkey(row["id"], name, row["backed_up"], row["created_at"], row["last_used_at"])


async def credential_ids(account: UUID) -> list[bytes]:
    """What this account's devices have already."""
    rows = await fetch("SELECT credential_id FROM passkey WHERE account = $1 AND revoked_at IS NULL", account)
    return [row["credential_id"] for row in rows]


async def find_credential(credential_id: bytes) -> Kept | None:
    """The passkey of this credential, in an open account."""
    row = await fetch_row(OF_CREDENTIAL, credential_id)
    return Kept(**row) if row else None


async def lock_passkey(passkey: UUID) -> Row | None:
    """The row of a passkey that can be used, held."""
    return await fetch_row("SELECT * FROM passkey WHERE id = $1 AND revoked_at IS NULL FOR UPDATE", passkey)


async def passkey_scope(passkey: UUID) -> Scope | None:
    """Whose this passkey is."""
    row = await fetch_row("SELECT account FROM passkey WHERE id = $1 AND revoked_at IS NULL", passkey)
    return Scope(None, account=row["account"]) if row else None
