"""Invitations: the list with what became of each, inviting, sending again, taking back."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.invitations import actions, wording
from app.accounts.invitations.forms import Fault, Faults, read_invitation
from app.accounts.invitations.queries import scope_of_invitation
from app.accounts.professions import PROFESSIONS, Access, access_of
from app.accounts.queries import names_of
from app.accounts.wording import profession_words
from app.administration.queries.invitations import SHOWN, list_invitations
from app.administration.routes.parts import (
    PAGE,
    AnyRequest,
    centres_of,
    chosen_centre,
    cursor_of,
    page,
    typed,
)
from app.lib import clock, i18n
from app.lib.errors import Refused

LIST = requires(Permission.INVITATION_MANAGE)
INVITE = requires(Permission.INVITATION_MANAGE, fresh=True)
MANAGE = requires(Permission.INVITATION_MANAGE, "invitation_id", scope_of_invitation, fresh=True)
FIELDS = ("email", "given_name", "family_name", "language", "profession", "access", "organisation")
HERE = "/administration/invitations"
# What a rule refuses, as what is wrong with the address.
REFUSALS = {
    "invitation.works_here": Fault.WORKS_HERE,
    "invitation.already": Fault.ALREADY_INVITED,
    "invitation.too_many": Fault.TOO_MANY,
}


@get(HERE, opt=LIST)
async def list_all(
    actor: NamedDependency[Actor],
    centre: FromQuery[str] = "",
    show: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """Those to one's centre, or to all."""
    at = clock.now()
    chosen, offered = await chosen_centre(actor, centre)
    shown = show if show in SHOWN else ""
    found = await list_invitations(chosen, shown, at, before=cursor_of(before), most=PAGE + 1)
    asked = f"{HERE}?show={shown}&centre={chosen if offered and chosen else ''}"
    return page(
        "invitations",
        invitations=found[:PAGE],
        inviters=await names_of({one.invited_by for one in found}),
        shown=shown,
        chosen=chosen if offered else None,
        offered=offered,
        following=f"{asked}&before={found[PAGE - 1].id}" if len(found) > PAGE else None,
        first=asked if before else None,
        look=lambda one: wording.state_look(one.state(at)),
        access=lambda one: wording.access_words(access_of(one.role, one.administers)),
        profession_words=profession_words,
    )


@get(f"{HERE}/new", opt=INVITE)
async def show_new(actor: NamedDependency[Actor], centre: FromQuery[str] = "") -> Response[Any]:
    values = {"language": i18n.locale.get(), "access": Access.TEAM.value, "organisation": centre}
    return await _form(actor, values, {})


@post(HERE, opt=INVITE)
async def invite(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The mail is on its way when this returns, or the form comes back with what is wrong."""
    values = typed(await request.form(), FIELDS)
    new, faults = read_invitation(values, [one.id for one in await centres_of(actor)])
    if new is None:
        return await _form(actor, values, faults)
    try:
        await actions.invite(actor, new, at=clock.now())
    except Refused as refusal:
        if refusal.code not in REFUSALS:
            raise
        return await _form(actor, values, {"email": REFUSALS[refusal.code]})
    return Redirect(HERE, status_code=303)


async def _form(actor: Actor, values: dict[str, str], faults: Faults) -> Response[Any]:
    errors = {field: wording.fault_words(fault) for field, fault in faults.items()}
    centres = await centres_of(actor)
    return page(
        "invitation_form",
        422 if errors else 200,
        values={field: values.get(field, "")[:254] for field in FIELDS},
        errors=errors,
        centres=[(str(one.id), f"{one.name} ({one.city})") for one in centres],
        professions=[(one, profession_words(one)) for one in PROFESSIONS],
        accesses=[(one.value, wording.access_choice(one)) for one in Access],
    )


@post(f"{HERE}/{{invitation_id:uuid}}/again", opt=MANAGE)
async def send_again(actor: NamedDependency[Actor], invitation_id: FromPath[UUID]) -> Response[Any]:
    """A new link; the former one stops working."""
    await actions.send_again(actor, invitation_id, at=clock.now())
    return Redirect(HERE, status_code=303)


@post(f"{HERE}/{{invitation_id:uuid}}/withdraw", opt=MANAGE)
async def withdraw(actor: NamedDependency[Actor], invitation_id: FromPath[UUID]) -> Response[Any]:
    """The link stops working."""
    await actions.withdraw(actor, invitation_id, at=clock.now())
    return Redirect(HERE, status_code=303)


HANDLERS: list[Any] = [list_all, show_new, invite, send_again, withdraw]
