"""Setting, replacing and removing one's authenticator."""

from datetime import datetime

from app.access.policy import Actor
from app.accounts import one_time, queries
from app.accounts.actions import notices
from app.accounts.actions.limits import Visitor
from app.accounts.authenticator.model import opened_secret
from app.accounts.notices import Notice
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.lib.db import execute, transaction
from app.lib.keys import ring

SET = "UPDATE account SET totp_secret = $2, totp_last_step = $3 WHERE id = $1"
REMOVE = "UPDATE account SET totp_secret = NULL WHERE id = $1 AND totp_secret IS NOT NULL"


async def set_authenticator(by: Actor, carried: str, code: str, *, at: datetime) -> Problem | None:
    """From now on the codes of this secret count, as one of them has just shown that the app holds it."""
    visitor = Visitor.inside(by.id)
    async with transaction():
        row = await queries.lock_account(by.id)
        if row is None:
            return Problem.CODE_TOO_OLD
        key = ring().open(row["data_key"], by.id)
        secret = opened_secret(key, by.id, carried, at)
        if secret is None:
            return Problem.CODE_TOO_OLD
        if not await visitor.may_try(at):
            return Problem.TOO_MANY_FAILURES
        step = one_time.matching_step(secret, code, at, 0)
        if step is None:
            return Problem.CODE_WRONG
        await visitor.succeeded()
        await execute(SET, by.id, key.seal(secret, by.id, "account.totp_secret"), step)
        await notices.tell_owner(by.id, Notice.FACTOR_ADDED, at=at)
        await audit.record(audit.Action.AUTHENTICATOR_SET, by=by.id, at=at, subject=by.id)
    return None


async def remove_authenticator(by: Actor, *, at: datetime) -> None:
    """Its codes open nothing any more."""
    async with transaction():
        if await execute(REMOVE, by.id) != "UPDATE 0":
            await notices.tell_owner(by.id, Notice.FACTOR_REMOVED, at=at)
            await audit.record(audit.Action.AUTHENTICATOR_REMOVED, by=by.id, at=at, subject=by.id)
