"""Confirming that it is still the same person, before something sensitive."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Role
from app.accounts import queries, tokens
from app.accounts.actions.codes import MAIL_CODE
from app.accounts.actions.limits import Visitor
from app.accounts.actions.proving import prove_by_code
from app.accounts.actions.sessions import freshen_session
from app.accounts.model import ATTEMPT_LASTS, STEP_UP, Session, Way, normal_email
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.lib import jobs
from app.lib.db import execute, transaction
from app.lib.ids import new_id

INSERT = """
INSERT INTO sign_in_attempt
    (id, token_hash, account, email_hash, method, channel, session, created_at, valid_until, failures)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
"""
CLOSE_FORMER = "UPDATE sign_in_attempt SET used_at = $2 WHERE session = $1 AND used_at IS NULL"


async def send_code(session: Session, way: Way, *, at: datetime) -> Problem | None:
    """Send a code to whoever is signed in here; an earlier one stops working."""
    async with transaction():
        problem = await _visitor(session).may_ask(at)
        if problem is not None:
            return problem
        attempt = await _begin(session, way, at)
        await jobs.defer(MAIL_CODE, attempt_id=str(attempt))
        by = session.account
        await audit.record(audit.Action.SIGN_IN_STARTED, by=by, at=at, subject=attempt, step=STEP_UP)
    return None


async def confirm(session: Session, typed: str, *, at: datetime) -> str | Problem:
    """The session's new token, for a right code: one that was sent, or an authenticator's."""
    async with transaction():
        if await queries.find_step_up(session.id, at) is None:
            await _begin(session, Way.NONE, at)
        attempt = await queries.find_step_up(session.id, at)
        if attempt is None:
            return Problem.CODE_TOO_OLD
        proven = await prove_by_code(attempt, typed, _visitor(session), at=at)
        if isinstance(proven, Problem):
            by = session.account
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=by, at=at, subject=attempt.id, why=proven)
            if attempt.channel is Way.NONE:  # of an authenticator: the next try is counted for the account alone
                await execute(CLOSE_FORMER, session.id, at)
            return proven
        return await freshen_session(session, how=STEP_UP, at=at)


def _visitor(session: Session) -> Visitor:
    if session.role is Role.TABLET:
        return Visitor.borrowing(session.account, session.id)
    return Visitor.inside(session.account)


async def _begin(session: Session, way: Way, at: datetime) -> UUID:
    attempt = new_id()
    digest = queries.email_hash(normal_email(await queries.get_email(session.account)))
    await execute(CLOSE_FORMER, session.id, at)
    nobodys = tokens.hash_of(tokens.new_token())  # found by its session, never by a cookie
    values = (attempt, nobodys, session.account, digest, STEP_UP, way.value, session.id, at, at + ATTEMPT_LASTS)
    await execute(INSERT, *values)
    return attempt
