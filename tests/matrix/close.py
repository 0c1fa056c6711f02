"""Somebody close to a patient of Lyon and to one of Brest: as a contact, as a proxy, as invited."""

from datetime import date
from uuid import UUID

from app.accounts.actions.opening import create_account
from app.accounts.actions.places import link_patient
from app.accounts.model import Kind, NewAccount
from app.accounts.proxies.model import Beyond, Terms
from app.audit.actions import NOBODY
from app.lib import clock
from app.lib.db import fetch_value
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import NewContact
from app.patients.invitations.actions import invite
from app.patients.invitations.model import NewInvitation
from tests.people import Cast

AGREED = Terms(beyond=Beyond.AGREED, beyond_on=date(2025, 1, 1))


async def close_things(people: Cast) -> dict[str, tuple[UUID, UUID]]:
    lyon = await _around(people, "ines", people.paul_patient)
    brest = await _around(people, "zoe", people.yann_patient)
    claires: UUID = await fetch_value("SELECT id FROM patient_link WHERE account = $1", people["claire"].account)
    pairs = {part: (lyon[part], brest[part]) for part in lyon}
    return {**pairs, "own_link_id": (claires, claires)}


async def _around(people: Cast, who: str, patient: UUID) -> dict[str, UUID]:
    by, at = people[who].actor, clock.now()
    known = NewContact(given_name="Ada", family_name="Roy", email=f"ada.{who}@example.org", kind="friend")
    contact = await add_contact(by, patient, known, at=at)
    invited = NewInvitation(patient=patient, email=known.email, language="fr", contact=contact, terms=AGREED)
    new = NewAccount(kind=Kind.PATIENT, email=f"eve.{who}@example.org", given_name="Ève", family_name="Roy")
    account = await create_account(NOBODY, new, at=at)
    return {
        "contact_id": contact,
        "patient_invitation_id": await invite(by, invited, at=at),
        "link_id": await link_patient(NOBODY, account, patient, "friend", AGREED, since=date(2025, 1, 1), at=at),
    }
