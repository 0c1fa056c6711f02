"""Signing in: attempts, mailed codes, passwords, the second factor. Opening the session itself is in sessions.py."""

import asyncio
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from app.accounts import one_time, passwords, queries, tokens
from app.accounts.actions.sessions import open_session
from app.accounts.model import (
    ATTEMPT_LASTS,
    BETWEEN_CODES,
    BY_CODE,
    BY_PASSWORD,
    CODE_LASTS,
    CODES_ALLOWED,
    CODES_COUNTED_OVER,
    FAILURES_ALLOWED,
    TRIES_A_CODE,
    Attempt,
    Kind,
    Session,
    SignedIn,
    normal_email,
)
from app.accounts.problems import Problem
from app.accounts.rendering import code_letter
from app.audit import actions as audit
from app.lib import jobs, mail
from app.lib.db import Row, execute, transaction
from app.lib.ids import new_id
from app.lib.keys import ring

MAIL_CODE = jobs.Job("accounts:mail_code", queue="mail")

INSERT_ATTEMPT = """
INSERT INTO sign_in_attempt
    (id, token_hash, account, email_hash, method, created_at, valid_until, failures, again)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def ask_for_code(email: str, *, again: bool = False, at: datetime) -> str | Problem:
    """Begin to sign in by mailed code; the token for the browser. An unknown address takes the same steps."""
    async with transaction():
        begun = await _begin_by_code(queries.email_hash(normal_email(email)), again, at)
        if isinstance(begun, Problem):
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=audit.NOBODY, at=at, subject=audit.NOBODY, why=begun)
            return begun
        attempt, token = begun
        await audit.record(audit.Action.SIGN_IN_STARTED, by=audit.NOBODY, at=at, subject=attempt, step=BY_CODE)
    return token


async def ask_for_another_code(former: Attempt, *, at: datetime) -> str | Problem:
    """The mail did not come: a new attempt at the same address, in place of the former one."""
    async with transaction():
        begun = await _begin_by_code(former.email_hash, former.again, at)
        if isinstance(begun, Problem):
            return begun
        attempt, token = begun
        await execute("UPDATE sign_in_attempt SET used_at = $2 WHERE id = $1", former.id, at)
        await audit.record(audit.Action.SIGN_IN_STARTED, by=audit.NOBODY, at=at, subject=attempt, step=BY_CODE)
    return token


async def _begin_by_code(digest: bytes, again: bool, at: datetime) -> tuple[UUID, str] | Problem:
    asked, last = await queries.recent_code_requests(digest, BY_CODE, at - CODES_COUNTED_OVER)
    if asked >= CODES_ALLOWED:
        return Problem.TOO_MANY_CODES
    if last is not None and at - last < BETWEEN_CODES:
        return Problem.TOO_SOON
    found = await queries.find_account_by_email(digest)
    account = found["id"] if found and found["kind"] == Kind.PATIENT else None
    token, attempt = tokens.new_token(), new_id()
    values = (attempt, tokens.hash_of(token), account, digest, BY_CODE, at, at + ATTEMPT_LASTS)
    await execute(INSERT_ATTEMPT, *values, 0, again)
    await jobs.defer(MAIL_CODE, attempt_id=str(attempt))
    return attempt, token


async def mail_code(attempt: UUID, *, at: datetime) -> None:
    """Make the code of an attempt and send it. A second run sends a fresh one; the former stops working."""
    async with transaction():
        row = await queries.lock_attempt(attempt)
        if row is None or row["account"] is None or at >= row["created_at"] + ATTEMPT_LASTS:
            return
        code = tokens.new_code()
        await execute(
            "UPDATE sign_in_attempt SET code_hash = $2, code_sent_at = $3, valid_until = $4 WHERE id = $1",
            attempt,
            _code_hash(attempt, code),
            at,
            at + CODE_LASTS,
        )
        await audit.record(audit.Action.SIGN_IN_CODE_SENT, by=audit.WORKER, at=at, subject=row["account"])
        # Sent before the commit: if the server refuses, nothing changed and the job comes back.
        language = await queries.get_language(row["account"])
        await mail.send(await queries.get_email(row["account"]), code_letter(language, code))


def _code_hash(attempt: UUID, code: str) -> bytes:
    return ring().lookup("sign_in_code", f"{attempt}:{code}")


async def check_password(email: str, password: str, *, again: bool = False, at: datetime) -> str | Problem:
    """The team's first step: the token of an attempt that still needs the second factor."""
    digest = queries.email_hash(normal_email(email))
    if await queries.recent_failures(digest, at) >= FAILURES_ALLOWED:
        return Problem.TOO_MANY_FAILURES
    found = await queries.find_account_by_email(digest)
    kept = found["password_hash"] if found else None
    right = await asyncio.to_thread(passwords.matches, password, kept)
    account = found["id"] if found and right else None
    token, attempt = tokens.new_token(), new_id()
    async with transaction():
        await execute(
            INSERT_ATTEMPT,
            attempt,
            tokens.hash_of(token),
            account,
            digest,
            BY_PASSWORD,
            at,
            at + ATTEMPT_LASTS,
            0 if right else 1,
            again,
        )
        action = audit.Action.SIGN_IN_STARTED if right else audit.Action.SIGN_IN_REFUSED
        await audit.record(action, by=account or audit.NOBODY, at=at, subject=attempt, step=BY_PASSWORD)
    return token if right else Problem.NOT_RECOGNISED


async def sign_in(
    token: str, code: str, former: Session | None, *, in_place: bool = False, at: datetime
) -> SignedIn | Problem:
    """The last step: a right code, mailed or of the authenticator, opens a session under a new token.

    `former` is what this browser held: it is closed. Signing in again in place, however it was begun, is for the same
    account alone, and keeps the form secret, so that pages left open go on working.
    """
    async with transaction():
        attempt = await queries.find_attempt(tokens.hash_of(token))
        row = await queries.lock_attempt(attempt.id) if attempt else None
        if row is None:
            return Problem.CODE_TOO_OLD
        problem = await _refusal(row, code, at)
        if problem is not None:
            await audit.record(
                audit.Action.SIGN_IN_REFUSED,
                by=row["account"] or audit.NOBODY,
                at=at,
                subject=row["id"],
                why=problem,
            )
            return problem
        again = in_place or row["again"]
        if again and (former is None or former.account != row["account"]):
            return Problem.OTHER_ACCOUNT
        await execute("UPDATE sign_in_attempt SET used_at = $2 WHERE id = $1", row["id"], at)
        return await open_session(row["account"], former=former, again=again, method=row["method"], at=at)


async def _refusal(row: Row, code: str, at: datetime) -> Problem | None:
    """Why this code does not open this attempt. A wrong one is counted."""
    if at >= row["valid_until"]:
        return Problem.CODE_TOO_OLD
    if row["failures"] >= TRIES_A_CODE:
        return Problem.TOO_MANY_TRIES
    if await queries.recent_failures(row["email_hash"], at) >= FAILURES_ALLOWED:
        return Problem.TOO_MANY_FAILURES
    right = await (_takes_one_time_code if row["method"] == BY_PASSWORD else _takes_mailed_code)(row, code, at)
    if right:
        return None
    await execute("UPDATE sign_in_attempt SET failures = failures + 1 WHERE id = $1", row["id"])
    return Problem.CODE_WRONG


async def _takes_mailed_code(row: Row, code: str, _at: datetime) -> bool:
    kept = row["code_hash"]
    return kept is not None and compare_digest(kept, _code_hash(row["id"], code))


async def _takes_one_time_code(row: Row, code: str, at: datetime) -> bool:
    account = await queries.lock_account(row["account"])
    if account is None or account["totp_secret"] is None:
        return False
    key = ring().open(account["data_key"], account["id"])
    secret = key.open(account["totp_secret"], account["id"], "account.totp_secret")
    step = one_time.matching_step(secret, code, at, account["totp_last_step"])
    if step is None:
        return False
    await execute("UPDATE account SET totp_last_step = $2 WHERE id = $1", account["id"], step)
    return True
