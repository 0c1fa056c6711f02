"""The centre one acts in."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts import queries
from app.accounts.actions import sessions
from app.accounts.routes.parts import (
    AnyRequest,
    page,
    session_of,
    text_of,
)
from app.accounts.wording import profession_words
from app.lib import clock
from app.lib.clock import day_in
from app.lib.i18n import ZONE

OWN = requires(Permission.PLACE_REQUEST)


@get("/membership", opt=OWN)
async def show_memberships(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The centres one may act in."""
    return await _memberships(request, actor)


@post("/membership", opt=OWN)
async def choose_membership(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Act in another centre from now on."""
    form = await request.form()
    held = await queries.list_memberships(actor.id, day_in(ZONE, clock.now()))
    chosen = next((place.id for place in held if str(place.id) == text_of(form, "membership")), None)
    if chosen is None:
        return await _memberships(request, actor, missing=True)
    session = session_of(request)
    if session is not None:
        await sessions.choose_membership(actor, session.id, chosen, at=clock.now())
    return Redirect("/", status_code=303)


async def _memberships(request: AnyRequest, actor: Actor, *, missing: bool = False) -> Response[Any]:
    held = await queries.list_memberships(actor.id, day_in(ZONE, clock.now()))
    if not held:
        return Redirect("/waiting", status_code=303)
    options = [(str(place.id), f"{place.organisation_name} ({profession_words(place.profession)})") for place in held]
    session = session_of(request)
    current = str(session.membership) if session else ""
    return page("accounts/membership.html", 422 if missing else 200, options=options, current=current, missing=missing)


HANDLERS: list[Any] = [
    show_memberships,
    choose_membership,
]
