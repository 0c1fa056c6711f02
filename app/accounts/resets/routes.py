"""/reset/<token>: what the owner of an account does with the link of a mail. Administrators' pages are elsewhere."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import PUBLIC
from app.accounts import tokens
from app.accounts.model import Kind
from app.accounts.problems import Problem
from app.accounts.resets import actions, queries
from app.accounts.resets.model import Reset
from app.accounts.resets.wording import fault_words
from app.accounts.routes.parts import AnyRequest, page, text_of
from app.accounts.wording import problem_words
from app.lib import clock


@get("/reset/{token:str}", opt=PUBLIC)
async def open_link(token: FromPath[str]) -> Response[Any]:
    """To object while nothing is decided, to get back in afterwards. Opening changes nothing: mail programs do it."""
    found = await queries.find_by_link(tokens.hash_of(token), clock.now())
    return _spent() if found is None else _form(found, token)


@post("/reset/{token:str}", opt=PUBLIC)
async def get_back_in(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Staff choose a password; patients have proven their address by coming here."""
    password = text_of(await request.form(), "password")[:1000]
    outcome = await actions.use_reset(token, password, at=clock.now())
    if isinstance(outcome, Reset):
        return Redirect(f"/reset/done/{'patient' if outcome.kind is Kind.PATIENT else 'team'}", status_code=303)
    found = await queries.find_by_link(tokens.hash_of(token), clock.now())
    if outcome is None or found is None:
        return _spent()
    return _form(found, token, problem_words(outcome) if isinstance(outcome, Problem) else fault_words(outcome))


@post("/reset/{token:str}/objection", opt=PUBLIC)
async def object_to_it(token: FromPath[str]) -> Response[Any]:
    """It was not the owner who asked."""
    stopped = await actions.object_to_reset(token, at=clock.now())
    return page("accounts/reset_done.html", what="objection") if stopped else _spent()


@get("/reset/done/{who:str}", opt=PUBLIC)
async def show_done(who: FromPath[str]) -> Response[Any]:
    """The account is open again: where to sign in."""
    return page("accounts/reset_done.html", what="patient" if who == "patient" else "team")


def _form(found: Reset, token: str, problem: str | None = None) -> Response[Any]:
    status = 422 if problem else 200
    if found.confirmed_at is None:
        return page("accounts/reset_objection.html", status, token=token)
    staff = found.kind is not Kind.PATIENT
    email = found.new_email or found.known_email
    works_from = found.works_from(clock.now())
    shown = {"token": token, "staff": staff, "email": email, "works_from": works_from}
    return page("accounts/reset.html", status, problem=None if works_from else problem, **shown)


def _spent() -> Response[Any]:
    return page("accounts/reset_spent.html", 404)


HANDLERS: list[Any] = [
    open_link,
    get_back_in,
    object_to_it,
    show_done,
]
