"""Reading what a tablet is handed over for, who may take it, and who spoke on one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.accounts.lending.model import Handover
from app.accounts.lending.queries import handovers_by_id
from app.accounts.proxies.queries import list_links
from app.accounts.queries import names_of
from app.assignments.queries import list_of_visits
from app.patients.contacts.queries import list_contacts
from app.patients.queries import get_patient
from app.questionnaires.library import library
from app.responses.model import Response
from app.trials.model import Visit
from app.trials.tablet.model import PATIENT, PROXY, Holder, Offer, Task, offers, tasks_for
from app.trials.tablet.wording import Said


async def tasks_of(visit: UUID, voice: str, today: date) -> tuple[Task, ...]:
    """What a visit asks in this voice, in order, what was sent included."""
    return tasks_for(voice, await list_of_visits([visit]), library().find, today)


async def offers_of(visit: Visit, organisation: UUID | None, today: date) -> list[Offer]:
    """Who may take the tablet at this visit, and for what. Relatives: those that this centre may see."""
    asked = await list_of_visits([visit.id])

    def tasks(voice: str) -> tuple[Task, ...]:
        return tasks_for(voice, asked, library().find, today)

    holders = [Holder((await get_patient(visit.patient)).full_name)]
    if any(one.answered_by == PROXY for one in asked):
        holders += await _relatives(visit.patient, organisation, today)
    return offers(holders, tasks)


async def _relatives(patient: UUID, organisation: UUID | None, today: date) -> list[Holder]:
    """Those close to the patient: noted as contacts, and who answers with an account without being noted."""
    contacts = [one for one in await list_contacts(patient, organisation) if one.holds and one.known.kind != "doctor"]
    links = [one for one in await list_links(patient) if not one.is_self and one.holds(today)]
    accounts = {contact: link.account for link in links for contact in link.contacts}
    found = [Holder(one.full_name, PROXY, one.id, accounts.get(one.id), one.known.kind) for one in contacts]
    shown = {one.id for one in contacts}
    others = [link for link in links if not link.contacts & shown]
    names = await names_of([link.account for link in others])
    return found + [Holder(names[link.account], PROXY, link.id, link.account, link.relationship) for link in others]


@dataclass(frozen=True, slots=True)
class _Known:
    """The names that handovers need: of accounts, and of relatives by patient and id."""

    accounts: dict[UUID, str]
    relatives: dict[tuple[UUID, UUID], tuple[str, str]]


async def said_on_tablets(responses: Iterable[Response]) -> dict[UUID, Said]:
    """Of those that were given on a centre's tablet: who gave them, and who handed it over."""
    given = [one for one in responses if one.handover is not None]
    made = await handovers_by_id({one.handover for one in given if one.handover})
    known = await _known(given, made.values())
    return {one.id: _said(one, made[one.handover], known) for one in given if one.handover in made}


async def _known(given: Collection[Response], made: Iterable[Handover]) -> _Known:
    every = list(made)
    relatives: dict[tuple[UUID, UUID], tuple[str, str]] = {}
    for patient in {one.patient for one in given} if any(one.relative for one in every) else ():
        contacts, links = await list_contacts(patient), await list_links(patient)
        names = await names_of([link.account for link in links])
        relatives |= {(patient, link.id): (names.get(link.account, ""), link.relationship) for link in links}
        relatives |= {(patient, one.id): (one.full_name, one.known.kind) for one in contacts}
    return _Known(await names_of({one.account for one in every}), relatives)


def _said(response: Response, handover: Handover, known: _Known) -> Said:
    lender = known.accounts.get(handover.account, "–")
    if handover.voice == PATIENT or handover.relative is None:
        return Said(lender)
    name, kind = known.relatives.get((response.patient, handover.relative), ("", ""))
    return Said(lender, name, kind, own=False)
