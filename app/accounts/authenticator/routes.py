"""One's own authenticator: seeing whether there is one, setting, replacing and removing it. Of the team alone."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role
from app.accounts import one_time, queries
from app.accounts.authenticator import actions
from app.accounts.authenticator.model import in_fours, opened_secret, sealed_secret, square_of
from app.accounts.model import code_of
from app.accounts.problems import Problem
from app.accounts.routes.parts import AnyRequest, page, text_of
from app.accounts.wording import problem_words
from app.lib import clock

FRESH = requires(Permission.ACCOUNT_OWN, fresh=True)
CARRIED = "authenticator"


@get("/me/authenticator", opt=FRESH)
async def show_authenticator(actor: NamedDependency[Actor]) -> Response[Any]:
    """Whether there is one."""
    return page("accounts/authenticator.html", factors=await queries.factors_of(_of_a_team(actor).id))


@get("/me/authenticator/new", opt=FRESH)
async def offer_authenticator(actor: NamedDependency[Actor]) -> Response[Any]:
    """A new secret, which counts once a code of it was typed."""
    return await _form(_of_a_team(actor), one_time.new_secret())


@post("/me/authenticator/new", opt=FRESH)
async def set_authenticator(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The first code."""
    form = await request.form()
    carried, typed = text_of(form, CARRIED), text_of(form, "code")
    before = await queries.factors_of(_of_a_team(actor).id)
    at = clock.now()
    problem = None if code_of(typed) else Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING
    problem = problem or await actions.set_authenticator(actor, carried, code_of(typed), at=at)
    if problem is None:
        first = not before.recovery_codes
        return Redirect("/me/recovery-codes?first=1" if first else "/me/authenticator", status_code=303)
    secret = opened_secret(await queries.key_of(actor.id), actor.id, carried, at)
    return await _form(actor, secret or one_time.new_secret(), problem)


@get("/me/authenticator/remove", opt=FRESH)
async def confirm_removal(actor: NamedDependency[Actor]) -> Response[Any]:
    """Say what remains."""
    factors = await queries.factors_of(_of_a_team(actor).id)
    if not factors.authenticator:
        return Redirect("/me/authenticator", status_code=303)
    return page("accounts/authenticator_remove.html", factors=factors)


@post("/me/authenticator/remove", opt=FRESH)
async def remove_authenticator(actor: NamedDependency[Actor]) -> Response[Any]:
    """Its codes open nothing any more."""
    await actions.remove_authenticator(_of_a_team(actor), at=clock.now())
    return Redirect("/me/authenticator", status_code=303)


def _of_a_team(actor: Actor) -> Actor:
    """Patients have no password, so nothing that an authenticator would be second to."""
    if actor.role is Role.PATIENT:
        raise NotFoundException
    return actor


async def _form(actor: Actor, secret: str, problem: Problem | None = None) -> Response[Any]:
    carried = sealed_secret(await queries.key_of(actor.id), actor.id, secret, clock.now())
    square = square_of(secret, await queries.get_email(actor.id))
    words, status = problem and problem_words(problem), 422 if problem else 200
    shown = {"square": square, "secret": in_fours(secret), "carried": carried, "problem": words}
    return page("accounts/authenticator_new.html", status, **shown)


HANDLERS: list[Any] = [
    show_authenticator,
    offer_authenticator,
    set_authenticator,
    confirm_removal,
    remove_authenticator,
]
