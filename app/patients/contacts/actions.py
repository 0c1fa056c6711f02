"""Writing down people close to a patient, correcting it, ending it. Each action is one transaction."""

import json
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts.proxies.actions import move_contact
from app.accounts.queries import email_hash
from app.audit import actions as audit
from app.lib.crypto import PersonKey
from app.lib.db import execute, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.contacts import queries
from app.patients.contacts.model import PERSONAL, Contact, NewContact, differing, of_person
from app.patients.queries import lock_patient

INSERT = """
INSERT INTO contact (id, data_key, given_name, family_name, email, email_hash, phone, language, organisation,
                     created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
RELATE = """
INSERT INTO relationship (id, patient, contact, kind, emergency, note, since, organisation, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
CORRECT = """
UPDATE contact SET given_name = $2, family_name = $3, email = $4, email_hash = $5, phone = $6, language = $7,
    revision = revision + 1
WHERE id = $1
"""
CORRECT_RELATION = """
UPDATE relationship SET kind = $2, emergency = $3, note = $4, since = $5, revision = revision + 1 WHERE id = $1
"""
KEEP = """
INSERT INTO contact_history (id, contact, relationship, revision, former, changed_by, changed_at)
SELECT $1, c.id, $3, c.revision, $4, $5, $6 FROM contact c WHERE c.id = $2
"""
END = "UPDATE relationship SET until = $2, ended_reason = $3, ended_by = $4, ended_at = $5 WHERE id = $1"
# The revision goes on, so that a page that was open before keeps its place.
APART = """
WITH copy AS (UPDATE contact SET revision = (SELECT revision FROM contact WHERE id = $2) WHERE id = $1)
UPDATE relationship SET contact = $1 WHERE id = ANY($3)
"""
HELD = "SELECT EXISTS (SELECT FROM relationship WHERE patient = $1 AND contact = $2 AND ended_at IS NULL)"


async def add_contact(
    by: Actor,
    patient: UUID,
    new: NewContact,
    same_as: Contact | None = None,
    *,
    relationship: UUID | None = None,
    at: datetime,
) -> UUID:
    """Write down somebody close to a patient; `same_as`: it is this person, whom the centre knows already.

    `relationship`: the id that the form carries: sent twice it is kept once. Refused: `contact.there` for who is close
    already, `contact.sent_otherwise` where the id stands for something else.
    """
    if by.organisation is None:
        raise Refused("patient.no_centre")
    relationship = relationship or new_id()
    async with transaction():
        await lock_patient(patient)
        if await _was_sent(relationship, patient, new, same_as):
            return relationship
        person = same_as.person if same_as else await _person(by, new, at)
        if await fetch_value(HELD, patient, person):
            raise Refused("contact.there")
        key = await _key(person)
        note = key.seal(new.note, relationship, "relationship.note") if new.note else None
        said = (relationship, patient, person, new.kind, new.emergency, note, new.since)
        await execute(RELATE, *said, by.organisation, by.id, at)
        await audit.record(
            audit.Action.CONTACT_ADDED,
            by=by.id,
            at=at,
            subject=relationship,
            patient=patient,
            organisation=by.organisation,
            relationship=new.kind,
        )
    return relationship


async def _was_sent(relationship: UUID, patient: UUID, new: NewContact, same_as: Contact | None) -> bool:
    """Whether this very contact was written down before; Refused where the id stands for something else."""
    there = await queries.find_contact(relationship)
    if there is None:
        return False
    meant = of_person(there.known, new) if same_as and same_as.person == there.person else new
    if there.patient != patient or there.known != meant:
        raise Refused("contact.sent_otherwise")
    return True


async def _person(by: Actor, new: NewContact, at: datetime) -> UUID:
    person = new_id()
    wrapped = ring().new_key(person)
    sealed = _sealed(ring().open(wrapped, person), person, new)
    await execute(INSERT, person, wrapped, *sealed, new.language, by.organisation, by.id, at)
    return person


def _sealed(key: PersonKey, person: UUID, new: NewContact) -> tuple[bytes | None, ...]:
    """Names, address, its keyed hash and the telephone, in the order of the statements."""
    return (
        key.seal(new.given_name, person, "contact.given_name"),
        key.seal(new.family_name, person, "contact.family_name"),
        key.seal(new.email, person, "contact.email") if new.email else None,
        email_hash(new.email) if new.email else None,
        key.seal(new.phone, person, "contact.phone") if new.phone else None,
    )


async def _key(person: UUID) -> PersonKey:
    wrapped: bytes = await fetch_value("SELECT data_key FROM contact WHERE id = $1", person)
    return ring().open(wrapped, person)


async def change_contact(by: Actor, contact: UUID, new: NewContact, revision: str, *, at: datetime) -> Contact | None:
    """Correct who somebody is, and what they are to this patient. What stands there, where it is not `revision`."""
    async with transaction():
        held = await _held(contact)
        if held.revision != revision:
            return held
        changed = differing(held.known, new)
        if not changed:
            return None
        person = await _apart(by, held, at) if set(changed) & set(PERSONAL) else held.person
        key, former = await _key(person), new_id()
        kept = key.seal(json.dumps(held.known.as_json()), former, "contact_history.former")
        await execute(KEEP, former, person, contact, kept, by.id, at)
        await execute(CORRECT, person, *_sealed(key, person, new), new.language)
        note = key.seal(new.note, contact, "relationship.note") if new.note else None
        await execute(CORRECT_RELATION, contact, new.kind, new.emergency, note, new.since)
        await audit.record(
            audit.Action.CONTACT_CHANGED,
            by=by.id,
            at=at,
            subject=contact,
            patient=held.written_under,
            organisation=by.organisation,
            fields=",".join(changed),
        )
    return None


async def _apart(by: Actor, held: Contact, at: datetime) -> UUID:
    """The person to correct: another entry of the same where somebody out of the centre's sight has this one too."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    elsewhere = await queries.close_elsewhere(held, by.organisation)
    if all(seen for _, _, seen in elsewhere):
        return held.person
    person = await _person(by, held.known, at)
    moved = [(relationship, patient) for relationship, patient, seen in elsewhere if seen]
    await execute(APART, person, held.person, [held.id, *(relationship for relationship, _ in moved)])
    patients = {held.patient, *(patient for _, patient in moved)}
    await move_contact(by, patients, held.person, person, at=at)
    return person


async def end_contact(by: Actor, contact: UUID, until: date, reason: str, *, at: datetime) -> Contact:
    """Somebody is no longer a contact of this patient, or never was. Their rights are ended apart."""
    async with transaction():
        held = await _held(contact)
        await execute(END, contact, until, reason, by.id, at)
        await audit.record(
            audit.Action.CONTACT_ENDED,
            by=by.id,
            at=at,
            subject=contact,
            patient=held.written_under,
            organisation=by.organisation,
            why=reason,
        )
    return held


async def _held(contact: UUID) -> Contact:
    held = await queries.lock_contact(contact)
    if held is None:
        raise LookupError(f"no contact {contact}")
    if not held.holds:
        raise Refused("contact.ended")
    return held
