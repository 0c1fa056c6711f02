"""The two doors and the way out."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.response import Redirect

from app.access.guard import EVEN_LENT, PUBLIC
from app.access.policy import Actor
from app.accounts import cookies
from app.accounts.actions import sessions, signing_in
from app.accounts.doors import DOORS
from app.accounts.model import (
    BY_CODE,
    BY_PASSWORD,
    SignedIn,
    is_email,
    normal_email,
    way_of,
)
from app.accounts.problems import Problem
from app.accounts.routes.parts import (
    AnyRequest,
    already_in,
    attempt_of,
    browser_of,
    code_form,
    code_page,
    following_of,
    known_browser,
    page,
    session_of,
    set_cookie,
    sign_in_cookie,
    signed_in_with,
    text_of,
    waiting_for_code,
    waits_for,
    with_session,
)
from app.accounts.wording import problem_words
from app.lib import clock, pages


@get("/sign-in", opt=PUBLIC)
async def ask_address(request: AnyRequest) -> Response[Any]:
    """The patients' door."""
    return already_in(request) or page("accounts/sign_in.html", email="", problem=None, next=following_of(request))


@post("/sign-in", opt=PUBLIC)
async def send_code(request: AnyRequest) -> Response[Any]:
    """Mail a code. The answer is the same whether or not the address is known."""
    form = await request.form()
    email, following = text_of(form, "email"), pages.local_path(text_of(form, "next"))
    problem = _email_problem(email)
    browser = browser_of(request, email)
    token = problem or await signing_in.ask_for_code(email, browser=browser, at=clock.now())
    if token is Problem.TOO_SOON and await waits_for(request, email):
        return Redirect(code_page(BY_CODE, following), status_code=303)
    if isinstance(token, Problem):
        words = problem_words(token)
        return page("accounts/sign_in.html", 422, email=email[:254], problem=words, next=following)
    return waiting_for_code(Redirect(code_page(BY_CODE, following), status_code=303), token, email)


def _email_problem(email: str) -> Problem | None:
    if not email.strip():
        return Problem.EMAIL_MISSING
    return None if is_email(normal_email(email)) else Problem.EMAIL_WRONG


@get(["/sign-in/code", "/sign-in/team/code"], opt=PUBLIC)
async def ask_code(request: AnyRequest) -> Response[Any]:
    """Where the code is typed: the mailed one, or the authenticator's."""
    attempt = await attempt_of(request)
    if attempt is None or request.scope["path"] != code_page(attempt.method, "").partition("?")[0]:
        return _from_the_start(following_of(request))
    return await code_form(request, attempt, following_of(request))


def _from_the_start(following: str) -> Response[Any]:
    return Redirect(f"/sign-in?next={quote(following)}", status_code=303)


@post(["/sign-in/code", "/sign-in/team/code"], opt=PUBLIC)
async def take_code(request: AnyRequest) -> Response[Any]:
    """The right code opens a session."""
    form = await request.form()
    following = pages.local_path(text_of(form, "next"))
    signed_in = await signed_in_with(request, text_of(form, "code"))
    if isinstance(signed_in, SignedIn):
        return with_session(Redirect(_door(signed_in, following), status_code=303), signed_in)
    attempt = await attempt_of(request)
    if attempt is None:
        return _from_the_start(following)
    return await code_form(request, attempt, following, signed_in)


def _door(signed_in: SignedIn, following: str) -> str:
    return following if following != "/" else DOORS[signed_in.role]


@post("/sign-in/code/again", opt=PUBLIC)
async def send_code_again(request: AnyRequest) -> Response[Any]:
    """Send another code for this attempt, maybe to the telephone. Nobody learns whether there is one."""
    form = await request.form()
    following, way = pages.local_path(text_of(form, "next")), way_of(text_of(form, "way"))
    attempt = await attempt_of(request)
    if attempt is None or attempt.method != BY_CODE:
        return _from_the_start(following)
    browser = known_browser(request, attempt.email_hash)
    token = await signing_in.ask_for_another_code(attempt, way, browser=browser, at=clock.now())
    if isinstance(token, Problem):
        return await code_form(request, attempt, following, token)
    _, masked = sign_in_cookie(request)
    return waiting_for_code(Redirect(code_page(BY_CODE, following), status_code=303), token, masked, masked=True)


@post("/sign-in/team/code/again", opt=PUBLIC)
async def send_team_code(request: AnyRequest) -> Response[Any]:
    """After the password: send the code by mail or to the telephone."""
    form = await request.form()
    following = pages.local_path(text_of(form, "next"))
    attempt = await attempt_of(request)
    if attempt is None or attempt.account is None or attempt.method == BY_CODE:
        return _from_the_start(following)
    browser = known_browser(request, attempt.email_hash)
    problem = await signing_in.send_code_instead(attempt, way_of(text_of(form, "way")), browser=browser, at=clock.now())
    if problem is not None:
        return await code_form(request, attempt, following, problem)
    return Redirect(code_page(attempt.method, following), status_code=303)


@get("/sign-in/recovery", opt=PUBLIC)
async def ask_recovery_code(request: AnyRequest) -> Response[Any]:
    """Where a code on paper takes the place of the other one."""
    if await attempt_of(request) is None:
        return _from_the_start(following_of(request))
    return await _recovery_form(request, following_of(request))


@post("/sign-in/recovery", opt=PUBLIC)
async def take_recovery_code(request: AnyRequest) -> Response[Any]:
    """A right code on paper opens a session, once."""
    form = await request.form()
    following = pages.local_path(text_of(form, "next"))
    signed_in = await signed_in_with(request, text_of(form, "recovery"), on_paper=True)
    if isinstance(signed_in, SignedIn):
        return with_session(Redirect(_door(signed_in, following), status_code=303), signed_in)
    if await attempt_of(request) is None:
        return _from_the_start(following)
    return await _recovery_form(request, following, signed_in)


async def _recovery_form(request: AnyRequest, following: str, problem: Problem | None = None) -> Response[Any]:
    attempt = await attempt_of(request)
    back = code_page(attempt.method if attempt else BY_CODE, following)
    words = problem and problem_words(problem)
    return page("accounts/recovery_sign_in.html", 422 if problem else 200, problem=words, next=following, back=back)


@get("/sign-in/team", opt=PUBLIC)
async def ask_password(request: AnyRequest) -> Response[Any]:
    """The team's door."""
    return already_in(request) or page("accounts/sign_in_team.html", email="", problem=None, next=following_of(request))


@post("/sign-in/team", opt=PUBLIC)
async def take_password(request: AnyRequest) -> Response[Any]:
    """Address and password lead to the second factor."""
    form = await request.form()
    email, password = text_of(form, "email"), text_of(form, "password")
    following = pages.local_path(text_of(form, "next"))
    missing = _email_problem(email) or (None if password else Problem.PASSWORD_MISSING)
    browser = browser_of(request, email)
    token = missing or await signing_in.check_password(email, password[:1000], browser=browser, at=clock.now())
    if isinstance(token, Problem):
        return page("accounts/sign_in_team.html", 422, email=email[:254], problem=_beside(token), next=following)
    return waiting_for_code(Redirect(code_page(BY_PASSWORD, following), status_code=303), token, email)


def _beside(problem: Problem) -> tuple[str, str]:
    """The field a message stands beside, and the message."""
    at_address = problem in {Problem.EMAIL_MISSING, Problem.EMAIL_WRONG}
    return "email" if at_address else "password", problem_words(problem)


@post("/sign-out", opt=EVEN_LENT)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End the session, here and in the database."""
    actor, session = request.scope["user"], session_of(request)
    if isinstance(actor, Actor) and session is not None:
        await sessions.close_session(actor, session.id, at=clock.now())
    reply: Response[Any] = Redirect("/sign-in", status_code=303)
    set_cookie(reply, cookies.SESSION, "", seconds=0)
    return reply


HANDLERS: list[Any] = [
    ask_address,
    send_code,
    ask_code,
    take_code,
    send_code_again,
    send_team_code,
    ask_recovery_code,
    take_recovery_code,
    ask_password,
    take_password,
    sign_out,
]
