"""People close in the demonstration: a mother of two, a proxy who is paused since a birthday, and an invitation."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Actor
from app.access.rights import EVERY_RIGHT, MAJORITY
from app.accounts.actions.opening import create_account
from app.accounts.actions.places import link_patient
from app.accounts.proxies.actions import change_proxy
from app.accounts.proxies.model import Link, Terms
from app.accounts.proxies.queries import list_links_of_account
from app.accounts.queries import email_hash, find_account_by_email
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.audit.actions import NOBODY
from app.demo.accounts import ANSWERERS, answerer_account
from app.demo.telling import Stage
from app.lib import clock
from app.lib.i18n import ZONE
from app.patients.actions import create_patient
from app.patients.contacts.actions import add_contact
from app.patients.contacts.model import Contact, NewContact
from app.patients.contacts.queries import find_contact
from app.patients.invitations.actions import invite
from app.patients.invitations.model import NewInvitation
from app.patients.model import NewPatient

[SYLVIE] = [one for one in ANSWERERS if one.key == "sylvie"]
CLAIRE = NewContact(
    given_name="Claire",
    family_name="Martin",
    email="claire.martin@example.org",
    phone="+33639980011",
    kind="mother",
    emergency=True,
    note="À joindre plutôt après 17 h.",
    since=date(2014, 3, 2),
)
JEANNE = NewContact(
    given_name="Jeanne",
    family_name="Roux",
    phone="+33639980012",
    kind="grandparent",
    note="Garde Léa et Noé le mercredi.",
)
NOE_BORN = date(2017, 9, 14)
NOE = NewPatient(given_names="Noé", family_name="Martin", birth_date=NOE_BORN, sex="male")
A_YEAR = timedelta(days=365)
A_WHILE = timedelta(hours=2)


async def bring_close(stage: Stage) -> None:
    """Claire answers for Léa and Noé; Maël turned 18 ten days ago and is invited himself."""
    lyon = stage.professional("ines", "LYO")
    owner = await find_account_by_email(email_hash(CLAIRE.email))
    if owner is None:
        raise LookupError("Claire has no account in the demonstration")
    [link] = await list_links_of_account(owner["id"])
    begun = stage.at - timedelta(days=118)
    claire = await _contact_of_link(lyon, link, begun)
    await add_contact(lyon, link.patient, JEANNE, at=begun)
    noe = await create_patient(lyon, NOE, at=stage.at - timedelta(days=40))
    await _another_child(stage, lyon, noe, claire, link.account)
    await _came_of_age(stage, lyon)


async def _contact_of_link(by: Actor, link: Link, at: datetime) -> Contact:
    """Claire, who answers for Léa since the beginning, as a contact."""
    contact = await find_contact(await add_contact(by, link.patient, CLAIRE, at=at))
    if contact is None:
        raise LookupError("what was just written is not there")
    await change_proxy(by, link.id, Terms(contact=contact.person), link.revision, at=at)
    return contact


async def _another_child(stage: Stage, lyon: Actor, noe: UUID, claire: Contact, account: UUID) -> None:
    """Léa's little brother, for whom his mother answers in his own place too."""
    at = stage.at - timedelta(days=39)
    await add_contact(lyon, noe, replace(CLAIRE, since=NOE_BORN), claire, at=at)
    terms = Terms(rights=EVERY_RIGHT, contact=claire.person)
    await link_patient(lyon.id, account, noe, "mother", terms, since=clock.day_in(ZONE, at), at=at)
    asked = NewAssignment(
        patient=noe,
        questionnaire="daily_life_proxy",
        answered_by="proxy",
        organisation=stage.centres["LYO"],
        opens_on=stage.day(-1),
        due_on=stage.day(6),
    )
    await assign_questionnaire(lyon, asked, at=stage.at - timedelta(days=1))


async def _came_of_age(stage: Stage, lyon: Actor) -> None:
    """Maël, for whom his mother answered for a year, turned 18 ten days ago; he has no account yet."""
    begun, birthday = stage.at - A_YEAR, stage.day(-10)
    born = birthday.replace(year=birthday.year - MAJORITY)
    new = NewPatient(
        given_names="Maël", family_name="Vasseur", birth_date=born, sex="male", email="mael.vasseur@example.org"
    )
    mael = await create_patient(lyon, new, at=begun)
    account = await create_account(NOBODY, answerer_account(SYLVIE), at=begun)
    known = NewContact(
        given_name=SYLVIE.given_name,
        family_name=SYLVIE.family_name,
        email=SYLVIE.email,
        kind="mother",
        since=born,
    )
    contact = await find_contact(await add_contact(lyon, mael, known, at=begun))
    terms = Terms(contact=contact.person if contact else None)
    since = clock.day_in(ZONE, begun)
    await link_patient(lyon.id, account, mael, "mother", terms, since=since, at=begun)
    await invite(lyon, NewInvitation(patient=mael, email=new.email, language="fr"), at=stage.at - A_WHILE)
