"""Reads who answers for a patient, and for whom somebody answers, for the portal's pages."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts.proxies import queries as proxies
from app.accounts.proxies.queries import Standing
from app.accounts.queries import names_of
from app.lib import i18n
from app.lib.clock import day_in
from app.patients.model import Patient
from app.patients.queries import patients_by_id


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody who answers or answered for the person who is signed in."""

    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody for whom the person who is signed in answers."""

    patient: Patient
    standing: Standing


async def relatives_of(by: Actor, at: datetime) -> list[Relative]:
    """Who answers or answered for the actor, those who do first, the latest first."""
    today = day_in(i18n.ZONE, at)
    own = by.patients - by.proxy_for
    links = [one for patient in sorted(own) for one in await proxies.list_links(patient) if not one.is_self]
    standing = await proxies.standing_of(links, today)
    names = await names_of({one.account for one in links})
    found = [Relative(names.get(one.link.account, "–"), one) for one in standing]
    return sorted(found, key=lambda one: (not one.standing.holds, -one.standing.link.valid_from.toordinal()))


async def answered_by(by: Actor, at: datetime) -> list[Answered]:
    """For whom the actor answers, be it paused."""
    today = day_in(i18n.ZONE, at)
    links = [one for one in await proxies.list_links_of_account(by.id) if not one.is_self and one.holds(today)]
    people = await patients_by_id({one.patient for one in links})
    standing = await proxies.standing_of(links, today)
    return [Answered(people[one.link.patient], one) for one in standing if one.link.patient in people]


async def paused_for(by: Actor, today: date) -> list[tuple[Patient, date | None]]:
    """For whom the actor's rights rest, and since which day."""
    people = await patients_by_id(by.paused)
    return [(one, await proxies.of_age_day(one.id)) for one in people.values()]


async def waiting_for_agreement(by: Actor, at: datetime) -> list[Relative]:
    """Those who answered for the actor until the actor came of age, and of whom the actor has not decided."""
    if by.patients <= by.proxy_for:
        return []
    return [one for one in await relatives_of(by, at) if one.standing.holds and one.standing.paused]


async def own_relative(by: Actor, link: UUID, at: datetime) -> Relative | None:
    return next((one for one in await relatives_of(by, at) if link in one.standing.link.ids), None)
