"""Going to the provider, coming back once, signing in by it, linking and unlinking an identity."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.accounts import tokens
from app.accounts.actions.notices import tell_owner
from app.accounts.actions.sessions import open_session
from app.accounts.actions.signing_in import ask_for_second_factor
from app.accounts.model import Session, SignedIn
from app.accounts.notices import Notice
from app.accounts.oidc import queries
from app.accounts.oidc.model import BY_OIDC, WALK_LASTS, OidcProblem, Return, SecondStep
from app.accounts.queries import get_email
from app.audit import actions as audit
from app.lib.db import execute, fetch_row, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.openid import Vouched, Walk

KEPT_AFTER = timedelta(hours=1)

INSERT_WALK = """
INSERT INTO oidc_flow (id, state_hash, browser_hash, nonce, code_verifier, following, account, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
# Once, in time, in the browser that went.
TAKE_BACK = """
UPDATE oidc_flow SET used_at = $3
WHERE state_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND valid_until > $3
RETURNING id, nonce, code_verifier, following, account
"""
LINK = """
INSERT INTO oidc_identity (id, account, issuer, subject_hash, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (issuer, subject_hash) WHERE revoked_at IS NULL DO NOTHING
"""
# An account that was closed keeps nobody from linking the identity to another one.
FREE = """
UPDATE oidc_identity i SET revoked_at = $3 FROM account a
WHERE a.id = i.account AND a.closed_at IS NOT NULL AND i.issuer = $1 AND i.subject_hash = $2 AND i.revoked_at IS NULL
"""
UNLINK = """
UPDATE oidc_identity SET revoked_at = $3 WHERE account = $1 AND issuer = $2 AND revoked_at IS NULL
"""


async def begin_walk(browser: str, following: str, *, account: UUID | None = None, at: datetime) -> Walk:
    """Go to the provider from this browser: to sign in, or to link an identity to one's own account."""
    walk, flow = Walk(tokens.new_token(), tokens.new_token(), tokens.new_token()), new_id()
    async with transaction():
        await execute("DELETE FROM oidc_flow WHERE valid_until < $1", at - KEPT_AFTER)
        hashes = (tokens.hash_of(walk.state), tokens.hash_of(browser))
        carried = (walk.nonce, walk.verifier, following, account)
        await execute(INSERT_WALK, flow, *hashes, *carried, at, at + WALK_LASTS)
        await audit.record(audit.Action.SIGN_IN_STARTED, by=account or audit.NOBODY, at=at, subject=flow, step=BY_OIDC)
    return walk


async def end_walk(state: str, browser: str, *, at: datetime) -> Return | OidcProblem:
    """Somebody comes back with this state: good once, for ten minutes, in the browser that went."""
    async with transaction():
        row = await fetch_row(TAKE_BACK, tokens.hash_of(state), tokens.hash_of(browser), at)
        if row is None:
            problem = OidcProblem.WALK_OVER
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=audit.NOBODY, at=at, subject=audit.NOBODY, why=problem)
            return problem
    return Return(row["id"], Walk(state, row["nonce"], row["code_verifier"]), row["following"], row["account"])


async def sign_in(vouched: Vouched, former: Session | None, *, at: datetime) -> SignedIn | SecondStep | OidcProblem:
    """Open a session for whom this identity is linked to; after one factor only, ask for the second.

    A professional whose number the provider vouches for, and who has a place in a centre, is linked on the way.
    """
    async with transaction():
        account = await queries.find_linked(vouched) or await _linked_by_number(vouched, at)
        if account is None:
            problem = OidcProblem.UNKNOWN
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=audit.NOBODY, at=at, subject=audit.NOBODY, why=problem)
            return problem
        await execute(
            "UPDATE oidc_identity SET last_used_at = $3 WHERE account = $1 AND issuer = $2 AND revoked_at IS NULL",
            account,
            vouched.issuer,
            at,
        )
        if vouched.two_factors:
            return await open_session(account, former=former, method=BY_OIDC, at=at)
        return SecondStep(await ask_for_second_factor(account, BY_OIDC, at=at), await get_email(account))


async def _linked_by_number(vouched: Vouched, at: datetime) -> UUID | None:
    account = await queries.find_by_rpps(vouched, at)
    if account is None or not await _link(account, vouched, at):
        return None
    await audit.record(audit.Action.IDENTITY_LINKED, by=account, at=at, subject=account, how="rpps")
    await tell_owner(account, Notice.FACTOR_ADDED, at=at)
    return account


async def _link(account: UUID, vouched: Vouched, at: datetime) -> bool:
    """Whether it could be: an identity opens one account only."""
    subject = queries.subject_hash(vouched)
    await execute(FREE, vouched.issuer, subject, at)
    return await execute(LINK, new_id(), account, vouched.issuer, subject, at) == "INSERT 0 1"


async def link_identity(account: UUID, vouched: Vouched, *, at: datetime) -> OidcProblem | None:
    """Let the owner sign in by this identity from now on, in place of a former one there."""
    async with transaction():
        problem = await _why_not(account, vouched)
        if problem is not None:
            await audit.record(audit.Action.SIGN_IN_REFUSED, by=account, at=at, subject=account, why=problem)
            return problem
        await execute(UNLINK, account, vouched.issuer, at)
        if not await _link(account, vouched, at):  # somebody was quicker
            raise Refused("identity.taken")
        await audit.record(audit.Action.IDENTITY_LINKED, by=account, at=at, subject=account, how="owner")
        await tell_owner(account, Notice.FACTOR_ADDED, at=at)
    return None


async def _why_not(account: UUID, vouched: Vouched) -> OidcProblem | None:
    if await queries.has_other_rpps(account, vouched.rpps):
        return OidcProblem.OTHER_PERSON
    return OidcProblem.TAKEN if await queries.is_taken(vouched, account) else None


async def unlink_identity(by: Actor, issuer: str, *, at: datetime) -> None:
    """The outside identity opens this account no more."""
    async with transaction():
        if await execute(UNLINK, by.id, issuer, at) != "UPDATE 0":
            await audit.record(audit.Action.IDENTITY_UNLINKED, by=by.id, at=at, subject=by.id)
            await tell_owner(by.id, Notice.FACTOR_REMOVED, at=at)
