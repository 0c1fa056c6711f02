"""Inviting, and what becomes of an invitation. Each action is one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts import tokens
from app.accounts.actions.opening import create_account
from app.accounts.actions.places import add_membership
from app.accounts.actions.sessions import choose_membership, open_session
from app.accounts.invitations import queries
from app.accounts.invitations.model import LASTS, Invitation, NewInvitation
from app.accounts.invitations.rendering import invitation_letter
from app.accounts.model import Kind, NewAccount, NewPlace, Session, SignedIn
from app.accounts.queries import email_hash, names_of
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose, State
from app.lib import jobs
from app.lib.clock import day_in
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.throttle import Limit, within

MAIL = jobs.Job("invitations:mail_invitation", queue="mail")
METHOD = "invitation"
# One administrator writes to so many people a day; one address hears of us so often.
BY_ONE_PERSON = Limit("invitation", 50, timedelta(days=1))
TO_ONE_ADDRESS = Limit("invitation.address", 6, timedelta(days=1))

INSERT = """
INSERT INTO invitation (id, data_key, email_hash, email, given_name, family_name, language, organisation, profession,
                        role, administers, invited_by, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
AGAIN = """
UPDATE invitation SET token_hash = NULL, sent_at = NULL, bounced_at = NULL, opened_at = NULL, valid_until = $2,
    invited_by = $3
WHERE id = $1
"""


async def invite(by: Actor, new: NewInvitation, *, at: datetime) -> UUID:
    """Offer a place by mail. Refused when the person is invited or works there, or too many were written to."""
    async with transaction():
        if await queries.works_there(new.email, new.organisation, at):
            raise Refused("invitation.works_here")
        if await queries.is_invited(new.email, new.organisation, at):
            raise Refused("invitation.already")
        await _count(by, new.email, at)
        invitation = new_id()
        wrapped = ring().new_key(invitation)
        key = ring().open(wrapped, invitation)
        await execute(
            INSERT,
            invitation,
            wrapped,
            email_hash(new.email),
            *(key.seal(getattr(new, name), invitation, f"invitation.{name}") for name in queries.SEALED),
            new.language,
            new.organisation,
            new.profession,
            new.role,
            new.administers,
            by.id,
            at,
            at + LASTS,
        )
        await jobs.defer(MAIL, invitation=str(invitation))
        await audit.record(
            audit.Action.INVITATION_SENT, by=by.id, at=at, subject=invitation, organisation=new.organisation
        )
    return invitation


async def _count(by: Actor, email: str, at: datetime) -> None:
    allowed = await within(BY_ONE_PERSON, str(by.id), at)
    if not allowed or not await within(TO_ONE_ADDRESS, email_hash(email).hex(), at):
        raise Refused("invitation.too_many")


async def mail_invitation(invitation: UUID, *, at: datetime) -> None:
    """Make the link and send it. A second run sends a fresh one; the former stops working."""
    async with transaction():
        found = await queries.lock_invitation(invitation)
        if found is None or not found.holds(at):
            return
        token = tokens.new_token()
        inviter = (await names_of([found.invited_by])).get(found.invited_by, "")
        written = invitation_letter(replace(found, valid_until=at + LASTS), inviter, token)
        sent = "UPDATE invitation SET token_hash = $2, sent_at = $3, valid_until = $4 WHERE id = $1"
        await execute(sent, invitation, tokens.hash_of(token), at, at + LASTS)
        # Sent before the commit: if the server fails, nothing changed and the job comes back.
        state = await send_letter(found.email, written, Purpose("invitation", subject=invitation), at=at)
        if state is State.BOUNCED:
            await execute("UPDATE invitation SET bounced_at = $2 WHERE id = $1", invitation, at)
        await audit.record(
            audit.Action.INVITATION_SENT,
            by=audit.WORKER,
            at=at,
            subject=invitation,
            organisation=found.organisation,
            state=state,
        )


async def send_again(by: Actor, invitation: UUID, *, at: datetime) -> None:
    """A new link for another seven days; the former one stops working. From `by`, if the inviter may not any more."""
    async with transaction():
        found = await _open(invitation)
        await _count(by, found.email, at)
        await execute(AGAIN, invitation, at + LASTS, found.invited_by if found.inviter_may else by.id)
        await jobs.defer(MAIL, invitation=str(invitation))
        await audit.record(
            audit.Action.INVITATION_SENT, by=by.id, at=at, subject=invitation, organisation=found.organisation
        )


async def withdraw(by: Actor, invitation: UUID, *, at: datetime) -> None:
    """Its link stops working."""
    async with transaction():
        found = await _open(invitation)
        await execute("UPDATE invitation SET revoked_at = $2, token_hash = NULL WHERE id = $1", invitation, at)
        await audit.record(
            audit.Action.INVITATION_REVOKED, by=by.id, at=at, subject=invitation, organisation=found.organisation
        )


async def _open(invitation: UUID) -> Invitation:
    """One that nobody has accepted or withdrawn, held."""
    found = await queries.lock_invitation(invitation)
    if found is None:
        raise LookupError(f"no invitation {invitation}")
    if found.accepted_at is not None:
        raise Refused("invitation.accepted")
    if found.revoked_at is not None:
        raise Refused("invitation.withdrawn")
    return found


async def note_opened(invitation: Invitation, *, at: datetime) -> None:
    """Somebody, or a program that looks into mails, opened the link. Nothing is accepted by that."""
    async with transaction():
        tag = await execute(
            "UPDATE invitation SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL", invitation.id, at
        )
        if tag != "UPDATE 0":
            await audit.record(
                audit.Action.INVITATION_OPENED,
                by=audit.NOBODY,
                at=at,
                subject=invitation.id,
                organisation=invitation.organisation,
            )


async def accept_with_new_account(
    token: str, names: tuple[str, str], password: str, former: Session | None, *, at: datetime
) -> SignedIn:
    """Open the account of an address that has none, with its place, and sign in: the link has proven the address."""
    async with transaction():
        found = await _usable(token, at)
        new = NewAccount(
            kind=Kind.PROFESSIONAL,
            email=found.email,
            given_name=names[0],
            family_name=names[1],
            language=found.language,
            password=password,
        )
        account = await create_account(audit.NOBODY, new, at=at)
        await _take(found, account, at)
        await audit.record(
            audit.Action.INVITATION_ACCEPTED, by=account, at=at, subject=found.id, organisation=found.organisation
        )
        return await open_session(account, former=former, method=METHOD, at=at)


async def accept_with_account(by: Actor, session: UUID, token: str, *, at: datetime) -> Role:
    """Add the place to the account of the invited address, and act there from now on; as what."""
    async with transaction():
        found = await _usable(token, at)
        membership = await _take(found, by.id, at)
        await choose_membership(by, session, membership, at=at)
        await audit.record(
            audit.Action.INVITATION_ACCEPTED, by=by.id, at=at, subject=found.id, organisation=found.organisation
        )
    return Role(found.role)


async def _usable(token: str, at: datetime) -> Invitation:
    found = await queries.lock_by_token(tokens.hash_of(token))
    if found is None or not found.holds(at):
        raise Refused("invitation.over")
    return found


async def _take(found: Invitation, account: UUID, at: datetime) -> UUID:
    """The place, given by whoever invited."""
    place = NewPlace(found.organisation, found.profession, Role(found.role), found.administers)
    membership = await add_membership(found.invited_by, account, place, since=day_in(ZONE, at), at=at)
    used = "UPDATE invitation SET accepted_at = $2, account = $3 WHERE id = $1"
    await execute(used, found.id, at, account)
    return membership
