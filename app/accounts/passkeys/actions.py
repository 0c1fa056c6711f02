"""Challenging, adding, using and removing passkeys."""

import asyncio
from datetime import datetime
from os import urandom
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.accounts import queries as accounts
from app.accounts import tokens
from app.accounts.actions import notices
from app.accounts.actions.limits import CEREMONIES
from app.accounts.actions.sessions import freshen_session, open_session
from app.accounts.model import BY_PASSKEY, Session, SignedIn
from app.accounts.notices import Notice
from app.accounts.passkeys import ceremonies, queries
from app.accounts.passkeys.carried import carried, challenge_in
from app.accounts.passkeys.model import CHALLENGE_LASTS, CHALLENGE_SIZE, Kept, Purpose, Site, base64url
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.lib.db import execute, fetch_row, transaction
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.throttle import within
from app.settings import settings

# An unused challenge says nothing about anybody: only what comes of it is an event.
INSERT_CHALLENGE = """
INSERT INTO passkey_challenge (id, token_hash, challenge, account, purpose, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
TAKE_CHALLENGE = """
UPDATE passkey_challenge SET used_at = $4
WHERE token_hash = $1 AND purpose = $2 AND account = $3 AND used_at IS NULL AND valid_until > $4
RETURNING challenge
"""
# Only of a right answer: what anybody may ask for or get wrong leaves nothing behind.
SPEND_CHALLENGE = """
INSERT INTO passkey_challenge (id, token_hash, challenge, purpose, created_at, valid_until, used_at)
VALUES ($1, $2, $3, $4, $5, $6, $5) ON CONFLICT (token_hash) DO NOTHING
"""
INSERT_PASSKEY = """
INSERT INTO passkey (id, account, credential_id, public_key, sign_count, name, backed_up, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (credential_id) DO NOTHING
"""
NOTE_USE = "UPDATE passkey SET sign_count = $2, backed_up = $3, last_used_at = $4 WHERE id = $1"


class Challenge:
    """A question for one browser, answered once within five minutes."""

    def __init__(self, token: str, challenge: bytes) -> None:
        self.token, self.bytes = token, challenge

    @classmethod
    def of_a_stranger(cls, *, at: datetime) -> "Challenge":
        """To sign in. Never refused, or one visitor could close this door for a whole network: it costs nothing."""
        challenge = urandom(CHALLENGE_SIZE)
        return cls(carried(challenge, at + CHALLENGE_LASTS, settings().secret_key), challenge)

    @classmethod
    async def new(cls, purpose: Purpose, account: UUID, *, at: datetime) -> "Challenge | None":
        """For whoever is signed in. None when this account asks for too many."""
        if not await within(CEREMONIES, str(account), at):
            return None
        token, challenge = tokens.new_token(), urandom(CHALLENGE_SIZE)
        values = (new_id(), tokens.hash_of(token), challenge, account, purpose.value, at, at + CHALLENGE_LASTS)
        await execute(INSERT_CHALLENGE, *values)
        return cls(token, challenge)


async def _taken(token: str, purpose: Purpose, account: UUID, at: datetime) -> bytes | None:
    """The challenge of this browser for whoever is signed in, from now on used."""
    row = await fetch_row(TAKE_CHALLENGE, tokens.hash_of(token), purpose.value, account, at)
    return row["challenge"] if row else None


async def _spent(challenge: bytes, until: datetime, at: datetime) -> bool:
    """Whether a stranger's challenge counts, which it does once."""
    values = (new_id(), tokens.hash_of(base64url(challenge)), challenge, Purpose.SIGN_IN.value, at, until)
    return await execute(SPEND_CHALLENGE, *values) != "INSERT 0 0"


async def add_passkey(by: Actor, token: str, credential: Any, name: str, *, at: datetime) -> Problem | None:
    """Keep a passkey that this browser has just made, under its owner's name for it."""
    challenge = await _taken(token, Purpose.ADD, by.id, at)
    if challenge is None:
        return Problem.PASSKEY_REFUSED
    made = await asyncio.to_thread(ceremonies.made, credential, challenge, Site.of(settings().base_url))
    if made is None:
        return Problem.PASSKEY_REFUSED
    async with transaction():
        row = await accounts.lock_account(by.id)
        if row is None:
            return Problem.PASSKEY_REFUSED
        passkey = new_id()
        sealed = ring().open(row["data_key"], by.id).seal(name, passkey, "passkey.name")
        values = (made.credential_id, made.public_key, made.sign_count, sealed, made.backed_up, at)
        if await execute(INSERT_PASSKEY, passkey, by.id, *values) == "INSERT 0 0":
            return Problem.PASSKEY_REFUSED
        await notices.tell_owner(by.id, Notice.FACTOR_ADDED, at=at)
        await audit.record(audit.Action.PASSKEY_ADDED, by=by.id, at=at, subject=passkey)
    return None


async def revoke_passkey(by: Actor, passkey: UUID, *, at: datetime) -> None:
    """It opens nothing any more."""
    async with transaction():
        revoked = "UPDATE passkey SET revoked_at = $3 WHERE id = $1 AND account = $2 AND revoked_at IS NULL"
        if await execute(revoked, passkey, by.id, at) != "UPDATE 0":
            await notices.tell_owner(by.id, Notice.FACTOR_REMOVED, at=at)
            await audit.record(audit.Action.PASSKEY_REVOKED, by=by.id, at=at, subject=passkey)


async def sign_in_by_passkey(
    token: str, credential: Any, former: Session | None, *, at: datetime
) -> SignedIn | Problem:
    """A session for whoever holds the passkey and was verified by their device: two factors in one."""
    asked = challenge_in(token, at, settings().secret_key)
    found, use = await _verified(credential, asked[0] if asked else None)
    async with transaction():
        if asked is None or use is None or not await _spent(*asked, at):
            use = None
        problem = await _refusal(found, use, at)
        if problem is not None or found is None:
            by = found.account if found else audit.NOBODY
            why = problem or Problem.PASSKEY_REFUSED
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=by, at=at, subject=by, step=BY_PASSKEY, why=why)
            return why
        return await open_session(found.account, former=former, method=BY_PASSKEY, at=at)


async def confirm_by_passkey(session: Session, token: str, credential: Any, *, at: datetime) -> str | Problem:
    """The session's new token, for a passkey of its own account."""
    challenge = await _taken(token, Purpose.STEP_UP, session.account, at)
    found, use = await _verified(credential, challenge)
    if found is not None and found.account != session.account:
        found = None
    async with transaction():
        problem = await _refusal(found, use, at)
        if problem is not None:
            by = session.account
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=by, at=at, subject=by, step=BY_PASSKEY, why=problem)
            return problem
        return await freshen_session(session, how=BY_PASSKEY, at=at)


async def _verified(credential: Any, challenge: bytes | None) -> tuple[Kept | None, ceremonies.Used | None]:
    credential_id = await asyncio.to_thread(ceremonies.credential_id_of, credential)
    found = await queries.find_credential(credential_id) if credential_id and challenge else None
    if found is None or challenge is None or not ceremonies.names_owner(credential, found.account):
        return None, None
    site = Site.of(settings().base_url)
    return found, await asyncio.to_thread(ceremonies.used, credential, challenge, site, found.public_key)


async def _refusal(found: Kept | None, use: ceremonies.Used | None, at: datetime) -> Problem | None:
    """Why this use is not taken; a right one is noted. A count that went back means that the passkey exists twice."""
    row = await queries.lock_passkey(found.id) if found and use else None
    if found is None or use is None or row is None:
        return Problem.PASSKEY_REFUSED
    if (use.sign_count or row["sign_count"]) and use.sign_count <= row["sign_count"]:
        await notices.tell_owner(found.account, Notice.PASSKEY_COPIED, at=at)
        return Problem.PASSKEY_COPIED
    await execute(NOTE_USE, found.id, use.sign_count, use.backed_up, at)
    return None
