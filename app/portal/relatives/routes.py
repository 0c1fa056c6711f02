"""`/me/relatives`: who answers for me and for whom I answer; ended from either side, agreed to at 18."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.access.rights import EVERY_RIGHT, Right
from app.accounts.proxies import actions
from app.accounts.proxies.model import Ended
from app.accounts.proxies.queries import scope_of_link, scope_of_own_link
from app.lib import clock, pages
from app.lib.i18n import gettext as _
from app.patients.contacts import wording
from app.portal.relatives import queries

HERE = "/me/relatives"
READ = requires(Permission.OWN_RECORD)
MINE = requires(Permission.OWN_RECORD_MANAGE, "link_id", scope_of_link)
OWN_LINK = requires(Permission.ACCOUNT_OWN, "own_link_id", scope_of_own_link)
# What a patient gives to somebody of their own accord; nobody speaks in the voice of somebody of age.
GIVEN = [right for right in Right if right in EVERY_RIGHT - {Right.SPEAK}]
AnyRequest = Request[Any, Any, Any]


def _page(name: str, /, status: int = 200, **context: Any) -> Response[Any]:
    return pages.html(pages.render(f"portal/{name}.html", w=wording, **context), status)


@get(HERE, opt=READ)
async def show_relatives(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    """Both directions on one page; nobody has many of either."""
    at = clock.now()
    relatives = await queries.relatives_of(actor, at)
    return _page(
        "relatives",
        asking=[one for one in relatives if one.standing.holds and one.standing.paused],
        relatives=[one for one in relatives if one.standing.holds and not one.standing.paused],
        former=[one for one in relatives if not one.standing.holds],
        answered=await queries.answered_by(actor, at),
        own=bool(actor.patients - actor.proxy_for),
        done=done,
    )


async def _relative(actor: Actor, link: UUID) -> queries.Relative:
    found = await queries.own_relative(actor, link, clock.now())
    if found is None or not found.standing.holds:
        raise NotFoundException
    return found


@get(f"{HERE}/{{link_id:uuid}}", opt=MINE)
async def ask_agreement(actor: NamedDependency[Actor], link_id: FromPath[UUID]) -> Response[Any]:
    """Whether somebody may go on, or what else they may do from now on."""
    found = await _relative(actor, link_id)
    return _page("relatives_agree", one=found, chosen=sorted(found.standing.link.rights), given=GIVEN, error="")


@post(f"{HERE}/{{link_id:uuid}}", opt=MINE)
async def take_agreement(request: AnyRequest, actor: NamedDependency[Actor], link_id: FromPath[UUID]) -> Response[Any]:
    """At least one right; to give none is to end it, which is asked on its own page."""
    found, form = await _relative(actor, link_id), await request.form()
    chosen = frozenset(right for right in GIVEN if right in form.getall("rights", []))
    if not chosen:
        error = _("Choose at least one right, or end it")
        return _page("relatives_agree", 422, one=found, chosen=[], given=GIVEN, error=error)
    await actions.agree(actor, link_id, chosen, at=clock.now())
    return Redirect(f"{HERE}?done=agreed", status_code=303)


@get(f"{HERE}/{{link_id:uuid}}/end", opt=MINE)
async def ask_end(actor: NamedDependency[Actor], link_id: FromPath[UUID]) -> Response[Any]:
    return _page("relatives_end", one=await _relative(actor, link_id))


@post(f"{HERE}/{{link_id:uuid}}/end", opt=MINE)
async def end(actor: NamedDependency[Actor], link_id: FromPath[UUID]) -> Response[Any]:
    await _relative(actor, link_id)
    await actions.end_proxy(actor, link_id, Ended.BY_PATIENT, at=clock.now())
    return Redirect(f"{HERE}?done=ended", status_code=303)


async def _answered(actor: Actor, link: UUID) -> queries.Answered:
    found = [one for one in await queries.answered_by(actor, clock.now()) if link in one.standing.link.ids]
    if not found:
        raise NotFoundException
    return found[0]


@get(f"{HERE}/mine/{{own_link_id:uuid}}/give-up", opt=OWN_LINK)
async def ask_giving_up(actor: NamedDependency[Actor], own_link_id: FromPath[UUID]) -> Response[Any]:
    return _page("relatives_give_up", one=await _answered(actor, own_link_id))


@post(f"{HERE}/mine/{{own_link_id:uuid}}/give-up", opt=OWN_LINK)
async def give_up(actor: NamedDependency[Actor], own_link_id: FromPath[UUID]) -> Response[Any]:
    """A proxy answers no longer for a patient, of their own accord."""
    await _answered(actor, own_link_id)
    await actions.end_proxy(actor, own_link_id, Ended.GIVEN_UP, at=clock.now())
    return Redirect(f"{HERE}?done=given_up", status_code=303)


HANDLERS: list[Any] = [show_relatives, ask_agreement, take_agreement, ask_end, end, ask_giving_up, give_up]
