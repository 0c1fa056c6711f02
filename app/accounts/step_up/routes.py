"""Confirming that it is you: the page, the code, and the way back to what one was about to do."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role, is_fresh
from app.accounts import cookies
from app.accounts.held import Held
from app.accounts.model import Session, code_of, way_of
from app.accounts.problems import Problem
from app.accounts.rendering import HELD
from app.accounts.routes.parts import AnyRequest, following_of, note_taken_back, page, session_of, set_cookie, text_of
from app.accounts.step_up import actions
from app.accounts.step_up.rendering import step_up_page
from app.lib import clock, pages

OWN = requires(Permission.SESSION_KEEP)


@get("/step-up", opt=OWN)
async def ask(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Which ways there are to confirm."""
    following = following_of(request)
    if is_fresh(actor, clock.now()):
        return Redirect(following, status_code=303)
    return await step_up_page(request, _session(request), following)


@post("/step-up/code", opt=OWN)
async def send_code(request: AnyRequest) -> Response[Any]:
    """Send a code, by mail or to the telephone."""
    form = await request.form()
    session, following = _session(request), pages.local_path(text_of(form, "next"))
    problem = await actions.send_code(session, way_of(text_of(form, "way")), at=clock.now())
    held = Held.from_text(text_of(form, HELD))
    return await step_up_page(request, session, following, held=held, problem=problem)


@post("/step-up", opt=OWN)
async def take_code(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A right code, or none where a passkey has just confirmed: back, with what was typed before."""
    form = await request.form()
    session, following = _session(request), pages.local_path(text_of(form, "next"))
    held, typed = Held.from_text(text_of(form, HELD)), text_of(form, "code")
    if not typed and is_fresh(actor, clock.now()):
        return _go_on(following, held)
    unlike = None if code_of(typed) else Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING
    token = unlike or await actions.confirm(session, typed, at=clock.now())
    if isinstance(token, Problem):
        return await step_up_page(request, session, following, held=held, problem=token)
    reply = _go_on(following, held)
    set_cookie(reply, cookies.SESSION, token)
    if session.role is Role.TABLET:
        note_taken_back(request, reply, session)
    return reply


def _go_on(following: str, held: Held | None) -> Response[Any]:
    if held is not None:
        return page("accounts/held.html", held=held, confirmed=True)
    return Redirect(following, status_code=303)


def _session(request: AnyRequest) -> Session:
    session = session_of(request)
    if session is None:
        raise NotAuthorizedException
    return session


HANDLERS: list[Any] = [ask, send_code, take_code]
