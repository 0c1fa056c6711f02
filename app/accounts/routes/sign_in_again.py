"""Signing in again in place, for a session that ran out with a page open."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from app.access.guard import PUBLIC
from app.access.policy import Role
from app.accounts import queries
from app.accounts.actions import signing_in
from app.accounts.held import Held
from app.accounts.problems import Problem
from app.accounts.rendering import HELD, again_page
from app.accounts.routes.parts import (
    AnyRequest,
    following_of,
    page,
    session_of,
    signed_in_with,
    text_of,
    waiting_for_code,
    waits_for,
    with_session,
)
from app.lib import clock, csrf, pages


@get("/sign-in/again", opt=PUBLIC)
async def offer_again(request: AnyRequest) -> Response[Any]:
    """A session ran out with a page open: how to go on in place, unless somebody else is signed in by now."""
    session = session_of(request)
    if session is not None and session.live:
        token = request.headers.get("x-csrf-token", "")
        if pages.is_partial(request) and not await queries.made_for(session.account, token):
            return await _again(request, "other")
        return _signed_in_again(request, session.csrf_secret, following_of(request))
    return await _again(request, "offer")


@post("/sign-in/again/code", opt=PUBLIC)
async def send_code_in_place(request: AnyRequest) -> Response[Any]:
    """Mail a code to whoever was signed in here."""
    session = session_of(request)
    if session is None or session.role is not Role.PATIENT:
        return await _again(request, "offer")
    email = await queries.get_email(session.account)
    token = await signing_in.ask_for_code(email, again=True, at=clock.now())
    if isinstance(token, Problem):
        waits = token is Problem.TOO_SOON and await waits_for(request, email)
        return await _again(request, "code" if waits else "offer", token)
    return waiting_for_code(await _again(request, "code"), token, email)


@post("/sign-in/again/password", opt=PUBLIC)
async def take_password_in_place(request: AnyRequest) -> Response[Any]:
    """The team's first step, for whoever was signed in here."""
    session = session_of(request)
    if session is None or session.role is Role.PATIENT:
        return await _again(request, "offer")
    password = text_of(await request.form(), "password")
    if not password:
        return await _again(request, "offer", Problem.PASSWORD_MISSING)
    email = await queries.get_email(session.account)
    token = await signing_in.check_password(email, password[:1000], again=True, at=clock.now())
    if isinstance(token, Problem):
        return await _again(request, "offer", token)
    return waiting_for_code(await _again(request, "code"), token, email)


@post("/sign-in/again", opt=PUBLIC)
async def take_code_in_place(request: AnyRequest) -> Response[Any]:
    """The same account only: the page behind the dialog is theirs."""
    session = session_of(request)
    if session is None:
        return await _again(request, "offer")
    form = await request.form()
    signed_in = await signed_in_with(request, text_of(form, "code"), in_place=True)
    if isinstance(signed_in, Problem):
        ended = signed_in in {Problem.CODE_TOO_OLD, Problem.TOO_MANY_TRIES}
        return await _again(request, "offer" if ended else "code", signed_in)
    held = Held.from_text(text_of(form, HELD))
    if held is not None and not pages.is_partial(request):
        return with_session(page("accounts/held.html", held=held), signed_in)
    following = pages.local_path(text_of(form, "next"))
    return with_session(_signed_in_again(request, signed_in.csrf_secret, following), signed_in)


async def _again(request: AnyRequest, step: str, problem: Problem | None = None) -> Response[Any]:
    """One step of the dialog, or of the page of its own, which takes along what was typed before."""
    posted = await request.form() if request.method == "POST" else {}
    following = pages.local_path(text_of(posted, "next")) if posted else following_of(request)
    held = Held.from_text(text_of(posted, HELD))
    return await again_page(request, session_of(request), step, problem=problem, following=following, held=held)


def _signed_in_again(request: AnyRequest, secret: bytes, following: str) -> Response[Any]:
    """Tell the page behind: it has a session again, and this is its new token."""
    if not pages.is_partial(request):
        return Redirect(following, status_code=303)
    reply: Response[Any] = pages.html("")
    reply.headers |= {"HX-Trigger": "signed-in", "X-CSRF-Token": csrf.token(secret)}
    return reply


HANDLERS: list[Any] = [
    offer_again,
    send_code_in_place,
    take_password_in_place,
    take_code_in_place,
]
