"""What several pages of accounts share: cookies, the attempt at hand, the page with a code. No handler."""

from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response
from litestar.response import Redirect

from app.access.policy import Actor
from app.accounts import cookies, queries, tokens
from app.accounts.actions import signing_in
from app.accounts.doors import DOORS
from app.accounts.model import (
    ATTEMPT_LASTS,
    BY_CODE,
    BY_PASSWORD,
    Attempt,
    Session,
    SignedIn,
    code_of,
    masked_email,
    normal_email,
)
from app.accounts.problems import Problem
from app.accounts.wording import problem_words
from app.lib import clock, pages
from app.settings import settings

AnyRequest = Request[Any, Any, Any]

CODE_PAGES = {BY_CODE: "/sign-in/code", BY_PASSWORD: "/sign-in/team/code"}


async def signed_in_with(request: AnyRequest, typed: str, *, in_place: bool = False) -> SignedIn | Problem:
    code = code_of(typed)
    if not code:
        return Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING
    token, _ = sign_in_cookie(request)
    return await signing_in.sign_in(token, code, session_of(request), in_place=in_place, at=clock.now())


async def waits_for(request: AnyRequest, email: str) -> bool:
    """Whether this browser already waits for a code sent to this address, as after a double click."""
    attempt = await attempt_of(request)
    return attempt is not None and attempt.email_hash == queries.email_hash(normal_email(email))


def page(name: str, status: int = 200, **context: Any) -> Response[Any]:
    return pages.html(pages.render(name, **context), status)


def code_form(request: AnyRequest, attempt: Attempt, following: str, problem: Problem | None = None) -> Response[Any]:
    _, masked = sign_in_cookie(request)
    words = problem and problem_words(problem)
    status = 422 if problem else 200
    name = "accounts/code.html" if attempt.method == BY_CODE else "accounts/code_team.html"
    return page(name, status, address=masked, sent_at=attempt.created_at, problem=words, next=following)


def already_in(request: AnyRequest) -> Response[Any] | None:
    actor = request.scope["user"]
    if not isinstance(actor, Actor):
        return None
    following = following_of(request)
    return Redirect(following if following != "/" else DOORS[actor.role], status_code=303)


def code_page(method: str, following: str) -> str:
    return f"{CODE_PAGES[method]}?next={quote(following)}"


def following_of(request: AnyRequest) -> str:
    return pages.local_path(request.query_params.get("next"))


def session_of(request: AnyRequest) -> Session | None:
    """What this browser's session cookie stands for, also once it ran out."""
    found: Any = request.scope["session"]
    return found if isinstance(found, Session) else None


def text_of(form: Any, name: str) -> str:
    """A field as text; empty when it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


async def attempt_of(request: AnyRequest) -> Attempt | None:
    token, _ = sign_in_cookie(request)
    return await queries.find_attempt(tokens.hash_of(token)) if token else None


def sign_in_cookie(request: AnyRequest) -> tuple[str, str]:
    """The attempt's token, and the address as its owner sees it; the cookie holds no more of it."""
    value = request.cookies.get(cookies.named(cookies.SIGN_IN, settings().secure), "")
    token, _, masked = value.partition(".")
    return token, unquote(masked)


def waiting_for_code(reply: Response[Any], token: str, email: str, *, masked: bool = False) -> Response[Any]:
    shown = email if masked else masked_email(normal_email(email))
    set_cookie(reply, cookies.SIGN_IN, f"{token}.{quote(shown)}", seconds=2 * int(ATTEMPT_LASTS.total_seconds()))
    return reply


def with_session(reply: Response[Any], signed_in: SignedIn) -> Response[Any]:
    set_cookie(reply, cookies.SESSION, signed_in.token)
    set_cookie(reply, cookies.SIGN_IN, "", seconds=0)
    return reply


def set_cookie(reply: Response[Any], name: str, value: str, seconds: int | None = None) -> None:
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
