"""Reads across contacts, proxies and invitations for the team's pages of one record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.access.rights import Right
from app.accounts.proxies import queries as proxies
from app.accounts.proxies.model import Link
from app.accounts.proxies.queries import Standing
from app.accounts.queries import find_account_by_email, get_own_birth_date, names_of
from app.channels.model import State as Delivered
from app.channels.queries import last_deliveries
from app.lib import i18n
from app.lib.clock import day_in
from app.patients.contacts.model import Contact
from app.patients.contacts.queries import list_contacts
from app.patients.invitations.model import Invitation, State
from app.patients.invitations.queries import list_invitations


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody close to the patient: as a contact, by what they may do, by an invitation that waits.

    `account`: whose account answers, where its name is another one than the contact's. `same_as`: the entry before
    whose account it is too, after a merge; the rights are shown there.
    """

    name: str
    kind: str
    contact: Contact | None = None
    standing: Standing | None = None
    invitation: Invitation | None = None
    state: State | None = None
    account: str = ""
    same_as: str = ""

    @property
    def answers(self) -> bool:
        """Whether they may do something for the patient, be it paused."""
        return self.standing is not None and self.standing.holds


@dataclass(frozen=True, slots=True)
class Close:
    """Everybody around one patient. `account_agrees`: whether the account of the address that was invited has the
    patient's birth date; None where there is none, or it says none."""

    people: tuple[Person, ...]
    former: tuple[Person, ...]
    has_account: bool
    invitation: Invitation | None
    state: State | None
    account_there: bool
    account_agrees: bool | None
    of_age: bool

    @property
    def paused(self) -> bool:
        return any(one.standing and one.standing.holds and one.standing.paused for one in self.people)

    def answering_as(self, person: UUID) -> list[Link]:
        """All that lets somebody answer as this contact, be it paused: usually one, several after a mix-up."""
        held = {one.standing.link.id: one.standing.link for one in self.people if one.standing and one.answers}
        return [one for one in held.values() if person in one.contacts]

    @property
    def somebody_speaks(self) -> bool:
        """Whether what is asked in the patient's own voice reaches somebody outside the team."""
        return self.has_account or self._some(Right.SPEAK)

    @property
    def somebody_answers(self) -> bool:
        """Whether what is asked of somebody close reaches them."""
        return self._some(Right.ANSWER)

    def _some(self, right: Right) -> bool:
        active = [one.standing for one in self.people if one.standing and one.answers and not one.standing.paused]
        return any({right, Right.ANSWER} <= one.link.rights for one in active)


async def close_to(by: Actor, patient: UUID, at: datetime) -> Close:
    """Everybody around a patient, as far as the actor's centre may see."""
    today = day_in(i18n.ZONE, at)
    standing = await proxies.standing_of(await proxies.list_links(patient), today)
    contacts = await list_contacts(patient, by.organisation)
    invitations = [one for one in await list_invitations(patient, by.organisation) if one.waits]
    states = await _states(invitations, at)
    names = await names_of({one.link.account for one in standing if one.link.contact})
    people, known, shown = list[Person](), {one.person for one in contacts}, dict[UUID, str]()
    for contact in contacts:
        waiting = next((one for one in invitations if one.relationship == contact.id), None)
        held = _of_contact(contact, standing)
        state = states.get(waiting.id) if waiting else None
        owner = names.get(held.link.account, "–") if held else ""
        account = owner if owner != contact.full_name else ""
        same_as = shown.get(held.link.id, "") if held and held.holds else ""
        if held:
            shown.setdefault(held.link.id, contact.full_name)
        people.append(Person(contact.full_name, contact.known.kind, contact, held, waiting, state, account, same_as))
    rest = [one for one in standing if not one.link.contacts & known or (one.holds and one.link.id not in shown)]
    people += await _without_contact(rest)
    own = next((one for one in invitations if one.relationship is None), None)
    there, agrees = await _account_behind(own, patient)
    return Close(
        people=tuple(one for one in people if _is_current(one)),
        former=tuple(one for one in people if not _is_current(one)),
        has_account=any(one.link.is_self and one.holds for one in standing),
        invitation=own,
        state=states.get(own.id) if own else None,
        account_there=there,
        account_agrees=agrees,
        of_age=await proxies.is_of_age(patient, today),
    )


def _is_current(one: Person) -> bool:
    return one.answers or (one.contact is not None and one.contact.holds)


def _of_contact(contact: Contact, standing: Collection[Standing]) -> Standing | None:
    """What a contact may do now, or could last."""
    theirs = [one for one in standing if contact.person in one.link.contacts and not one.link.is_self]
    return max(theirs, key=lambda one: (one.holds, one.link.valid_from, one.link.id), default=None)


async def _without_contact(standing: Collection[Standing]) -> list[Person]:
    """Those who answer for the patient and are in nobody's list of contacts, by the name of their account."""
    close = [one for one in standing if not one.link.is_self]
    names = await names_of({one.link.account for one in close})
    return [Person(names.get(one.link.account, "–"), one.link.relationship, None, one) for one in close]


async def _states(invitations: Collection[Invitation], at: datetime) -> dict[UUID, State]:
    """Where each stands; a mail that came back later counts too."""
    deliveries = await last_deliveries([one.id for one in invitations])
    states = {one.id: one.state(at) for one in invitations}
    for invitation, delivery in deliveries.items():
        if states[invitation] is State.SENT and delivery.state in {Delivered.BOUNCED, Delivered.FAILED}:
            states[invitation] = State.BOUNCED
    return states


async def _account_behind(invitation: Invitation | None, patient: UUID) -> tuple[bool, bool | None]:
    """Whether the very address that was invited has an account, and whether its owner gave the same birth date."""
    owner = await find_account_by_email(invitation.email_hash) if invitation else None
    if owner is None:
        return False, None
    theirs, ours = await get_own_birth_date(owner["id"]), (await proxies.births_of([patient])).get(patient, "")
    return True, theirs.startswith(ours) if theirs and ours else None
