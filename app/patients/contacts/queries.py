"""Reading people close to patients: rows come in sealed, people go out."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Scope
from app.accounts.proxies.model import said_by
from app.accounts.proxies.queries import links_of_authors
from app.accounts.queries import email_hash, names_of
from app.lib import db
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.lib.keys import ring
from app.patients.contacts.model import Contact, Former, NewContact, of_person
from app.patients.queries import ids_of

# In which centres' sight it is: every one that follows the patient, or the one that wrote it where sharing is withheld.
SEEN_BY = "seen_by(s.organisations, s.withheld, r.organisation)"
COLUMNS = """r.id, r.contact, r.patient, s.root, r.kind, r.emergency, r.note, r.since, r.until, r.ended_at,
r.ended_reason, r.revision AS relationship_revision, c.data_key, c.given_name, c.family_name, c.email, c.phone,
c.language, c.revision"""
FROM = "FROM relationship r JOIN contact c ON c.id = r.contact JOIN patient_scope s ON s.patient = r.patient"
SCOPE = f"SELECT s.root, s.withheld, {SEEN_BY} AS organisations {FROM} WHERE r.id = $1"
OF_PATIENT = f"""
SELECT {COLUMNS} {FROM} WHERE r.patient = ANY($1) AND ($2::uuid IS NULL OR $2 = ANY ({SEEN_BY}))
ORDER BY r.ended_at DESC NULLS FIRST, r.created_at, r.id
"""
# Somebody of exactly this address whom the centre knows already: close to a patient that it follows.
KNOWN = f"""
SELECT {COLUMNS} {FROM}
WHERE c.email_hash = $1 AND r.ended_at IS NULL AND $2 = ANY ({SEEN_BY}) AND NOT 'care' = ANY (s.withheld)
ORDER BY r.created_at, r.id
"""
HISTORY = """
SELECT h.id, h.revision, h.former, h.changed_by, h.changed_at, c.data_key, c.id AS contact, h.relationship = $2 AS own
FROM contact_history h JOIN contact c ON c.id = h.contact
WHERE h.contact = $1 OR h.relationship = $2 ORDER BY h.changed_at DESC, h.id DESC
"""
# To whom else a person is close, and whether that is in sight of this centre.
ELSEWHERE = f"""
SELECT r.id, s.root, $3 = ANY ({SEEN_BY}) AS seen
FROM relationship r JOIN patient_scope s ON s.patient = r.patient WHERE r.contact = $1 AND r.id <> $2
"""


def _contact(row: db.Row) -> Contact:
    person = row["contact"]
    key = ring().open(row["data_key"], person)
    known = NewContact(
        given_name=key.open(row["given_name"], person, "contact.given_name"),
        family_name=key.open(row["family_name"], person, "contact.family_name"),
        email=key.open_or_empty(row["email"], person, "contact.email"),
        phone=key.open_or_empty(row["phone"], person, "contact.phone"),
        language=row["language"],
        kind=row["kind"],
        emergency=row["emergency"],
        note=key.open_or_empty(row["note"], row["id"], "relationship.note"),
        since=row["since"],
    )
    return Contact(
        id=row["id"],
        person=person,
        patient=row["root"],
        written_under=row["patient"],
        known=known,
        until=row["until"],
        ended_at=row["ended_at"],
        ended_reason=row["ended_reason"],
        revision=f"{row['revision']}.{row['relationship_revision']}",
    )


async def scope_of_contact(relationship: UUID) -> Scope | None:
    """What somebody is to a patient belongs to the patient."""
    row = await db.fetch_row(SCOPE, relationship)
    if row is None:
        return None
    return Scope(row["root"], frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


async def list_contacts(patient: UUID, organisation: UUID | None = None) -> list[Contact]:
    """People close to a patient, those who were at the end; of what other centres wrote, what this one may see."""
    return [_contact(row) for row in await db.fetch(OF_PATIENT, await ids_of(patient), organisation)]


async def find_contact(relationship: UUID) -> Contact | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} {FROM} WHERE r.id = $1", relationship)
    return None if row is None else _contact(row)


async def lock_contact(relationship: UUID) -> Contact | None:
    """The same, held: corrections of one person come one after the other."""
    sql = f"SELECT {COLUMNS} {FROM} WHERE r.id = $1 FOR UPDATE OF r, c"
    # Whoever waited for a correction that took the person apart does not find the former pair; the new one is there.
    row = await db.fetch_row(sql, relationship) or await db.fetch_row(sql, relationship)
    return None if row is None else _contact(row)


async def close_elsewhere(contact: Contact, organisation: UUID) -> list[tuple[UUID, UUID, bool]]:
    """What the same person is to others: (relationship, patient, whether the centre sees it)."""
    rows = await db.fetch(ELSEWHERE, contact.person, contact.id, organisation)
    return [(row["id"], row["root"], row["seen"]) for row in rows]


async def known_by_address(email: str, organisation: UUID) -> list[Contact]:
    """Who of exactly this address is close to a patient that the centre follows: what they are to each."""
    if not email:
        return []
    return [_contact(row) for row in await db.fetch(KNOWN, email_hash(email), organisation)]


async def history_of(contact: Contact) -> list[Former]:
    """What corrections replaced, the latest first; of those made for another patient, who the person was."""
    found, after = [], contact.known
    for row in await db.fetch(HISTORY, contact.person, contact.id):
        former = _former(row)
        known = former.known if row["own"] else of_person(former.known, after)
        if row["own"] or known != after:
            found.append(replace(former, known=known))
        after = known
    return found


def _former(row: db.Row) -> Former:
    key = ring().open(row["data_key"], row["contact"])
    said = json.loads(key.open(row["former"], row["id"], "contact_history.former"))
    since = date.fromisoformat(said["since"]) if said["since"] else None
    return Former(row["revision"], row["changed_at"], row["changed_by"], NewContact(**{**said, "since": since}))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who gave a response: `kind` is what somebody close was to the patient then; empty for everybody else."""

    name: str
    kind: str


Said = tuple[UUID, UUID, UUID, datetime]
"""Something that was said: what, about which patient, by which account, and when."""


async def speakers_of(said: Collection[Said]) -> dict[UUID, Speaker]:
    """Who said each of these, also where they no longer answer for the patient."""
    names = await names_of({author for _, _, author, _ in said})
    links = await links_of_authors({patient for _, patient, _, _ in said})
    found = {}
    for thing, patient, author, at in said:
        theirs = [one for one in links if one.patient == patient]
        spoke = said_by(theirs, author, at, day_in(ZONE, at))
        found[thing] = Speaker(names.get(author, "–"), spoke.relationship if spoke else "")
    return found
