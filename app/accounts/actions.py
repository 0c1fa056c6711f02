"""Writes about people who sign in: attempts, sessions, and the accounts themselves."""

import asyncio
from datetime import date, datetime
from hmac import compare_digest
from os import urandom
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts import one_time, passwords, queries, tokens
from app.accounts.model import (
    ATTEMPT_LASTS,
    BETWEEN_CODES,
    BY_CODE,
    BY_PASSWORD,
    CODE_LASTS,
    CODES_ALLOWED,
    CODES_COUNTED_OVER,
    FAILURES_ALLOWED,
    LONGEST_SESSION,
    TRIES_A_CODE,
    Attempt,
    NewAccount,
    Session,
    SignedIn,
    idle_end,
    normal_email,
)
from app.accounts.problems import Problem
from app.accounts.rendering import code_letter
from app.audit import actions as audit
from app.lib import jobs, mail
from app.lib.clock import day_in
from app.lib.csrf import SIZE
from app.lib.db import Row, execute, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring

MAIL_CODE = jobs.Job("accounts:mail_code", queue="mail")

INSERT_ATTEMPT = """
INSERT INTO sign_in_attempt
    (id, token_hash, account, email_hash, method, created_at, valid_until, failures, again)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

INSERT_SESSION = """
INSERT INTO session (id, token_hash, account, membership, csrf_secret, created_at, last_seen_at, idle_until,
                     valid_until, second_factor_at)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)
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
    account = found["id"] if found and found["role"] == Role.PATIENT else None
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
        membership = await queries.membership_to_act_in(row["account"], day_in(ZONE, at))
        if row["method"] == BY_PASSWORD and membership is None:
            return Problem.NO_CENTRE
        await execute("UPDATE sign_in_attempt SET used_at = $2 WHERE id = $1", row["id"], at)
        await audit.record(audit.Action.SESSION_OPENED, by=row["account"], at=at, subject=row["account"])
        return await _opened(row["account"], membership, former, again, at)


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


async def open_session(
    account: UUID, *, membership: UUID | None = None, former: Session | None = None, at: datetime
) -> SignedIn:
    """A session for somebody whose identity is already proven."""
    async with transaction():
        place = membership or await queries.membership_to_act_in(account, day_in(ZONE, at))
        opened = await _opened(account, place, former, False, at)
        await audit.record(audit.Action.SESSION_OPENED, by=account, at=at, subject=account)
        return opened


async def _opened(
    account: UUID, membership: UUID | None, former: Session | None, again: bool, at: datetime
) -> SignedIn:
    row = await queries.lock_account(account)
    if row is None:
        raise Refused("account.closed")
    if former is not None:
        await execute("UPDATE session SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", former.id, at)
    token, role = tokens.new_token(), Role(row["role"])
    secret = former.csrf_secret if again and former is not None else urandom(SIZE)
    strong = at if role is Role.PRACTITIONER else None
    values = (new_id(), tokens.hash_of(token), account, membership, secret, at)
    await execute(INSERT_SESSION, *values, idle_end(role, at), at + LONGEST_SESSION, strong)
    return SignedIn(token, secret, account, role)


async def close_session(by: Actor, session: UUID, *, at: datetime) -> None:
    """Sign out."""
    async with transaction():
        await execute("UPDATE session SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", session, at)
        await audit.record(audit.Action.SESSION_CLOSED, by=by.id, at=at, subject=session)


async def choose_membership(by: Actor, session: UUID, membership: UUID, *, at: datetime) -> None:
    """Act in another of one's centres from now on, in this session."""
    async with transaction():
        held = await queries.list_memberships(by.id, day_in(ZONE, at))
        if membership not in {place.id for place in held}:
            raise Refused("membership.not_held")
        await execute("UPDATE session SET membership = $2 WHERE id = $1", session, membership)
        await audit.record(audit.Action.MEMBERSHIP_CHOSEN, by=by.id, at=at, subject=membership)


async def choose_language(by: Actor, language: str, *, at: datetime) -> None:
    """Be written to in this language."""
    async with transaction():
        tag = await execute("UPDATE account SET language = $2 WHERE id = $1 AND language <> $2", by.id, language)
        if tag != "UPDATE 0":
            await audit.record(audit.Action.LANGUAGE_CHOSEN, by=by.id, at=at, subject=by.id, language=language)


async def create_organisation(by: UUID, *, code: str, name: str, city: str, at: datetime) -> UUID:
    """A new centre."""
    async with transaction():
        organisation = new_id()
        await execute(
            "INSERT INTO organisation (id, code, name, city, kind, time_zone, phone, created_at)"
            " VALUES ($1, $2, $3, $4, 'expert_centre', $5, '', $6)",
            organisation,
            code,
            name,
            city,
            ZONE,
            at,
        )
        await audit.record(audit.Action.ORGANISATION_CREATED, by=by, at=at, subject=organisation)
    return organisation


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
            "INSERT INTO account (id, role, data_key, email_hash, email, given_name, family_name, language,"
            " password_hash, totp_secret, totp_last_step, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)",
            account,
            new.role.value,
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
        await audit.record(audit.Action.ACCOUNT_CREATED, by=by, at=at, subject=account, role=new.role)
    return account


async def add_membership(
    by: UUID, account: UUID, organisation: UUID, profession: str, *, since: date, at: datetime
) -> UUID:
    """Give a person a place in a centre."""
    async with transaction():
        membership = new_id()
        await execute(
            "INSERT INTO membership (id, account, organisation, profession, role, valid_from)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            membership,
            account,
            organisation,
            profession,
            Role.PRACTITIONER.value,
            since,
        )
        await audit.record(audit.Action.MEMBERSHIP_ADDED, by=by, at=at, subject=account, organisation=organisation)
    return membership


async def link_patient(by: UUID, account: UUID, patient: UUID, relationship: str, *, since: date, at: datetime) -> None:
    """Let a person answer for a patient: for themselves (`self`), or as mother, father, guardian…"""
    async with transaction():
        await execute(
            "INSERT INTO patient_link (id, account, patient, relationship, valid_from) VALUES ($1, $2, $3, $4, $5)",
            new_id(),
            account,
            patient,
            relationship,
            since,
        )
        await audit.record(audit.Action.PATIENT_LINKED, by=by, at=at, subject=account, patient=patient)


async def forget_old_sign_ins(*, before: datetime, at: datetime) -> None:
    """Remove attempts and sessions that ended before then: nobody can use them any more."""
    async with transaction():
        attempts = await execute("DELETE FROM sign_in_attempt WHERE valid_until < $1", before)
        sessions = await execute("DELETE FROM session WHERE valid_until < $1", before)
        if (attempts, sessions) != ("DELETE 0", "DELETE 0"):
            await audit.record(
                audit.Action.SIGN_INS_FORGOTTEN,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                attempts=attempts.removeprefix("DELETE "),
                sessions=sessions.removeprefix("DELETE "),
            )
