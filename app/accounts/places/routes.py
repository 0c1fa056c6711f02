"""Where a professional without a place waits, sees what became of each request, and asks another centre."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role
from app.accounts import queries
from app.accounts.organisations.queries import list_open
from app.accounts.places import actions
from app.accounts.places.model import State, Wish
from app.accounts.places.queries import list_requests
from app.accounts.places.wording import fault_words, refusal_words_of_places
from app.accounts.professions import PROFESSIONS
from app.accounts.routes.parts import AnyRequest, page, text_of
from app.accounts.sign_up.forms import Typed, blank, place_of
from app.accounts.sign_up.model import UNLISTED
from app.accounts.sign_up.problems import Fault
from app.accounts.wording import profession_words
from app.lib import clock, i18n
from app.lib.clock import day_in
from app.lib.errors import Refused

PLACE = requires(Permission.PLACE_REQUEST)


@get("/waiting", opt=PLACE)
async def show_requests(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What was asked for, what became of it, what can be done meanwhile."""
    return await _page(actor, blank(), asked=request.query_params.get("asked") == "1")


@post("/waiting", opt=PLACE)
async def ask_for_place(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Ask another centre."""
    form = await request.form()
    typed = place_of(form, {str(one.id) for one in await list_open()})
    if text_of(form, "profession") not in PROFESSIONS:
        typed.faults["profession"] = Fault.PROFESSION_MISSING
    words = {name: fault_words(fault) for name, fault in typed.faults.items()}
    if words or typed.identity is None:
        return await _page(actor, typed, words)
    centre = UUID(typed.identity.organisation) if typed.identity.organisation else None
    wish = Wish(typed.values["profession"], centre, typed.identity.other_organisation)
    try:
        await actions.request_place(actor.id, wish, at=clock.now())
    except Refused as refused:
        return await _page(actor, typed, {"organisation": refusal_words_of_places(refused.code)})
    return Redirect("/waiting?asked=1", status_code=303)


async def _page(
    actor: Actor, typed: Typed, problems: dict[str, str] | None = None, *, asked: bool = False
) -> Response[Any]:
    requests = await list_requests(actor.id)
    places = await queries.list_memberships(actor.id, day_in(i18n.ZONE, clock.now()))
    centres = [(str(one.id), f"{one.name} ({one.city})") for one in await list_open()]
    return page(
        "accounts/waiting.html",
        422 if problems else 200,
        requests=[(one, profession_words(one.profession)) for one in requests],
        waits=any(one.state is State.WAITING for one in requests),
        held={place.id for place in places},
        arc=actor.role is Role.ARC,
        placed=actor.role is not Role.WAITING,
        values=typed.values,
        problems=problems or {},
        professions=[(one, profession_words(one)) for one in PROFESSIONS],
        centres=[*centres, (UNLISTED, i18n.gettext("My centre is not in the list"))],
        asked=asked,
    )


HANDLERS: list[Any] = [show_requests, ask_for_place]
