"""Signing in: asking for a code, the password, the last step. Proofs are in proving.py, sessions in sessions.py."""

import asyncio
from datetime import datetime
from uuid import UUID

from app.accounts import passwords, queries, tokens
from app.accounts.actions.codes import MAIL_CODE
from app.accounts.actions.limits import Door, Visitor, note_lock_out
from app.accounts.actions.proving import prove_by_code, prove_by_recovery_code
from app.accounts.actions.sessions import open_session
from app.accounts.model import (
    ATTEMPT_LASTS,
    BY_CODE,
    BY_PASSWORD,
    Attempt,
    Session,
    SignedIn,
    Way,
    normal_email,
)
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.lib import jobs
from app.lib.db import execute, transaction
from app.lib.ids import new_id

INSERT_ATTEMPT = """
INSERT INTO sign_in_attempt
    (id, token_hash, account, email_hash, method, channel, created_at, valid_until, failures, again)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)
"""
ASK_ELSEWHERE = "UPDATE sign_in_attempt SET channel = $2, code_hash = NULL WHERE id = $1 AND used_at IS NULL"


async def ask_for_code(email: str, *, again: bool = False, browser: str = "", at: datetime) -> str | Problem:
    """Begin to sign in by a code that is sent; the token for the browser. An unknown address takes the same steps."""
    digest = queries.email_hash(normal_email(email))
    async with transaction():
        problem = await Visitor.at_the_door(digest, browser).may_ask(at)
        if problem is not None:
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=audit.NOBODY, at=at, subject=audit.NOBODY, why=problem)
            return problem
        attempt, token = await _begin(None, digest, BY_CODE, Way.EMAIL, again, at)
        await audit.record(audit.Action.SIGN_IN_STARTED, by=audit.NOBODY, at=at, subject=attempt, step=BY_CODE)
    return token


async def ask_for_another_code(former: Attempt, way: Way, *, browser: str = "", at: datetime) -> str | Problem:
    """The code did not come: a new attempt at the same address, in place of the former one, maybe by another way."""
    async with transaction():
        problem = await Visitor.at_the_door(former.email_hash, browser).may_ask(at)
        if problem is not None:
            return problem
        attempt, token = await _begin(None, former.email_hash, BY_CODE, way, former.again, at)
        await execute("UPDATE sign_in_attempt SET used_at = $2 WHERE id = $1", former.id, at)
        await audit.record(audit.Action.SIGN_IN_STARTED, by=audit.NOBODY, at=at, subject=attempt, step=BY_CODE)
    return token


async def check_password(
    email: str, password: str, *, again: bool = False, browser: str = "", at: datetime
) -> str | Problem:
    """The team's first step: the token of an attempt that still needs the second factor."""
    digest = queries.email_hash(normal_email(email))
    visitor = Visitor.at_the_door(digest, browser)
    door = await visitor.try_door(at)
    if door is Door.CLOSED:
        await note_lock_out(digest, at=at)
    if door is not Door.OPEN:
        return Problem.TOO_MANY_FAILURES
    found = await queries.find_account_by_email(digest)
    kept = found["password_hash"] if found else None
    if not await asyncio.to_thread(passwords.matches, password, kept):
        return await _refuse_password(visitor, digest, at=at)
    account = found["id"] if found else audit.NOBODY
    fresh = await asyncio.to_thread(passwords.hashed, password) if passwords.is_outdated(kept or "") else None
    async with transaction():
        await visitor.succeeded()
        if fresh is not None:
            changed = "UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3"
            await execute(changed, account, fresh, kept)
        visitor = Visitor.proven(account, browser)
        attempt, token = await _begin_second_step(account, visitor, digest, BY_PASSWORD, again, at)
        await audit.record(audit.Action.SIGN_IN_STARTED, by=account, at=at, subject=attempt, step=BY_PASSWORD)
    return token


async def _refuse_password(visitor: Visitor, digest: bytes, *, at: datetime) -> Problem:
    async with transaction():
        await visitor.failed(at)
        by = audit.NOBODY
        await audit.record(audit.Action.SIGN_IN_REFUSED, by=by, at=at, subject=by, step=BY_PASSWORD)
    return Problem.NOT_RECOGNISED


async def ask_for_second_factor(account: UUID, method: str, *, again: bool = False, at: datetime) -> str:
    """Somebody gave a first factor of another kind than the password: the token of an attempt that needs the second."""
    digest = queries.email_hash(await queries.get_email(account))
    async with transaction():
        visitor = Visitor.proven(account)
        attempt, token = await _begin_second_step(account, visitor, digest, method, again, at)
        await audit.record(audit.Action.SIGN_IN_STARTED, by=account, at=at, subject=attempt, step=method)
    return token


async def send_code_instead(attempt: Attempt, way: Way, *, browser: str = "", at: datetime) -> Problem | None:
    """After the password: have the second factor sent, by mail or to the telephone."""
    async with transaction():
        problem = await Visitor.proven(attempt.account, browser).may_ask(at)
        if problem is not None:
            return problem
        await execute(ASK_ELSEWHERE, attempt.id, way.value)
        await jobs.defer(MAIL_CODE, attempt_id=str(attempt.id))
        by = attempt.account or audit.NOBODY
        await audit.record(audit.Action.SIGN_IN_STARTED, by=by, at=at, subject=attempt.id, step=way)
    return None


async def _begin_second_step(
    account: UUID, visitor: Visitor, digest: bytes, method: str, again: bool, at: datetime
) -> tuple[UUID, str]:
    """With an authenticator it shows the code; else one is mailed at once."""
    factors = await queries.factors_of(account)
    if factors.authenticator or await visitor.may_be_sent(at) is not None:
        return await _begin(account, digest, method, Way.NONE if factors.authenticator else Way.EMAIL, again, at, False)
    return await _begin(account, digest, method, Way.EMAIL, again, at)


async def _begin(
    account: UUID | None, digest: bytes, method: str, way: Way, again: bool, at: datetime, send: bool = True
) -> tuple[UUID, str]:
    token, attempt = tokens.new_token(), new_id()
    values = (attempt, tokens.hash_of(token), account, digest, method, way.value, at, at + ATTEMPT_LASTS)
    await execute(INSERT_ATTEMPT, *values, again)
    if send:
        await jobs.defer(MAIL_CODE, attempt_id=str(attempt))
    return attempt, token


async def sign_in(
    token: str,
    typed: str,
    former: Session | None,
    *,
    in_place: bool = False,
    on_paper: bool = False,
    browser: str = "",
    at: datetime,
) -> SignedIn | Problem:
    """The last step: a right code, sent, of the authenticator or on paper, opens a session under a new token.

    `former` is what this browser held: it is closed. Signing in again in place, however it was begun, is for the same
    account alone, and keeps the form secret, so that pages left open go on working.
    """
    attempt = await queries.find_attempt(tokens.hash_of(token))
    if attempt is None:
        return Problem.CODE_TOO_OLD
    again = in_place or attempt.again
    visitor = _visitor_of(attempt, browser)
    if again and not await _may_go_on(former, attempt):
        return Problem.OTHER_ACCOUNT
    async with transaction():
        prove = prove_by_recovery_code if on_paper else prove_by_code
        proven = await prove(attempt, typed, visitor, at=at)
        if isinstance(proven, Problem):
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=audit.NOBODY, at=at, subject=attempt.id, why=proven)
            return proven
        return await open_session(proven, former=former, again=again, method=attempt.method, at=at)


def _visitor_of(attempt: Attempt, browser: str) -> Visitor:
    if attempt.method == BY_CODE:
        return Visitor.at_the_door(attempt.email_hash, browser)
    return Visitor.proven(attempt.account, browser)


async def _may_go_on(former: Session | None, attempt: Attempt) -> bool:
    """Whether this attempt is of the person whose session it continues."""
    if former is None:
        return False
    return queries.email_hash(await queries.get_email(former.account)) == attempt.email_hash
