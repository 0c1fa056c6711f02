"""Sessions: opening, closing, the centre one acts in, the language one is written to in."""

from datetime import datetime
from os import urandom
from uuid import UUID

from app.access.policy import Actor
from app.accounts import queries, tokens
from app.accounts.devices import device_of
from app.accounts.lending.actions import take_back
from app.accounts.model import (
    LONGEST_SESSION,
    Kind,
    Session,
    SignedIn,
    idle_end,
)
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.csrf import SIZE
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.origin import origin

INSERT_SESSION = """
INSERT INTO session (id, token_hash, account, membership, csrf_secret, created_at, last_seen_at, idle_until,
                     valid_until, second_factor_at, method, device, network)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $6, $9, $10, $11)
"""


async def open_session(
    account: UUID, *, former: Session | None = None, again: bool = False, method: str = "", at: datetime
) -> SignedIn:
    """A session for somebody whose identity has just been proven, by `method`, under a token nobody has seen before.

    `former`: what this browser held; it is closed. `again`: it goes on in the pages left open, whose form secret it
    keeps.
    """
    async with transaction():
        row = await queries.lock_account(account)
        # What was proven just before a reset was confirmed counts no more, and nobody is told that there is one.
        if row is None or await queries.is_under_reset(account, at):
            raise Refused("account.closed")
        if former is not None:
            await execute("UPDATE session SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", former.id, at)
        token, kind, asking = tokens.new_token(), Kind(row["kind"]), origin.get()
        secret = former.csrf_secret if again and former is not None else urandom(SIZE)
        membership = await queries.membership_to_act_in(account, day_in(ZONE, at))
        values = (new_id(), tokens.hash_of(token), account, membership, secret, at)
        ends = (idle_end(kind is Kind.PATIENT, at), at + LONGEST_SESSION)
        await execute(INSERT_SESSION, *values, *ends, method, device_of(asking.agent), asking.network)
        await audit.record(audit.Action.SESSION_OPENED, by=account, at=at, subject=account, method=method)
    return SignedIn(token, secret, account, await queries.door_of(account, membership), row["email_hash"])


async def freshen_session(session: Session, *, how: str, at: datetime) -> str:
    """A second factor was given just now: the session goes on under a new token, and pages left open with it.

    One that was lent is its owner's again.
    """
    async with transaction():
        token = tokens.new_token()
        freshened = "UPDATE session SET token_hash = $2, second_factor_at = $3 WHERE id = $1 AND closed_at IS NULL"
        if await execute(freshened, session.id, tokens.hash_of(token), at) == "UPDATE 0":
            raise Refused("session.closed")
        by = session.account
        await audit.record(audit.Action.SECOND_FACTOR_GIVEN, by=by, at=at, subject=session.id, how=how)
        await take_back(by, session.id, at=at)
    return token


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
