"""Places of professionals in centres: giving, changing and ending one."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role
from app.accounts.actions.places import add_membership, change_membership, end_membership
from app.accounts.invitations import wording
from app.accounts.invitations.forms import Fault, Faults, read_centre, read_place
from app.accounts.model import Kind, NewPlace, OrganisationName
from app.accounts.professions import PROFESSIONS, Access, access_of
from app.accounts.wording import profession_words
from app.administration.queries import professionals as queries
from app.administration.queries.professionals import Place, Professional, scope_of_place, scope_of_professional
from app.administration.routes.parts import AnyRequest, centres_of, looks_after_all, page, today, typed
from app.lib import clock
from app.lib.errors import Refused
from app.lib.i18n import gettext as _

GIVE = requires(Permission.PLACE_MANAGE, "account_id", scope_of_professional, fresh=True)
MANAGE = requires(Permission.PLACE_MANAGE, "membership_id", scope_of_place, fresh=True)
FIELDS = ("profession", "access", "organisation")
HERE = "/administration/professionals"
DAY = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"|(?P<day>[0-9]{1,2})[/. -](?P<month>[0-9]{1,2})[/. -](?P<year>[0-9]{4})"
)


@get(f"{HERE}/{{account_id:uuid}}/places/new", opt=GIVE)
async def show_new(actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> Response[Any]:
    """A place in another centre."""
    person, offers = await _offers(actor, account_id)
    return _form(person, {"profession": _latest(person)}, offers=offers)


def _latest(person: Professional) -> str:
    return person.places[0].profession if person.places else ""


async def _offers(actor: Actor, account: UUID) -> tuple[Professional, list[OrganisationName]]:
    """The person, and the centres one may give them a place in. Nobody gives themselves one."""
    if account == actor.id:
        raise Refused("place.own")
    person = await queries.get_professional(account)
    held = {place.organisation for place in person.held(today())}
    offers = [one for one in await centres_of(actor) if one.id not in held]
    if not offers or person.kind != Kind.PROFESSIONAL or person.closed_at is not None:
        raise Refused("place.none_to_give")
    return person, offers


@post(f"{HERE}/{{account_id:uuid}}/places", opt=GIVE)
async def give(request: AnyRequest, actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> Response[Any]:
    person, offers = await _offers(actor, account_id)
    values = typed(await request.form(), FIELDS)
    place, faults = read_place(values)
    centre = read_centre(values, [one.id for one in offers])
    if centre is None:
        faults["organisation"] = Fault.CENTRE_MISSING
    if place is None or centre is None:
        return _form(person, values, faults, offers=offers)
    new = NewPlace(centre, place.profession, Role(place.role), place.administers)
    await add_membership(actor.id, account_id, new, since=today(), at=clock.now())
    return Redirect(f"{HERE}/{account_id}", status_code=303)


@get("/administration/places/{membership_id:uuid}", opt=MANAGE)
async def show_place(actor: NamedDependency[Actor], membership_id: FromPath[UUID]) -> Response[Any]:
    """Another profession, or another access."""
    person, place = await _place(actor, membership_id)
    return _form(
        person,
        {"profession": place.profession, "access": access_of(place.role, place.administers)},
        place=place,
    )


async def _place(actor: Actor, membership: UUID) -> tuple[Professional, Place]:
    """Whose it is and which; not one's own, and not one that has ended."""
    person = await queries.get_professional(await queries.owner_of_place(membership))
    if person.id == actor.id:
        raise Refused("place.own")
    place = next((one for one in person.held(today()) if one.id == membership), None)
    if place is None:
        raise Refused("place.ended")
    return person, place


@post("/administration/places/{membership_id:uuid}", opt=MANAGE)
async def change(request: AnyRequest, actor: NamedDependency[Actor], membership_id: FromPath[UUID]) -> Response[Any]:
    person, place = await _place(actor, membership_id)
    values = typed(await request.form(), FIELDS)
    read, faults = read_place(values)
    if read is None:
        return _form(person, values, faults, place=place)
    new = NewPlace(place.organisation, read.profession, Role(read.role), read.administers)
    await change_membership(actor, membership_id, new, at=clock.now())
    return Redirect(f"{HERE}/{person.id}", status_code=303)


def _form(
    person: Professional,
    values: dict[str, str],
    faults: Faults | None = None,
    *,
    place: Place | None = None,
    offers: list[OrganisationName] | None = None,
) -> Response[Any]:
    errors = {field: wording.fault_words(fault) for field, fault in (faults or {}).items()}
    return page(
        "place_form",
        422 if errors else 200,
        person=person,
        place=place,
        offers=[(str(one.id), f"{one.name} ({one.city})") for one in offers or []],
        values={field: values.get(field, "") for field in FIELDS},
        errors=errors,
        professions=[(one, profession_words(one)) for one in PROFESSIONS],
        accesses=[(one.value, wording.access_choice(one)) for one in Access],
    )


@get("/administration/places/{membership_id:uuid}/end", opt=MANAGE)
async def confirm_ending(actor: NamedDependency[Actor], membership_id: FromPath[UUID]) -> Response[Any]:
    """Now, or with a last day."""
    person, place = await _place(actor, membership_id)
    return _ending(person, place, {"ends": "", "last_day": ""}, {})


@post("/administration/places/{membership_id:uuid}/end", opt=MANAGE)
async def end(request: AnyRequest, actor: NamedDependency[Actor], membership_id: FromPath[UUID]) -> Response[Any]:
    person, place = await _place(actor, membership_id)
    values = typed(await request.form(), ("ends", "last_day"))
    last_day, errors = _read_end(values, today())
    if errors:
        return _ending(person, place, values, errors)
    await end_membership(actor, membership_id, last_day, at=clock.now())
    # Somebody without a place in one's centre is not there any more for those who look after that centre alone.
    still_there = looks_after_all(actor) or last_day is not None
    return Redirect(f"{HERE}/{person.id}" if still_there else HERE, status_code=303)


def _read_end(values: dict[str, str], day: date) -> tuple[date | None, dict[str, str]]:
    """The last day of a place, none for now; and what is wrong."""
    if values["ends"] == "now":
        return None, {}
    if values["ends"] != "later":
        return None, {"ends": _("Choose when the place ends")}
    last_day = _day_of(values["last_day"])
    if last_day is None:
        return None, {"last_day": _("Enter the last day, such as 31/12/2026")}
    return (last_day, {}) if last_day >= day else (None, {"last_day": _("Choose today or a later day")})


def _day_of(text: str) -> date | None:
    """A day as browsers send it or as people write it where there is no calendar: day, month, year."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*(int(found[part]) for part in (("y", "m", "d") if found["y"] else ("year", "month", "day"))))
    except ValueError:
        return None


def _ending(person: Professional, place: Place, values: dict[str, str], errors: dict[str, str]) -> Response[Any]:
    return page("place_end", 422 if errors else 200, person=person, place=place, values=values, errors=errors)


HANDLERS: list[Any] = [show_new, give, show_place, change, confirm_ending, end]
