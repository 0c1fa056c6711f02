"""Inviting a patient or somebody close, and what becomes of it. Each action is one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from app.access.policy import Actor
from app.accounts import tokens
from app.accounts.actions.opening import create_account
from app.accounts.actions.places import link_patient
from app.accounts.actions.sessions import open_session
from app.accounts.links.queries import own_patients_of
from app.accounts.model import Kind, NewAccount, Session, SignedIn
from app.accounts.proxies.model import SELF, Terms
from app.accounts.proxies.queries import births_of, list_links
from app.accounts.queries import email_hash, find_account_by_email, names_of, organisations_by_id
from app.audit import actions as audit
from app.channels.actions import send_letter
from app.channels.model import Purpose
from app.channels.model import State as Delivered
from app.lib import jobs
from app.lib.clock import day_in
from app.lib.db import execute, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.throttle import Limit, within
from app.patients.contacts.queries import find_contact
from app.patients.invitations import queries
from app.patients.invitations.model import LASTS, TRIES, Invitation, NewInvitation, is_born_on
from app.patients.invitations.rendering import invitation_letter
from app.patients.queries import ids_of

MAIL = jobs.Job("patient_invitations:mail_patient_invitation", queue="mail")
METHOD = "invitation"
BY_ONE_PERSON = Limit("patient_invitation", 50, timedelta(days=1))
TO_ONE_ADDRESS = Limit("patient_invitation.address", 6, timedelta(days=1))

INSERT = """
INSERT INTO patient_invitation (id, data_key, email, email_hash, language, patient, relationship, rights, beyond,
                                beyond_on, organisation, invited_by, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
AGAIN = """
UPDATE patient_invitation SET token_hash = NULL, proof_hash = NULL, failures = 0, sent_at = NULL, bounced_at = NULL,
    opened_at = NULL, valid_until = $2, invited_by = $3, organisation = $4
WHERE id = $1
"""


async def invite(by: Actor, new: NewInvitation, *, at: datetime) -> UUID:
    """Offer by mail a way into a record. Refused when the address cannot have it, has it, or is invited already."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    async with transaction():
        if await queries.is_invited(new.patient, new.email, new.contact, TRIES, at):
            raise Refused("patient_invitation.already")
        await _refuse_impossible(new.patient, email_hash(new.email), new.contact, at=at)
        await _count(by, email_hash(new.email), at)
        invitation = new_id()
        wrapped = ring().new_key(invitation)
        sealed = ring().open(wrapped, invitation).seal(new.email, invitation, "patient_invitation.email")
        terms = (sorted(new.terms.rights), new.terms.beyond.value, new.terms.beyond_on)
        about = (email_hash(new.email), new.language, new.patient, new.contact, *terms)
        await execute(INSERT, invitation, wrapped, sealed, *about, by.organisation, by.id, at, at + LASTS)
        await jobs.defer(MAIL, invitation=str(invitation))
        await audit.record(
            audit.Action.PATIENT_INVITATION_SENT,
            by=by.id,
            at=at,
            subject=invitation,
            patient=new.patient,
            organisation=by.organisation,
            rights=",".join(terms[0]),
        )
    return invitation


async def _refuse_impossible(patient: UUID, address: bytes, relationship: UUID | None, *, at: datetime) -> None:
    """A professional's account is no patient's; one person has one account, and speaks in one voice for a patient.

    `relationship`: what the contact that is invited is to the patient; None for the patient.
    """
    own = relationship is None
    owner, today = await find_account_by_email(address), day_in(ZONE, at)
    if owner is not None and owner["kind"] != Kind.PATIENT:
        raise Refused("patient_invitation.professional")
    held = [one for one in await list_links(patient) if one.holds(today)]
    if own and any(one.is_self for one in held):
        raise Refused("patient_invitation.has_account")
    theirs = [one for one in held if owner is not None and one.account == owner["id"]]
    if theirs:
        same = theirs[0].is_self == own
        raise Refused("patient_invitation.is_proxy" if same else "patient_invitation.other_voice")
    if own and owner is not None and set(await own_patients_of(owner["id"], today)) - set(await ids_of(patient)):
        raise Refused("patient_invitation.other_self")
    contact = await find_contact(relationship) if relationship else None
    if contact is not None and any(one.contact == contact.person for one in held):
        raise Refused("patient_invitation.contact_answers")


async def _count(by: Actor, address: bytes, at: datetime) -> None:
    allowed = await within(BY_ONE_PERSON, str(by.id), at)
    if not allowed or not await within(TO_ONE_ADDRESS, address.hex(), at):
        raise Refused("invitation.too_many")


async def mail_invitation(invitation: UUID, *, at: datetime) -> None:
    """Make the link and send it. A second run sends a fresh one; the former stops working."""
    async with transaction():
        found = await queries.lock_invitation(invitation)
        if found is None or not found.holds(at):
            return
        token = tokens.new_token()
        inviter = (await names_of([found.invited_by])).get(found.invited_by, "")
        centre = (await organisations_by_id([found.organisation]))[found.organisation].name
        written = invitation_letter(replace(found, valid_until=at + LASTS), inviter, centre, token)
        sent = "UPDATE patient_invitation SET token_hash = $2, sent_at = $3, valid_until = $4 WHERE id = $1"
        await execute(sent, invitation, tokens.hash_of(token), at, at + LASTS)
        # Sent before the commit: if the server fails, nothing changed and the job comes back.
        state = await send_letter(found.email, written, Purpose("patient_invitation", subject=invitation), at=at)
        if state is Delivered.BOUNCED:
            await execute("UPDATE patient_invitation SET bounced_at = $2 WHERE id = $1", invitation, at)
        await audit.record(
            audit.Action.PATIENT_INVITATION_SENT,
            by=audit.WORKER,
            at=at,
            subject=invitation,
            patient=found.written_under,
            organisation=found.organisation,
            state=state,
        )


async def send_again(by: Actor, invitation: UUID, *, at: datetime) -> None:
    """A new link for another seven days, and five new tries; the former link stops working."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    async with transaction():
        found = await _waiting(invitation)
        await _refuse_impossible(found.patient, found.email_hash, found.relationship, at=at)
        await _count(by, found.email_hash, at)
        await execute(AGAIN, invitation, at + LASTS, by.id, by.organisation)
        await jobs.defer(MAIL, invitation=str(invitation))
        await audit.record(
            audit.Action.PATIENT_INVITATION_SENT,
            by=by.id,
            at=at,
            subject=invitation,
            patient=found.written_under,
            organisation=by.organisation,
            again=1,
        )


async def withdraw(by: Actor, invitation: UUID, *, at: datetime) -> None:
    """Its link stops working."""
    async with transaction():
        found = await _waiting(invitation)
        revoked = "UPDATE patient_invitation SET revoked_at = $2, token_hash = NULL WHERE id = $1"
        await execute(revoked, invitation, at)
        await audit.record(
            audit.Action.PATIENT_INVITATION_REVOKED,
            by=by.id,
            at=at,
            subject=invitation,
            patient=found.written_under,
            organisation=by.organisation,
        )


async def _waiting(invitation: UUID) -> Invitation:
    """One that nobody has accepted or withdrawn, held."""
    found = await queries.lock_invitation(invitation)
    if found is None:
        raise LookupError(f"no invitation {invitation}")
    if found.accepted_at is not None:
        raise Refused("patient_invitation.accepted")
    if found.revoked_at is not None:
        raise Refused("invitation.withdrawn")
    return found


async def note_opened(invitation: Invitation, *, at: datetime) -> None:
    """Somebody, or a program that looks into mails, opened the link. Nothing is shown of the patient by that."""
    async with transaction():
        opened = "UPDATE patient_invitation SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL"
        if await execute(opened, invitation.id, at) != "UPDATE 0":
            await audit.record(
                audit.Action.PATIENT_INVITATION_OPENED,
                by=audit.NOBODY,
                at=at,
                subject=invitation.id,
                patient=invitation.written_under,
                organisation=invitation.organisation,
            )


async def prove(token: str, day: int, month: int, year: int, *, at: datetime) -> str | None:
    """What this browser shows from now on, having known the patient's birth date; None, and one try less, if not."""
    async with transaction():
        found = await _usable(token, at)
        known = (await births_of([found.patient])).get(found.patient, "")
        if is_born_on(known, day, month, year):
            proof = tokens.new_token()
            proven = "UPDATE patient_invitation SET proof_hash = $2 WHERE id = $1"
            await execute(proven, found.id, tokens.hash_of(proof))
            return proof
        await execute("UPDATE patient_invitation SET failures = failures + 1 WHERE id = $1", found.id)
        await audit.record(
            audit.Action.PATIENT_INVITATION_REFUSED,
            by=audit.NOBODY,
            at=at,
            subject=found.id,
            patient=found.written_under,
            organisation=found.organisation,
            attempts=found.failures + 1,
        )
    return None


async def accept_with_new_account(
    token: str, proof: str, names: tuple[str, str], former: Session | None, *, at: datetime
) -> SignedIn:
    """Open the account of an address that has none, link it, and sign in: the link has proven the address."""
    async with transaction():
        found = await _proven(token, proof, at)
        new = NewAccount(
            kind=Kind.PATIENT,
            email=found.email,
            given_name=names[0],
            family_name=names[1],
            language=found.language,
        )
        account = await create_account(audit.NOBODY, new, at=at)
        await _link(found, account, at)
        await audit.record(
            audit.Action.PATIENT_INVITATION_ACCEPTED,
            by=account,
            at=at,
            subject=found.id,
            patient=found.written_under,
            organisation=found.organisation,
        )
        return await open_session(account, former=former, method=METHOD, at=at)


async def accept_with_account(by: Actor, token: str, proof: str, *, at: datetime) -> None:
    """Link the account of the invited address, which is signed in."""
    async with transaction():
        found = await _proven(token, proof, at)
        owner = await find_account_by_email(found.email_hash)
        if owner is None or owner["id"] != by.id:
            raise Refused("invitation.over")
        await _link(found, by.id, at)
        await audit.record(
            audit.Action.PATIENT_INVITATION_ACCEPTED,
            by=by.id,
            at=at,
            subject=found.id,
            patient=found.written_under,
            organisation=found.organisation,
        )


async def _usable(token: str, at: datetime) -> Invitation:
    found = await queries.lock_by_token(tokens.hash_of(token))
    if found is None or not found.holds(at):
        raise Refused("invitation.over")
    return found


async def _proven(token: str, proof: str, at: datetime) -> Invitation:
    found = await _usable(token, at)
    if not compare_digest(found.proof_hash or b"", tokens.hash_of(proof)):
        raise Refused("invitation.over")
    return found


async def _link(found: Invitation, account: UUID, at: datetime) -> None:
    """What was offered is given, by whoever offered it."""
    # Two invitations of one patient accepted at once wait for each other, so that one person has one account.
    await execute("SELECT FROM patient WHERE id = $1 FOR NO KEY UPDATE", found.patient)
    await _refuse_impossible(found.patient, found.email_hash, found.relationship, at=at)
    relationship, terms = await _as_what(found)
    link = await link_patient(
        found.invited_by, account, found.written_under, relationship, terms, since=day_in(ZONE, at), at=at
    )
    used = "UPDATE patient_invitation SET accepted_at = $2, account = $3, link = $4, token_hash = NULL WHERE id = $1"
    await execute(used, found.id, at, account, link)


async def _as_what(found: Invitation) -> tuple[str, Terms]:
    """What the account is to the patient: the patient, or the contact it was sent to, unless that has ended."""
    if found.relationship is None:
        return SELF, Terms(rights=frozenset())
    contact = await find_contact(found.relationship)
    if contact is None or not contact.holds:
        raise Refused("invitation.over")
    return contact.known.kind, replace(found.terms, contact=contact.person)
