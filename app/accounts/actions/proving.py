"""Proving to be somebody by a code: one that was sent, an authenticator's, or one of the codes on paper.

Whoever asks for the proof says in the trail what was refused.
"""

from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from app.accounts import one_time, queries
from app.accounts.actions import notices
from app.accounts.actions.codes import code_hash
from app.accounts.actions.limits import Door, Visitor, note_known_password, note_lock_out
from app.accounts.model import BY_CODE, BY_PASSWORD, TRIES_A_CODE, Attempt, code_of
from app.accounts.notices import Notice
from app.accounts.problems import Problem
from app.accounts.recovery.model import FEW, recovery_code_of, recovery_hash
from app.audit import actions as audit
from app.lib.db import Row, execute, fetch_value, transaction
from app.lib.keys import ring

USE_RECOVERY_CODE = """
UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND code_hash = $2 AND used_at IS NULL RETURNING id
"""


async def prove_by_code(attempt: Attempt, typed: str, visitor: Visitor, *, at: datetime) -> UUID | Problem:
    """Whose code this is: one that was sent for this attempt, or after a password an authenticator's. Good once."""
    async with transaction():
        row = await queries.lock_attempt(attempt.id)
        problem = await _refusal(row, visitor, at)
        if problem is None and row is not None:
            how = await _right_code(row, code_of(typed), at)
            if how:
                await _taken(row, row["account"], visitor, at)
                by: UUID = row["account"]
                await audit.record(audit.Action.SECOND_FACTOR_GIVEN, by=by, at=at, subject=by, how=how)
                return by
            problem = Problem.CODE_WRONG
            await _count(row, visitor, at)
    return problem or Problem.CODE_WRONG


async def prove_by_recovery_code(attempt: Attempt, typed: str, visitor: Visitor, *, at: datetime) -> UUID | Problem:
    """Whose code on paper this is. Used up, and its owner is told."""
    async with transaction():
        row = await queries.lock_attempt(attempt.id)
        problem = await _refusal(row, visitor, at)
        if problem is None and row is not None:
            # At the patients' door the account may not be known yet. An address of nobody takes the same steps.
            account = row["account"] or await queries.patient_of_address(row["email_hash"])
            code = recovery_hash(account or audit.NOBODY, recovery_code_of(typed))
            used = await fetch_value(USE_RECOVERY_CODE, account or audit.NOBODY, code, at)
            if used is not None and account is not None:
                await _taken(row, account, visitor, at)
                left = (await queries.factors_of(account)).recovery_codes
                notice = Notice.RECOVERY_CODES_FEW if left <= FEW else Notice.RECOVERY_CODE_USED
                await notices.tell_owner(account, notice, at=at)
                await audit.record(audit.Action.RECOVERY_CODE_USED, by=account, at=at, subject=account)
                return account
            problem = Problem.RECOVERY_CODE_WRONG
            await _count(row, visitor, at)
    return problem or Problem.RECOVERY_CODE_WRONG


async def _refusal(row: Row | None, visitor: Visitor, at: datetime) -> Problem | None:
    """Why no code opens this attempt any more."""
    if row is None or at >= row["valid_until"]:
        return Problem.CODE_TOO_OLD
    if row["failures"] >= TRIES_A_CODE:
        return Problem.TOO_MANY_TRIES
    door = await visitor.try_door(at)
    if door is Door.CLOSED and not _password_was_right(row, visitor):
        await note_lock_out(row["email_hash"], at=at)
    return door.problem


def _password_was_right(row: Row, visitor: Visitor) -> bool:
    """In a browser in which its owner never signed in: they are told more than that a door is closed."""
    return row["method"] == BY_PASSWORD and visitor.guessing_at is not None


async def _right_code(row: Row, code: str, at: datetime) -> str:
    """Which kind of code this is, if it is right. Whatever the page asked for last, both kinds are taken."""
    if row["account"] is None or not code:
        return ""
    if row["code_hash"] is not None and compare_digest(row["code_hash"], code_hash(row["id"], code)):
        return str(row["channel"])
    if row["method"] != BY_CODE and await _takes_one_time_code(row["account"], code, at):
        return "authenticator"
    return ""


async def _takes_one_time_code(account: UUID, code: str, at: datetime) -> bool:
    row = await queries.lock_account(account)
    if row is None or row["totp_secret"] is None:
        return False
    secret = ring().open(row["data_key"], account).open(row["totp_secret"], account, "account.totp_secret")
    step = one_time.matching_step(secret, code, at, row["totp_last_step"])
    if step is None:
        return False
    await execute("UPDATE account SET totp_last_step = $2 WHERE id = $1", account, step)
    return True


async def _taken(row: Row, account: UUID, visitor: Visitor, at: datetime) -> None:
    await execute("UPDATE sign_in_attempt SET used_at = $2, account = $3 WHERE id = $1", row["id"], at, account)
    await visitor.succeeded()


async def _count(row: Row, visitor: Visitor, at: datetime) -> None:
    await execute("UPDATE sign_in_attempt SET failures = failures + 1 WHERE id = $1", row["id"])
    await visitor.failed(at)
    if _password_was_right(row, visitor) and await visitor.gives_password_away(at):
        await note_known_password(row["account"], at=at)
