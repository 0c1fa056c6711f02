"""Making a set of recovery codes. Using one is a proof like others."""

from datetime import datetime

from app.access.policy import Actor
from app.accounts.actions import notices
from app.accounts.notices import Notice
from app.accounts.recovery.model import new_codes, recovery_code_of, recovery_hash
from app.audit import actions as audit
from app.lib.db import execute, transaction
from app.lib.ids import new_id

INSERT = "INSERT INTO recovery_code (id, account, code_hash, created_at) VALUES ($1, $2, $3, $4)"


async def make_recovery_codes(by: Actor, *, at: datetime) -> list[str]:
    """Ten new codes, to be shown this once; those of before stop working."""
    codes = new_codes()
    async with transaction():
        await execute("SELECT FROM account WHERE id = $1 FOR UPDATE", by.id)  # of two sets at once one remains
        await execute("DELETE FROM recovery_code WHERE account = $1", by.id)
        for code in codes:
            await execute(INSERT, new_id(), by.id, recovery_hash(by.id, recovery_code_of(code)), at)
        await notices.tell_owner(by.id, Notice.FACTOR_ADDED, at=at)
        await audit.record(audit.Action.RECOVERY_CODES_MADE, by=by.id, at=at, subject=by.id)
    return codes
