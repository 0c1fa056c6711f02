"""Events as administrators find them: all of the network, or those of a centre.

Patients appear by code, their accounts as such and no more: which account belongs to which code is known to those who
follow the patient, and to whoever broke the glass for them.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts.queries import email_hash, names_of, organisations_by_id
from app.administration.trail import Asked
from app.audit.wording import actions_of
from app.lib import db
from app.lib.cursors import Place
from app.lib.i18n import ZONE

# $1: the centre whose administrator asks, NULL for those of the network. An event of another centre is never theirs,
# also where one of their people did it; one of no centre is, if it is about an account that worked there on its day,
# or if somebody of the network opened the identity of a patient they follow.
THEIRS = """($1::uuid IS NULL OR e.organisation = $1
 OR (e.organisation IS NULL AND e.patient IS NULL AND EXISTS (
     SELECT FROM membership m WHERE m.organisation = $1 AND m.account IN (e.actor, e.subject)
     AND m.valid_from <= e.at::date AND (m.valid_to IS NULL OR m.valid_to >= e.at::date)))
 OR (e.organisation IS NULL AND e.action = 'identity.opened' AND EXISTS (
     SELECT FROM patient o JOIN patient m ON m.root = o.root JOIN affiliation a ON a.patient = m.id
     WHERE o.id = e.patient AND a.organisation = $1
     AND a.valid_from <= e.at::date AND (a.valid_to IS NULL OR a.valid_to >= e.at::date))))"""
LIST = f"""
SELECT e.id, e.at, e.actor, e.action, e.subject, e.patient, e.organisation, e.details, e.role, e.request, e.network,
       c.seq
FROM audit_event e LEFT JOIN audit_chain c ON c.event = e.id
WHERE {THEIRS}
  AND ($2::uuid IS NULL OR e.actor = $2 OR e.subject = $2)
  AND ($3::uuid IS NULL OR e.patient IN (SELECT p.id FROM patient p WHERE p.root = $3))
  AND ($4::text[] IS NULL OR e.action = ANY($4))
  AND ($5::timestamptz IS NULL OR e.at >= $5) AND ($6::timestamptz IS NULL OR e.at < $6)
  AND ($7::uuid IS NULL OR e.organisation = $7)
  AND ($8::timestamptz IS NULL OR (e.at, e.id) < ($8, $9::uuid))
ORDER BY e.at DESC, e.id DESC LIMIT $10
"""
WORKS_THERE = "EXISTS (SELECT FROM membership m WHERE m.account = a.id AND m.organisation = $2)"
FOLLOWED = """EXISTS (SELECT FROM patient m JOIN affiliation f ON f.patient = m.id AND f.organisation = $2
WHERE m.root = p.root)"""
# A patient is found by code only: an address that leads to a code would undo it.
BY_EMAIL = f"""
SELECT a.id FROM account a WHERE a.email_hash = $1 AND a.kind <> 'patient' AND ($2::uuid IS NULL OR {WORKS_THERE})
ORDER BY a.closed_at DESC NULLS FIRST LIMIT 1
"""
BY_CODE = f"SELECT p.root FROM patient p WHERE p.code = $1 AND ($2::uuid IS NULL OR {FOLLOWED})"
# Of patients' and relatives' accounts, the codes that this reader may tie to them: $2, the patients whose identity
# they have opened; $3, the centre in which they follow patients.
OF_PATIENTS = """
SELECT a.id, l.relationship = 'self' AS own, p.code
FROM account a
LEFT JOIN (patient_link l JOIN patient m ON m.id = l.patient
    JOIN patient p ON p.id = m.root AND (p.id = ANY($2) OR EXISTS (
        SELECT FROM following f WHERE f.patient = p.id AND f.organisation = $3))) ON l.account = a.id
WHERE a.id = ANY($1) AND a.kind = 'patient' ORDER BY a.id, p.code
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the list. `seq`: its link in the sealed trail, None while it waits for one."""

    id: UUID
    at: datetime
    actor: UUID
    action: str
    subject: UUID
    patient: UUID | None
    organisation: UUID | None
    details: dict[str, Any]
    role: str | None
    request: str | None
    network: str | None
    seq: int | None

    @property
    def place(self) -> Place:
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class Known:
    """Who and what the ids of a list stand for.

    `coded`: patients' and relatives' accounts, each with (theirs or a relative's, code) as far as the reader may know.
    """

    names: dict[UUID, str]
    coded: dict[UUID, list[tuple[bool, str]]]
    codes: dict[UUID, str]
    centres: dict[UUID, str]

    def hides(self, account: UUID) -> bool:
        """Whether this is the account of a patient or relative that the reader may not tie to a code."""
        return self.coded.get(account) == []

    def hides_origin(self, event: Event) -> bool:
        """Beside a code, the network that a patient's account came from would lead to its sign-ins."""
        return event.patient is not None and self.hides(event.actor)


async def list_events(centre: UUID | None, asked: Asked, *, before: Place | None, most: int) -> list[Event]:
    """The newest first, from a place on."""
    actions = sorted(actions_of(asked.action)) if asked.action else None
    at, event = before or (None, None)
    rows = await db.fetch(
        LIST, centre, asked.person, asked.patient, actions, *asked.span(ZONE), asked.centre, at, event, most
    )
    return [Event(**{**row, "details": json.loads(row["details"])}) for row in rows]


async def find_person(centre: UUID | None, email: str) -> UUID | None:
    """The account of this address: of somebody who works, in this centre or at one time did."""
    found: UUID | None = await db.fetch_value(BY_EMAIL, email_hash(email), centre)
    return found


async def find_coded(centre: UUID | None, code: str) -> UUID | None:
    """The patient of this code, if this centre follows them or did."""
    found: UUID | None = await db.fetch_value(BY_CODE, code, centre)
    return found


async def is_hidden(by: Actor, account: UUID) -> bool:
    """Whether asking for what this account did would tell the reader whose code it has."""
    return (await _codes_of_accounts(by, [account])).get(account) == []


async def _codes_of_accounts(by: Actor, accounts: Collection[UUID]) -> dict[UUID, list[tuple[bool, str]]]:
    follows_in = by.organisation if by.role is Role.PRACTITIONER else None
    found: dict[UUID, list[tuple[bool, str]]] = {}
    for row in await db.fetch(OF_PATIENTS, list(accounts), list(by.opened), follows_in):
        codes = found.setdefault(row["id"], [])
        if row["code"]:
            codes.append((row["own"], row["code"]))
    return found


async def know(by: Actor, events: Collection[Event], asked: Asked) -> Known:
    """What it takes to say whom and what a list is about, to this reader."""
    ids = {one for event in events for one in (event.actor, event.subject)}
    ids |= {asked.person} if asked.person else set()
    patients = {event.patient for event in events} | {asked.patient} - {None}
    centres = {event.organisation for event in events} | {event.subject for event in events}
    working = await db.fetch("SELECT a.id FROM account a WHERE a.id = ANY($1) AND a.kind <> 'patient'", list(ids))
    codes = await db.fetch("SELECT p.id, p.code FROM patient p WHERE p.id = ANY($1)", list(patients))
    places = await organisations_by_id([one for one in centres if one])
    return Known(
        await names_of([row["id"] for row in working]),
        await _codes_of_accounts(by, ids),
        {row["id"]: row["code"] for row in codes},
        {one.id: one.name for one in places.values()},
    )
