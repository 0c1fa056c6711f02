"""Professionals: the list, one person, what was sent to them, closing an account."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.actions.opening import close_account
from app.accounts.invitations.wording import access_words
from app.accounts.organisations.forms import read_reason
from app.accounts.wording import profession_words
from app.administration import wording
from app.administration.actions import note_reading
from app.administration.queries import professionals as queries
from app.administration.queries.professionals import SHOWN, Professional, scope_of_professional
from app.administration.routes.parts import (
    PAGE,
    AnyRequest,
    centre_of,
    centres_of,
    chosen_centre,
    cursor_of,
    looks_after_all,
    page,
    today,
    typed,
)
from app.channels.queries import list_deliveries
from app.channels.wording import channel_words
from app.channels.wording import state_words as delivery_words
from app.lib import clock
from app.lib.errors import Refused
from app.lib.i18n import gettext as _

LIST = requires(Permission.PROFESSIONAL_READ)
READ = requires(Permission.PROFESSIONAL_READ, "account_id", scope_of_professional)
DELIVERIES = requires(Permission.DELIVERY_READ, "account_id", scope_of_professional)
CLOSE = requires(Permission.ACCOUNT_CLOSE, "account_id", scope_of_professional, fresh=True)
HERE = "/administration/professionals"


def words() -> dict[str, Any]:
    return {"w": wording, "profession_words": profession_words, "access_words": access_words}


@get(HERE, opt=LIST)
async def list_professionals(
    actor: NamedDependency[Actor],
    centre: FromQuery[str] = "",
    show: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """The people of one's centre, or of all; the newest accounts first."""
    chosen, offered = await chosen_centre(actor, centre)
    shown = show if show in SHOWN else ""
    found = await queries.list_professionals(chosen, shown, today(), before=cursor_of(before), most=PAGE + 1)
    asked = f"{HERE}?show={shown}&centre={chosen if offered and chosen else ''}"
    return page(
        "professionals",
        people=found[:PAGE],
        shown=shown,
        chosen=chosen if offered else None,
        offered=offered,
        following=f"{asked}&before={found[PAGE - 1].id}" if len(found) > PAGE else None,
        first=asked if before else None,
        **words(),
    )


@get(f"{HERE}/{{account_id:uuid}}", opt=READ)
async def show_professional(actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> Response[Any]:
    """Who somebody is, how they sign in, and their places."""
    found = await queries.get_professional(account_id)
    await note_reading(actor, account_id, "professional", at=clock.now())
    held = {place.organisation for place in found.held(today())}
    mine = centre_of(actor)
    return page(
        "professional",
        person=found,
        own=account_id == actor.id,
        network=looks_after_all(actor),
        manages=lambda place: (mine is None or place.organisation == mine) and not place.has_ended(today()),
        offers=[one for one in await centres_of(actor) if one.id not in held] if found.kind == "professional" else [],
        **words(),
    )


@get(f"{HERE}/{{account_id:uuid}}/deliveries", opt=DELIVERIES)
async def show_deliveries(actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> Response[Any]:
    """What was sent to somebody lately, by which way, and what became of it. Never the words."""
    found = await queries.get_professional(account_id)
    await note_reading(actor, account_id, "deliveries", at=clock.now())
    sent = await list_deliveries(accounts=[account_id])
    return page(
        "deliveries",
        person=found,
        sent=sent,
        channel_words=channel_words,
        delivery_words=delivery_words,
        purpose_words=wording.purpose_words,
    )


@get(f"{HERE}/{{account_id:uuid}}/close", opt=CLOSE)
async def confirm_closing(actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> Response[Any]:
    """Says what closing an account stops, and asks why."""
    return _closing(await _closable(actor, account_id))


@post(f"{HERE}/{{account_id:uuid}}/close", opt=CLOSE)
async def close(request: AnyRequest, actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> Response[Any]:
    found = await _closable(actor, account_id)
    reason = read_reason(typed(await request.form(), ("reason",))["reason"])
    if not reason:
        return _closing(found, _("Say why the account is closed"))
    await close_account(actor.id, account_id, reason=reason, at=clock.now())
    return Redirect(f"{HERE}/{account_id}", status_code=303)


async def _closable(actor: Actor, account: UUID) -> Professional:
    """Nobody closes their own account here: somebody must remain who can say so."""
    if account == actor.id:
        raise Refused("account.own")
    found = await queries.get_professional(account)
    if found.closed_at is not None:
        raise Refused("account.closed")
    return found


def _closing(person: Professional, problem: str | None = None) -> Response[Any]:
    return page("professional_close", 422 if problem else 200, person=person, problem=problem)


HANDLERS: list[Any] = [list_professionals, show_professional, show_deliveries, confirm_closing, close]
