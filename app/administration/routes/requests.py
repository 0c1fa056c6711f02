"""Requests for a place: what waits, one of them, the decision."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.places import actions
from app.accounts.places.model import REASON
from app.accounts.places.queries import scope_of_request
from app.accounts.queries import names_of
from app.accounts.wording import profession_words
from app.administration.actions import note_reading
from app.administration.queries import requests as queries
from app.administration.queries.professionals import get_professional
from app.administration.queries.requests import Asked
from app.administration.routes.parts import AnyRequest, centre_of, centres_of, page, typed
from app.lib import clock
from app.lib.i18n import gettext as _

HERE = "/administration/requests"
LIST = requires(Permission.PLACE_DECIDE)
DECIDE = requires(Permission.PLACE_DECIDE, "request_id", scope_of_request, fresh=True)


@get(HERE, opt=LIST)
async def list_requests(actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits in one's centre, or in the network, and what was decided lately."""
    centre = centre_of(actor)
    await note_reading(actor, actor.id, "requests", at=clock.now())
    decided = await queries.list_decided(centre)
    return page(
        "requests",
        waiting=await queries.list_waiting(centre),
        decided=decided,
        deciders=await names_of({one.decided_by for one in decided if one.decided_by}),
        network=centre is None,
        profession_words=profession_words,
    )


@get(f"{HERE}/{{request_id:uuid}}", opt=DECIDE)
async def show_request(actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[Any]:
    """Who asks, and what is known of them."""
    return await _page(actor, await _found(actor, request_id))


@post(f"{HERE}/{{request_id:uuid}}/grant", opt=DECIDE)
async def grant(request: AnyRequest, actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[Any]:
    """Give the place."""
    asked = await _found(actor, request_id)
    chosen = typed(await request.form(), ("organisation",))["organisation"]
    offered = {str(one.id): one.id for one in await centres_of(actor)}
    if asked.organisation is None and chosen not in offered:
        return await _page(actor, asked, {"organisation": _("Choose the centre that the person means")})
    await actions.grant_place(actor, request_id, offered.get(chosen), at=clock.now())
    return Redirect(HERE, status_code=303)


@post(f"{HERE}/{{request_id:uuid}}/refuse", opt=DECIDE)
async def refuse(request: AnyRequest, actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[Any]:
    """Say no, and why."""
    asked = await _found(actor, request_id)
    reason = typed(await request.form(), ("reason",))["reason"].strip().replace("\0", "")
    if not reason:
        return await _page(actor, asked, {"reason": _("Say why: the person reads it")})
    if len(reason) > REASON:
        return await _page(actor, asked, {"reason": _("Use at most 1,000 characters")}, reason)
    await actions.refuse_place(actor, request_id, reason, at=clock.now())
    return Redirect(HERE, status_code=303)


async def _found(actor: Actor, request: UUID) -> Asked:
    asked = await queries.find_request(centre_of(actor), request)
    if asked is None:
        raise NotFoundException
    return asked


async def _page(actor: Actor, asked: Asked, problems: dict[str, str] | None = None, reason: str = "") -> Response[Any]:
    await note_reading(actor, asked.account, "request", at=clock.now())
    return page(
        "request",
        422 if problems else 200,
        asked=asked,
        person=await get_professional(asked.account) if asked.known else None,
        twice=asked.known and await queries.is_rpps_given_twice(asked.account),
        centres=[(str(one.id), f"{one.name} ({one.city})") for one in await centres_of(actor)],
        problems=problems or {},
        reason=reason,
        profession_words=profession_words,
    )


HANDLERS: list[Any] = [list_requests, show_request, grant, refuse]
