"""Signing in, at either door or again in place; signing out; choosing a centre. Rules are in actions.py."""

from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.access.guard import PUBLIC, requires
from app.access.policy import Actor, Permission, Role
from app.accounts import actions, cookies, queries, tokens
from app.accounts.held import Held
from app.accounts.model import (
    ATTEMPT_LASTS,
    BY_CODE,
    BY_PASSWORD,
    Attempt,
    Session,
    SignedIn,
    code_of,
    is_email,
    masked_email,
    normal_email,
)
from app.accounts.problems import Problem
from app.accounts.rendering import HELD, again_page
from app.accounts.wording import problem_words, profession_words
from app.lib import clock, csrf, pages
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.settings import settings

AnyRequest = Request[Any, Any, Any]

OWN = requires(Permission.ACCOUNT_OWN)
DOORS = {Role.PATIENT: "/home", Role.PRACTITIONER: "/today"}
CODE_PAGES = {BY_CODE: "/sign-in/code", BY_PASSWORD: "/sign-in/team/code"}


@get("/sign-in", opt=PUBLIC)
async def ask_address(request: AnyRequest) -> Response[Any]:
    """The patients' door."""
    return _already_in(request) or _page("accounts/sign_in.html", email="", problem=None, next=_next(request))


@post("/sign-in", opt=PUBLIC)
async def send_code(request: AnyRequest) -> Response[Any]:
    """Mail a code. The answer is the same whether or not the address is known."""
    form = await request.form()
    email, following = _text(form, "email"), pages.local_path(_text(form, "next"))
    problem = _email_problem(email)
    token = problem or await actions.ask_for_code(email, at=clock.now())
    if token is Problem.TOO_SOON and await _waits_for(request, email):
        return Redirect(_code_page(BY_CODE, following), status_code=303)
    if isinstance(token, Problem):
        words = problem_words(token)
        return _page("accounts/sign_in.html", 422, email=email[:254], problem=words, next=following)
    return _waiting(Redirect(_code_page(BY_CODE, following), status_code=303), token, email)


def _email_problem(email: str) -> Problem | None:
    if not email.strip():
        return Problem.EMAIL_MISSING
    return None if is_email(normal_email(email)) else Problem.EMAIL_WRONG


async def _waits_for(request: AnyRequest, email: str) -> bool:
    """Whether this browser already waits for a code sent to this address, as after a double click."""
    attempt = await _attempt(request)
    return attempt is not None and attempt.email_hash == queries.email_hash(normal_email(email))


@get(["/sign-in/code", "/sign-in/team/code"], opt=PUBLIC)
async def ask_code(request: AnyRequest) -> Response[Any]:
    """Where the code is typed: the mailed one, or the authenticator's."""
    attempt = await _attempt(request)
    if attempt is None or request.scope["path"] != CODE_PAGES[attempt.method]:
        return Redirect(f"/sign-in?next={quote(_next(request))}", status_code=303)
    return _code_form(request, attempt, _next(request))


@post(["/sign-in/code", "/sign-in/team/code"], opt=PUBLIC)
async def take_code(request: AnyRequest) -> Response[Any]:
    """The right code opens a session."""
    form = await request.form()
    following = pages.local_path(_text(form, "next"))
    signed_in = await _sign_in(request, _text(form, "code"))
    if isinstance(signed_in, SignedIn):
        door = following if following != "/" else DOORS[signed_in.role]
        return _with_session(Redirect(door, status_code=303), signed_in)
    attempt = await _attempt(request)
    if attempt is None:
        return Redirect(f"/sign-in?next={quote(following)}", status_code=303)
    return _code_form(request, attempt, following, signed_in)


async def _sign_in(request: AnyRequest, typed: str, *, in_place: bool = False) -> SignedIn | Problem:
    code = code_of(typed)
    if not code:
        return Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING
    token, _ = _sign_in_cookie(request)
    return await actions.sign_in(token, code, _session(request), in_place=in_place, at=clock.now())


@post("/sign-in/code/again", opt=PUBLIC)
async def send_code_again(request: AnyRequest) -> Response[Any]:
    """Mail another code to the address of this attempt."""
    form = await request.form()
    following = pages.local_path(_text(form, "next"))
    attempt = await _attempt(request)
    if attempt is None or attempt.method != BY_CODE:
        return Redirect(f"/sign-in?next={quote(following)}", status_code=303)
    token = await actions.ask_for_another_code(attempt, at=clock.now())
    if isinstance(token, Problem):
        return _code_form(request, attempt, following, token)
    _, masked = _sign_in_cookie(request)
    return _waiting(Redirect(_code_page(BY_CODE, following), status_code=303), token, masked, masked=True)


@get("/sign-in/team", opt=PUBLIC)
async def ask_password(request: AnyRequest) -> Response[Any]:
    """The team's door."""
    return _already_in(request) or _page("accounts/sign_in_team.html", email="", problem=None, next=_next(request))


@post("/sign-in/team", opt=PUBLIC)
async def take_password(request: AnyRequest) -> Response[Any]:
    """Address and password lead to the second factor."""
    form = await request.form()
    email, password = _text(form, "email"), _text(form, "password")
    following = pages.local_path(_text(form, "next"))
    missing = _email_problem(email) or (None if password else Problem.PASSWORD_MISSING)
    token = missing or await actions.check_password(email, password[:1000], at=clock.now())
    if isinstance(token, Problem):
        return _page("accounts/sign_in_team.html", 422, email=email[:254], problem=_beside(token), next=following)
    return _waiting(Redirect(_code_page(BY_PASSWORD, following), status_code=303), token, email)


def _beside(problem: Problem) -> tuple[str, str]:
    """The field a message stands beside, and the message."""
    at_address = problem in {Problem.EMAIL_MISSING, Problem.EMAIL_WRONG}
    return "email" if at_address else "password", problem_words(problem)


@post("/sign-out", opt=PUBLIC)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End the session, here and in the database."""
    actor, session = request.scope["user"], _session(request)
    if isinstance(actor, Actor) and session is not None:
        await actions.close_session(actor, session.id, at=clock.now())
    reply: Response[Any] = Redirect("/sign-in", status_code=303)
    _set(reply, cookies.SESSION, "", seconds=0)
    return reply


@get("/sign-in/again", opt=PUBLIC)
async def offer_again(request: AnyRequest) -> Response[Any]:
    """A session ran out with a page open: how to go on in place, unless somebody else is signed in by now."""
    session = _session(request)
    if session is not None and session.live:
        token = request.headers.get("x-csrf-token", "")
        if pages.is_partial(request) and not await queries.made_for(session.account, token):
            return await _again(request, "other")
        return _signed_in_again(request, session.csrf_secret, _next(request))
    return await _again(request, "offer")


@post("/sign-in/again/code", opt=PUBLIC)
async def send_code_in_place(request: AnyRequest) -> Response[Any]:
    """Mail a code to whoever was signed in here."""
    session = _session(request)
    if session is None or session.role is not Role.PATIENT:
        return await _again(request, "offer")
    email = await queries.get_email(session.account)
    token = await actions.ask_for_code(email, again=True, at=clock.now())
    if isinstance(token, Problem):
        waits = token is Problem.TOO_SOON and await _waits_for(request, email)
        return await _again(request, "code" if waits else "offer", token)
    return _waiting(await _again(request, "code"), token, email)


@post("/sign-in/again/password", opt=PUBLIC)
async def take_password_in_place(request: AnyRequest) -> Response[Any]:
    """The team's first step, for whoever was signed in here."""
    session = _session(request)
    if session is None or session.role is Role.PATIENT:
        return await _again(request, "offer")
    password = _text(await request.form(), "password")
    if not password:
        return await _again(request, "offer", Problem.PASSWORD_MISSING)
    email = await queries.get_email(session.account)
    token = await actions.check_password(email, password[:1000], again=True, at=clock.now())
    if isinstance(token, Problem):
        return await _again(request, "offer", token)
    return _waiting(await _again(request, "code"), token, email)


@post("/sign-in/again", opt=PUBLIC)
async def take_code_in_place(request: AnyRequest) -> Response[Any]:
    """The same account only: the page behind the dialog is theirs."""
    session = _session(request)
    if session is None:
        return await _again(request, "offer")
    form = await request.form()
    signed_in = await _sign_in(request, _text(form, "code"), in_place=True)
    if isinstance(signed_in, Problem):
        ended = signed_in in {Problem.CODE_TOO_OLD, Problem.TOO_MANY_TRIES}
        return await _again(request, "offer" if ended else "code", signed_in)
    held = Held.from_text(_text(form, HELD))
    if held is not None and not pages.is_partial(request):
        return _with_session(_page("accounts/held.html", held=held), signed_in)
    following = pages.local_path(_text(form, "next"))
    return _with_session(_signed_in_again(request, signed_in.csrf_secret, following), signed_in)


async def _again(request: AnyRequest, step: str, problem: Problem | None = None) -> Response[Any]:
    """One step of the dialog, or of the page of its own, which takes along what was typed before."""
    posted = await request.form() if request.method == "POST" else {}
    following = pages.local_path(_text(posted, "next")) if posted else _next(request)
    held = Held.from_text(_text(posted, HELD))
    return await again_page(request, _session(request), step, problem=problem, following=following, held=held)


def _signed_in_again(request: AnyRequest, secret: bytes, following: str) -> Response[Any]:
    """Tell the page behind: it has a session again, and this is its new token."""
    if not pages.is_partial(request):
        return Redirect(following, status_code=303)
    reply: Response[Any] = pages.html("")
    reply.headers |= {"HX-Trigger": "signed-in", "X-CSRF-Token": csrf.token(secret)}
    return reply


@get("/membership", opt=OWN)
async def show_memberships(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The centres one may act in."""
    return await _memberships(request, actor)


@post("/membership", opt=OWN)
async def choose_membership(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Act in another centre from now on."""
    form = await request.form()
    held = await queries.list_memberships(actor.id, day_in(ZONE, clock.now()))
    chosen = next((place.id for place in held if str(place.id) == _text(form, "membership")), None)
    if chosen is None:
        return await _memberships(request, actor, missing=True)
    session = _session(request)
    if session is not None:
        await actions.choose_membership(actor, session.id, chosen, at=clock.now())
    return Redirect("/today", status_code=303)


async def _memberships(request: AnyRequest, actor: Actor, *, missing: bool = False) -> Response[Any]:
    held = await queries.list_memberships(actor.id, day_in(ZONE, clock.now()))
    options = [(str(place.id), f"{place.organisation_name} ({profession_words(place.profession)})") for place in held]
    session = _session(request)
    current = str(session.membership) if session else ""
    return _page("accounts/membership.html", 422 if missing else 200, options=options, current=current, missing=missing)


def _page(name: str, status: int = 200, **context: Any) -> Response[Any]:
    return pages.html(pages.render(name, **context), status)


def _code_form(request: AnyRequest, attempt: Attempt, following: str, problem: Problem | None = None) -> Response[Any]:
    _, masked = _sign_in_cookie(request)
    words = problem and problem_words(problem)
    status = 422 if problem else 200
    name = "accounts/code.html" if attempt.method == BY_CODE else "accounts/code_team.html"
    return _page(name, status, address=masked, sent_at=attempt.created_at, problem=words, next=following)


def _already_in(request: AnyRequest) -> Response[Any] | None:
    actor = request.scope["user"]
    if not isinstance(actor, Actor):
        return None
    following = _next(request)
    return Redirect(following if following != "/" else DOORS[actor.role], status_code=303)


def _code_page(method: str, following: str) -> str:
    return f"{CODE_PAGES[method]}?next={quote(following)}"


def _next(request: AnyRequest) -> str:
    return pages.local_path(request.query_params.get("next"))


def _session(request: AnyRequest) -> Session | None:
    """What this browser's session cookie stands for, also once it ran out."""
    found: Any = request.scope["session"]
    return found if isinstance(found, Session) else None


def _text(form: Any, name: str) -> str:
    """A field as text; empty when it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


async def _attempt(request: AnyRequest) -> Attempt | None:
    token, _ = _sign_in_cookie(request)
    return await queries.find_attempt(tokens.hash_of(token)) if token else None


def _sign_in_cookie(request: AnyRequest) -> tuple[str, str]:
    """The attempt's token, and the address as its owner sees it; the cookie holds no more of it."""
    value = request.cookies.get(cookies.named(cookies.SIGN_IN, settings().secure), "")
    token, _, masked = value.partition(".")
    return token, unquote(masked)


def _waiting(reply: Response[Any], token: str, email: str, *, masked: bool = False) -> Response[Any]:
    shown = email if masked else masked_email(normal_email(email))
    _set(reply, cookies.SIGN_IN, f"{token}.{quote(shown)}", seconds=2 * int(ATTEMPT_LASTS.total_seconds()))
    return reply


def _with_session(reply: Response[Any], signed_in: SignedIn) -> Response[Any]:
    _set(reply, cookies.SESSION, signed_in.token)
    _set(reply, cookies.SIGN_IN, "", seconds=0)
    return reply


def _set(reply: Response[Any], name: str, value: str, seconds: int | None = None) -> None:
    secure = settings().secure
    reply.set_cookie(
        cookies.named(name, secure),
        value,
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite="lax",
        path="/",
    )


HANDLERS: list[Any] = [
    ask_address,
    send_code,
    ask_code,
    take_code,
    send_code_again,
    ask_password,
    take_password,
    sign_out,
    offer_again,
    send_code_in_place,
    take_password_in_place,
    take_code_in_place,
    show_memberships,
    choose_membership,
]
