"""Signing in again in place, for a session that ran out with a page open."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from app.access.guard import PUBLIC
from app.access.policy import Role
from app.accounts import queries, tokens
from app.accounts.actions import signing_in
from app.accounts.held import Held
from app.accounts.model import Attempt, Session, Way
from app.accounts.problems import Problem
from app.accounts.rendering import HELD, again_page
from app.accounts.routes.parts import (
    AnyRequest,
    attempt_of,
    browser_of,
    following_of,
    known_browser,
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
    """Mail a code to whoever was signed in here; to the team after the password only."""
    session = session_of(request)
    if session is None:
        return await _again(request, "offer")
    if session.role is not Role.PATIENT:
        return await _send_team_code(request, session)
    email = await queries.get_email(session.account)
    browser = browser_of(request, email)
    token = await signing_in.ask_for_code(email, again=True, browser=browser, at=clock.now())
    if isinstance(token, Problem):
        waits = token is Problem.TOO_SOON and await waits_for(request, email)
        return await _again(request, "code" if waits else "offer", token)
    return waiting_for_code(await _again(request, "code"), token, email)


async def _send_team_code(request: AnyRequest, session: Session) -> Response[Any]:
    attempt = await attempt_of(request)
    if attempt is None or attempt.account != session.account:
        return await _again(request, "offer")
    browser = known_browser(request, attempt.email_hash)
    problem = await signing_in.send_code_instead(attempt, Way.EMAIL, browser=browser, at=clock.now())
    return await _again(request, "code", problem)


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
    browser = browser_of(request, email)
    token = await signing_in.check_password(email, password[:1000], again=True, browser=browser, at=clock.now())
    if isinstance(token, Problem):
        return await _again(request, "offer", token)
    attempt = await queries.find_attempt(tokens.hash_of(token))
    return waiting_for_code(await _again(request, "code", attempt=attempt), token, email)


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


async def _again(
    request: AnyRequest, step: str, problem: Problem | None = None, attempt: Attempt | None = None
) -> Response[Any]:
    """One step of the dialog, or of the page of its own, which takes along what was typed before."""
    posted = await request.form() if request.method == "POST" else {}
    attempt = attempt or await attempt_of(request)
    return await again_page(
        request,
        session_of(request),
        step,
        problem=problem,
        following=pages.local_path(text_of(posted, "next")) if posted else following_of(request),
        held=Held.from_text(text_of(posted, HELD)),
        mailed=attempt is None or attempt.channel is not Way.NONE,
    )


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
