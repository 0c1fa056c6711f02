"""Resets: one administrator asks, another confirms or refuses. What then happens is app/accounts/resets."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role
from app.accounts.model import Kind, is_email, normal_email
from app.accounts.notices import Notice
from app.accounts.own.queries import get_profile
from app.accounts.queries import names_of
from app.accounts.resets import actions
from app.accounts.resets.model import Fault, NewReset, Reset, Stage, reason_fault
from app.accounts.resets.queries import bar_to_confirm, get_reset, resets_by_id
from app.accounts.resets.wording import bar_words, fault_words, objection_words, stage_words
from app.accounts.routes.parts import AnyRequest, page, text_of
from app.administration.actions import note_reading
from app.administration.queries import resets
from app.channels.queries import list_deliveries
from app.lib import clock, throttle
from app.lib.i18n import ZONE

MANAGE = requires(Permission.RESET_MANAGE, fresh=True)
ONE = requires(Permission.RESET_MANAGE, "reset_id", resets.scope_of_reset, fresh=True)
# An administrator who looks up one address after the other learns who has an account.
LOOK_UPS = throttle.Limit("reset_look_up", 30, timedelta(hours=1))


@get("/administration/resets", opt=MANAGE)
async def list_resets(actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits for a second administrator, and what came of the others lately."""
    await note_reading(actor, actor.id, "resets", at=clock.now())
    return await _list(actor)


async def _list(actor: Actor, typed: str = "", fault: Fault | None = None) -> Response[Any]:
    at = clock.now()
    found = await resets_by_id(await resets.list_resets(actor, clock.day_in(ZONE, at), at))
    known = {one.id for one in found if await _is_known(actor, one, at)}
    return page(
        "administration/resets.html",
        422 if fault else 200,
        resets=[(one, stage_words(one.stage(at))) for one in found],
        known=known,
        network=actor.role is Role.SUPERADMIN,
        asking=await names_of({one.asked_by for one in found}),
        typed=typed[:254],
        problem=fault and fault_words(fault),
    )


@post("/administration/resets/find", opt=MANAGE)
async def find_account(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """From an exact address to the account. Posted, so that the address stays out of addresses."""
    typed = text_of(await request.form(), "email")
    email = normal_email(typed)
    if not email:
        return await _list(actor, typed, Fault.EMAIL_MISSING)
    if not is_email(email):
        return await _list(actor, typed, Fault.EMAIL_WRONG)
    if not await throttle.within(LOOK_UPS, str(actor.id), clock.now()):
        return await _list(actor, typed, Fault.TOO_MANY_LOOK_UPS)
    account, at = await resets.find_account(email), clock.now()
    if account is None or not await resets.may_handle(actor, account, at, typed=True):
        await note_reading(actor, actor.id, "reset_not_found", at=at)
        return await _list(actor, typed, Fault.NOT_FOUND)
    await note_reading(actor, account, resets.FOUND, at=at)
    waiting = await resets.waiting_reset(account, at)
    return Redirect(f"/administration/resets/{waiting or f'new?account={account}'}", status_code=303)


async def _is_known(actor: Actor, reset: Reset, at: datetime) -> bool:
    """Whether the list may say whose account it is."""
    return reset.kind is not Kind.PATIENT or await resets.may_handle(actor, reset.account, at)


async def _known_or_missing(actor: Actor, account: UUID | None) -> UUID:
    """The account, for those who may be told whose it is."""
    if account is None or not await resets.may_handle(actor, account, clock.now()):
        raise NotFoundException
    return account


async def _reset_of(actor: Actor, reset: UUID) -> Reset:
    """One reset, for those who may be told whose account it is about."""
    found = await get_reset(reset)
    if found.account != actor.id:  # one's own may be refused, never confirmed
        await _known_or_missing(actor, found.account)
    return found


@get("/administration/resets/new", opt=MANAGE)
async def ask_reason(actor: NamedDependency[Actor], account: FromQuery[UUID]) -> Response[Any]:
    """Whose account it is, and how the person was recognised."""
    await _known_or_missing(actor, account)
    await note_reading(actor, account, "reset_new", at=clock.now())
    return await _reason_form(account, "", "", {})


async def _reason_form(account: UUID, reason: str, email: str, errors: dict[str, Fault]) -> Response[Any]:
    return page(
        "administration/reset_new.html",
        422 if errors else 200,
        account=account,
        profile=await get_profile(account, clock.now()),
        reason=reason,
        email=email,
        errors={field: fault_words(fault) for field, fault in errors.items()},
    )


@post("/administration/resets", opt=MANAGE)
async def ask_for_reset(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The first of two."""
    form = await request.form()
    account = await _known_or_missing(actor, _id_of(text_of(form, "account")))
    reason, typed = text_of(form, "reason")[:2000], text_of(form, "email")[:254]
    errors = _faults(reason, typed)
    if errors:
        return await _reason_form(account, reason, typed, errors)
    asked = await actions.ask_for_reset(actor, NewReset(account, reason, normal_email(typed)), at=clock.now())
    if isinstance(asked, Fault):
        field = "email" if asked is Fault.EMAIL_UNUSABLE else "reason"
        return await _reason_form(account, reason, typed, {field: asked})
    return Redirect(f"/administration/resets/{asked}", status_code=303)


def _faults(reason: str, email: str) -> dict[str, Fault]:
    found = {}
    if fault := reason_fault(reason):
        found["reason"] = fault
    if email.strip() and not is_email(normal_email(email)):
        found["email"] = Fault.EMAIL_WRONG
    return found


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@get("/administration/resets/{reset_id:uuid}", opt=ONE)
async def show_reset(reset_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Everything the second administrator decides on."""
    return await _reset_page(actor, reset_id)


@post("/administration/resets/{reset_id:uuid}/confirm", opt=ONE)
async def confirm_reset(reset_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """The second of two. Whoever asked is told why they cannot be both."""
    found = await _reset_of(actor, reset_id)
    if actor.id in {found.asked_by, found.account}:
        return await _reset_page(actor, reset_id, status=403)
    await actions.confirm_reset(actor, reset_id, at=clock.now())
    return Redirect(f"/administration/resets/{reset_id}", status_code=303)


@post("/administration/resets/{reset_id:uuid}/refuse", opt=ONE)
async def refuse_reset(reset_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """No reset: the account stays as it is."""
    await _reset_of(actor, reset_id)
    await actions.refuse_reset(actor, reset_id, at=clock.now())
    return Redirect(f"/administration/resets/{reset_id}", status_code=303)


async def _reset_page(actor: Actor, reset: UUID, status: int = 200) -> Response[Any]:
    found, at = await _reset_of(actor, reset), clock.now()
    await note_reading(actor, found.account, "reset", at=at)
    people = {one for one in (found.asked_by, found.confirmed_by, found.refused_by) if one}
    stage, bar = found.stage(at), await bar_to_confirm(actor, reset, at)
    letters = await list_deliveries(subjects=[reset])
    told = [one for one in letters if one.purpose == f"notice:{Notice.RESET_ASKED}"]
    return page(
        "administration/reset.html",
        status,
        reset=found,
        words=stage_words(stage),
        open=stage is Stage.ASKED,
        withdrawable=stage is Stage.CONFIRMED,
        works_from=found.works_from(at),
        bar=bar and bar_words(bar),
        untold=objection_words(told),
        names=await names_of(people),
        me=actor.id,
        refused=status == 403,
    )


HANDLERS: list[Any] = [
    list_resets,
    find_account,
    ask_reason,
    ask_for_reset,
    show_reset,
    confirm_reset,
    refuse_reset,
]
