"""Asking a centre for a record, and the decision. Each action is one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.access.rights import Right
from app.accounts.actions.places import link_patient
from app.accounts.links.queries import accounts_of_patients, own_accounts_of, own_patients_of
from app.accounts.own.queries import get_profile
from app.accounts.places.queries import is_open
from app.accounts.proxies.model import Terms
from app.accounts.proxies.queries import is_of_age
from app.audit import actions as audit
from app.lib.clock import day_in
from app.lib.db import execute, fetch, fetch_value, transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.lib.throttle import Limit, within
from app.patients.affiliations.actions.telling import tell, tell_centres
from app.patients.affiliations.notices import Notice
from app.patients.asks.model import LONGEST_NOTE, WAITING_AT_MOST, Ask, NewAsk, Refusal, State
from app.patients.asks.queries import count_waiting, lock_ask
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.contacts.queries import find_contact, list_contacts
from app.patients.queries import ids_of

BY_ONE_PERSON = Limit("record.ask", 10, timedelta(days=1))
KEPT_AFTER_THE_END = timedelta(days=90)

INSERT = """
INSERT INTO record_ask (id, account, organisation, relationship, asked_at, data_key, typed, note, fingerprint)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account, organisation, fingerprint) WHERE state = 'asked' DO NOTHING RETURNING id
"""
WAITING_LIKE = """
SELECT id FROM record_ask WHERE account = $1 AND organisation = $2 AND fingerprint = $3 AND state = 'asked'
"""
HOLD = "SELECT FROM patient WHERE id = (SELECT root FROM patient WHERE id = $1) FOR NO KEY UPDATE"
DECIDE = """
UPDATE record_ask SET state = $2, decided_by = $3, decided_at = $4, reason = $5, reply = $6, patient = $7 WHERE id = $1
"""
FORGET = """
UPDATE record_ask SET typed = NULL, note = NULL, reply = NULL, data_key = ''
WHERE decided_at < $1 AND typed IS NOT NULL RETURNING id
"""


async def ask_for_record(by: Actor, new: NewAsk, *, at: datetime) -> UUID:
    """Ask a centre to open a record; it is told. Asking twice is asking once."""
    text = new.typed.as_text()
    fingerprint = ring().lookup("record_ask", f"{new.relationship}:{text}")
    async with transaction():
        waiting: UUID | None = await fetch_value(WAITING_LIKE, by.id, new.organisation, fingerprint)
        if waiting is not None:
            return waiting
        if not await is_open(new.organisation):
            raise Refused("place.closed")
        spent = not await within(BY_ONE_PERSON, str(by.id), at)
        if spent or await count_waiting(by.id) >= WAITING_AT_MOST:
            raise Refused("record_ask.too_many")
        ask = new_id()
        wrapped = ring().new_key(ask)
        key = ring().open(wrapped, ask)
        note = key.seal(new.note[:LONGEST_NOTE], ask, "record_ask.note") if new.note else None
        sealed = key.seal(text, ask, "record_ask.typed")
        about = (ask, by.id, new.organisation, new.relationship, at)
        if await fetch_value(INSERT, *about, wrapped, sealed, note, fingerprint) is None:
            raise Refused("record_ask.sent")
        await tell_centres([new.organisation], Notice.RECORD_ASKED)
        await audit.record(audit.Action.RECORD_ASKED, by=by.id, at=at, subject=ask, organisation=new.organisation)
    return ask


async def withdraw_ask(by: Actor, ask: UUID, *, at: datetime) -> None:
    """The person asks no longer."""
    async with transaction():
        found = await _asked(ask)
        await execute(DECIDE, ask, State.WITHDRAWN, by.id, at, "", None, None)
        await audit.record(
            audit.Action.RECORD_ASK_WITHDRAWN, by=by.id, at=at, subject=ask, organisation=found.organisation
        )


async def refuse_ask(by: Actor, ask: UUID, why: Refusal, reply: str, *, at: datetime) -> None:
    """Say no, for a reason that the person reads; so is what the centre adds."""
    async with transaction():
        found = await _asked(ask)
        key = ring().open(await fetch_value("SELECT data_key FROM record_ask WHERE id = $1", ask), ask)
        sealed = key.seal(reply[:LONGEST_NOTE], ask, "record_ask.reply") if reply else None
        await execute(DECIDE, ask, State.REFUSED, by.id, at, why, sealed, None)
        await tell([found.account], Notice.RECORD_DECIDED)
        await audit.record(
            audit.Action.RECORD_ASK_DECIDED,
            by=by.id,
            at=at,
            subject=ask,
            organisation=found.organisation,
            state=State.REFUSED,
            why=why,
        )


async def accept_ask(
    by: Actor, ask: UUID, patient: UUID, rights: frozenset[Right] = frozenset(), *, at: datetime
) -> None:
    """This record is the person's: the account that asked answers for them from now on. The person is told.

    `rights`: what somebody close may do; it is not asked where the account is the patient's own.
    """
    async with transaction():
        # What else gives the person an account waits for this: another request, or an invitation.
        await execute(HOLD, patient)
        found = await _asked(ask)
        today = day_in(ZONE, at)
        if found.for_self:
            await _check_self(found.account, patient, at)
        if found.account not in await accounts_of_patients(await ids_of(patient), today):
            terms = Terms() if found.for_self else await _terms(by, found, patient, rights, at)
            await link_patient(by.id, found.account, patient, found.relationship, terms, since=today, at=at)
        await execute(DECIDE, ask, State.ACCEPTED, by.id, at, "", None, patient)
        await tell([found.account], Notice.RECORD_DECIDED)
        await audit.record(
            audit.Action.RECORD_ASK_DECIDED,
            by=by.id,
            at=at,
            subject=ask,
            patient=patient,
            organisation=found.organisation,
            state=State.ACCEPTED,
        )


async def _terms(by: Actor, found: Ask, patient: UUID, rights: frozenset[Right], at: datetime) -> Terms:
    """On what terms somebody close answers: as a contact of the patient, and never in the place of one of age."""
    if await is_of_age(patient, day_in(ZONE, at)):
        rights -= {Right.SPEAK}
    who = await get_profile(found.account, at)
    contacts = await list_contacts(patient, by.organisation)
    contact = next((one for one in contacts if one.holds and one.known.email == who.email), None)
    if contact is None:
        new = NewContact(
            given_name=who.given_name,
            family_name=who.family_name,
            email=who.email,
            language=who.language,
            kind=found.relationship,
        )
        contact = await find_contact(await add_contact(by, patient, new, at=at))
    return Terms(rights=rights, contact=contact.person if contact else None)


async def _check_self(account: UUID, patient: UUID, at: datetime) -> None:
    """One person has one account and one record: the account of this record is no other, nor the other way round."""
    ids, today = await ids_of(patient), day_in(ZONE, at)
    if set(await own_accounts_of(ids, today)) - {account}:
        raise Refused("record_ask.has_account")
    if set(await own_patients_of(account, today)) - set(ids):
        raise Refused("record_ask.has_record")


async def _asked(ask: UUID) -> Ask:
    found = await lock_ask(ask)
    if found is None or found.state is not State.ASKED:
        raise Refused("record_ask.decided")
    return found


async def forget_asks(*, at: datetime) -> int:
    """Forget what was typed for those that are long decided; how many there were."""
    async with transaction():
        gone = await fetch(FORGET, at - KEPT_AFTER_THE_END)
        if gone:
            await audit.record(
                audit.Action.RECORD_ASKS_FORGOTTEN, by=audit.WORKER, at=at, subject=audit.WORKER, rows=len(gone)
            )
    return len(gone)
