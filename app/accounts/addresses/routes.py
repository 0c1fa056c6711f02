"""/me/email and /me/phone: a new address, the code that proves it, and doing without a telephone."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.addresses import actions, queries
from app.accounts.addresses.model import Change, Fault, Way
from app.accounts.addresses.wording import trouble_words
from app.accounts.model import code_of, is_email, normal_email
from app.accounts.own.queries import get_profile
from app.accounts.problems import Problem
from app.accounts.routes.parts import AnyRequest, page, text_of
from app.channels import sms_available
from app.channels.model import State
from app.channels.phones import PhoneProblem, as_mobile
from app.channels.queries import last_delivery
from app.lib import clock

OWN = requires(Permission.ACCOUNT_OWN)
FRESH = requires(Permission.ACCOUNT_OWN, fresh=True)
Trouble = Problem | PhoneProblem | Fault | None


def _way(request: AnyRequest) -> Way:
    return Way.PHONE if request.scope["path"].startswith("/me/phone") else Way.EMAIL


@get(["/me/email", "/me/phone"], opt=FRESH)
async def ask_address(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where one is reached now, and a field for the new address."""
    return await _address_form(_way(request), actor)


@post(["/me/email", "/me/phone"], opt=FRESH)
async def take_address(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Have a code sent there."""
    way = _way(request)
    if way is Way.PHONE and not sms_available():
        raise NotFoundException
    typed = text_of(await request.form(), way)
    read = _email(typed) if way is Way.EMAIL else as_mobile(typed)
    trouble: Trouble = read if isinstance(read, Problem | PhoneProblem) else None
    trouble = trouble or await actions.start_change(actor, way, str(read), at=clock.now())
    if trouble is not None:
        return await _address_form(way, actor, typed, trouble)
    return Redirect(f"/me/{way}/code", status_code=303)


def _email(typed: str) -> str | Problem:
    email = normal_email(typed)
    if not email:
        return Problem.EMAIL_MISSING
    return email if is_email(email) else Problem.EMAIL_WRONG


async def _address_form(way: Way, actor: Actor, typed: str = "", trouble: Trouble = None) -> Response[Any]:
    profile = await get_profile(actor.id, clock.now())
    if way is Way.PHONE and not profile.phone and not sms_available():
        raise NotFoundException
    return page(
        f"accounts/address_{way}.html",
        422 if trouble else 200,
        profile=profile,
        typed=typed[:254],
        problem=trouble and trouble_words(trouble),
        texts=sms_available(),
    )


@get(["/me/email/code", "/me/phone/code"], opt=OWN)
async def ask_address_code(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where the code that went to the new address is typed."""
    way = _way(request)
    waiting = await queries.find_waiting(actor.id, way, clock.now())
    if waiting is None:
        return Redirect(f"/me/{way}", status_code=303)
    return await _code_form(waiting)


@post(["/me/email/code", "/me/phone/code"], opt=OWN)
async def take_address_code(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The right code makes the address the account's."""
    way, typed = _way(request), text_of(await request.form(), "code")
    waiting = await queries.find_waiting(actor.id, way, clock.now())
    if waiting is None:
        return Redirect(f"/me/{way}", status_code=303)
    code = code_of(typed)
    if not code:
        return await _code_form(waiting, Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING)
    problem = await actions.complete_change(actor, way, code, at=clock.now())
    return await _code_form(waiting, problem) if problem else Redirect(f"/me?done={way}", status_code=303)


@post(["/me/email/code/again", "/me/phone/code/again"], opt=OWN)
async def send_address_code_again(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Another code to the same address."""
    way = _way(request)
    waiting = await queries.find_waiting(actor.id, way, clock.now())
    if waiting is None:
        return Redirect(f"/me/{way}", status_code=303)
    trouble = await actions.send_again(actor, waiting, at=clock.now())
    return await _code_form(waiting, trouble) if trouble else Redirect(f"/me/{way}/code", status_code=303)


async def _code_form(waiting: Change, trouble: Trouble = None) -> Response[Any]:
    sent = await last_delivery(waiting.id)
    return page(
        "accounts/address_code.html",
        422 if trouble else 200,
        change=waiting,
        problem=trouble and trouble_words(trouble),
        unreachable=sent is not None and sent.state in {State.BOUNCED, State.FAILED},
    )


@post("/me/phone/remove", opt=FRESH)
async def remove_phone(actor: NamedDependency[Actor]) -> Response[Any]:
    """Do without text messages."""
    await actions.remove_phone(actor, at=clock.now())
    return Redirect("/me?done=phone-removed", status_code=303)


HANDLERS: list[Any] = [
    ask_address,
    take_address,
    ask_address_code,
    take_address_code,
    send_address_code_again,
    remove_phone,
]
