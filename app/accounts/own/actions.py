"""What people change in their own account: names, password, and where they are signed in. Addresses are elsewhere."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.accounts import passwords, queries
from app.accounts.actions.notices import tell_owner
from app.accounts.judging import judged
from app.accounts.notices import Notice
from app.accounts.own.model import Fault, Names
from app.accounts.own.queries import get_profile, password_hash_of
from app.accounts.problems import Problem
from app.audit import actions as audit
from app.lib import throttle
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.keys import ring

# Somebody at a screen left open guesses the password that is asked for before a new one.
PASSWORD_TRIES = throttle.Limit("own_password", 5, timedelta(minutes=15))

CLOSE_OTHERS = "UPDATE session SET closed_at = $3 WHERE account = $1 AND id <> $2 AND closed_at IS NULL"
COUNT_OTHERS = f"{CLOSE_OTHERS} AND idle_until > $3 AND valid_until > $3"
# Whoever typed the former password, or waits for a code at the former address, has to begin anew.
END_ATTEMPTS = "UPDATE sign_in_attempt SET used_at = $2 WHERE account = $1 AND used_at IS NULL"


async def change_names(by: Actor, names: Names, *, at: datetime) -> None:
    """Be called so from now on. A patient's record keeps its own names: those are the centre's."""
    async with transaction():
        row = await queries.lock_account(by.id)
        if row is None:
            raise Refused("account.closed")
        key = ring().open(row["data_key"], by.id)
        await execute(
            "UPDATE account SET given_name = $2, family_name = $3 WHERE id = $1",
            by.id,
            key.seal(names.given, by.id, "account.given_name"),
            key.seal(names.family, by.id, "account.family_name"),
        )
        await audit.record(audit.Action.NAMES_CHANGED, by=by.id, at=at, subject=by.id)


async def change_password(by: Actor, session: UUID, current: str, new: str, *, at: datetime) -> Fault | Problem | None:
    """A new password; every other session ends, and so does every sign-in that the former one began."""
    if await throttle.is_spent(PASSWORD_TRIES, str(by.id), at):
        return Fault.TOO_MANY_TRIES
    before = await password_hash_of(by.id)
    if before is not None and not await asyncio.to_thread(passwords.matches, current, before):
        await _note_wrong_password(by, at)
        return Fault.CURRENT_WRONG
    weak = await _weakness(by, new, at)
    if weak is not None:
        return weak
    if before is not None and await asyncio.to_thread(passwords.matches, new, before):
        return Fault.NEW_SAME
    hashed = await asyncio.to_thread(passwords.hashed, new)
    async with transaction():
        tag = await execute(
            "UPDATE account SET password_hash = $2, password_changed_at = $3"
            " WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $4 AND closed_at IS NULL",
            by.id,
            hashed,
            at,
            before,
        )
        if tag == "UPDATE 0":
            raise Refused("account.changed_meanwhile")
        await execute(CLOSE_OTHERS, by.id, session, at)
        await execute(END_ATTEMPTS, by.id, at)
        await audit.record(audit.Action.PASSWORD_CHANGED, by=by.id, at=at, subject=by.id)
        await tell_owner(by.id, Notice.PASSWORD_CHANGED, at=at)
    await throttle.forgive(PASSWORD_TRIES, str(by.id))
    return None


async def _note_wrong_password(by: Actor, at: datetime) -> None:
    async with transaction():
        await throttle.within(PASSWORD_TRIES, str(by.id), at)
        await audit.record(audit.Action.SIGN_IN_REFUSED, by=by.id, at=at, subject=by.id, step="password_change")


async def _weakness(by: Actor, new: str, at: datetime) -> Problem | None:
    profile = await get_profile(by.id, at)
    about = (profile.given_name, profile.family_name, profile.email)
    return await judged(new, about, at=at)


async def close_other_sessions(by: Actor, session: UUID, *, at: datetime) -> int:
    """Sign out everywhere but here; in how many browsers that was."""
    async with transaction():
        live = int((await execute(COUNT_OTHERS, by.id, session, at)).removeprefix("UPDATE "))
        await execute(CLOSE_OTHERS, by.id, session, at)
        await audit.record(audit.Action.SESSIONS_CLOSED, by=by.id, at=at, subject=by.id, sessions=live)
    return live
