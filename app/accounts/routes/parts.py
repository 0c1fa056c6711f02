"""What several pages of accounts share: cookies, the attempt at hand, the page with a code. No handler."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from litestar import Request, Response
from litestar.response import Redirect

from app.access.policy import Actor
from app.accounts import cookies, languages, queries, tokens
from app.accounts.actions import signing_in
from app.accounts.doors import DOORS
from app.accounts.model import (
    ATTEMPT_LASTS,
    BETWEEN_CODES,
    BY_CODE,
    Attempt,
    Session,
    SignedIn,
    Way,
    code_of,
    masked_email,
    normal_email,
)
from app.accounts.problems import Problem
from app.accounts.recovery.model import recovery_code_of
from app.accounts.wording import DeliveryWords, delivery_words, problem_words
from app.channels import sms_available
from app.channels.queries import last_delivery
from app.lib import clock, i18n, pages
from app.settings import settings

AnyRequest = Request[Any, Any, Any]

PATIENTS_CODE, TEAMS_CODE = "/sign-in/code", "/sign-in/team/code"


async def signed_in_with(
    request: AnyRequest, typed: str, *, in_place: bool = False, on_paper: bool = False
) -> SignedIn | Problem:
    """A session for whoever typed the right code, or the right one of those on paper."""
    missing = _unlike_a_code(typed, on_paper)
    if missing is not None:
        return missing
    token, _ = sign_in_cookie(request)
    attempt = await queries.find_attempt(tokens.hash_of(token))
    browser = known_browser(request, attempt.email_hash) if attempt else ""
    former = session_of(request)
    how = {"in_place": in_place, "on_paper": on_paper}
    return await signing_in.sign_in(token, typed, former, browser=browser, at=clock.now(), **how)


def _unlike_a_code(typed: str, on_paper: bool) -> Problem | None:
    """What cannot be a code costs no try."""
    if on_paper:
        wrong, missing, is_code = Problem.RECOVERY_CODE_WRONG, Problem.RECOVERY_CODE_MISSING, recovery_code_of(typed)
    else:
        wrong, missing, is_code = Problem.CODE_WRONG, Problem.CODE_MISSING, code_of(typed)
    return None if is_code else wrong if typed.strip() else missing


def known_browser(request: AnyRequest, address: bytes) -> str:
    """The name of this browser, if this address signed in here before."""
    mark = request.cookies.get(cookies.named(cookies.KNOWN, settings().secure), "")
    return tokens.name_in(mark, address, settings().secret_key)


def browser_of(request: AnyRequest, email: str) -> str:
    return known_browser(request, queries.email_hash(normal_email(email)))


async def waits_for(request: AnyRequest, email: str) -> bool:
    """Whether this browser already waits for a code sent to this address, as after a double click."""
    attempt = await attempt_of(request)
    return attempt is not None and attempt.email_hash == queries.email_hash(normal_email(email))


def page(name: str, status: int = 200, **context: Any) -> Response[Any]:
    return pages.html(pages.render(name, **context), status)


async def code_form(
    request: AnyRequest, attempt: Attempt, following: str, problem: Problem | None = None
) -> Response[Any]:
    """Where the code is typed. What the account has is shown after a right password only."""
    _, masked = sign_in_cookie(request)
    at_patients_door = attempt.method == BY_CODE or attempt.account is None
    # When a code was really sent, only the owner of the account may learn.
    asked_at = attempt.created_at if at_patients_door else attempt.asked_at
    shown = {"address": masked, "asked_at": asked_at, "next": following, "sms": sms_available()}
    shown |= {"way": str(attempt.channel), "problem": problem and problem_words(problem), "wait": _wait(asked_at)}
    status = 422 if problem else 200
    if at_patients_door or attempt.account is None:
        return page("accounts/code.html", status, **shown)
    factors, delivery = await queries.factors_of(attempt.account), await _delivery(attempt)
    return page("accounts/code_team.html", status, factors=factors, delivery=delivery, **shown)


async def _delivery(attempt: Attempt) -> DeliveryWords | None:
    """What became of the code that was sent; told after a right password only."""
    found = await last_delivery(attempt.id) if attempt.channel is not Way.NONE else None
    return delivery_words(found.state) if found else None


def _wait(asked_at: datetime) -> int:
    """How many seconds until another code may be asked for."""
    return max(0, int((asked_at + BETWEEN_CODES - clock.now()).total_seconds()))


def already_in(request: AnyRequest) -> Response[Any] | None:
    actor = request.scope["user"]
    if not isinstance(actor, Actor):
        return None
    following = following_of(request)
    return Redirect(following if following != "/" else DOORS[actor.role], status_code=303)


def code_page(method: str, following: str) -> str:
    return f"{PATIENTS_CODE if method == BY_CODE else TEAMS_CODE}?next={quote(following)}"


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
    set_cookie(reply, cookies.KNOWN, tokens.mark_for(signed_in.address, settings().secret_key), seconds=cookies.YEAR)
    return reply


def note_lent(reply: Response[Any], handover: UUID) -> None:
    """A tablet is lent: in which language it was, and, since a cookie changes, no page that the browser kept."""
    set_cookie(reply, cookies.TABLET, f"{handover.hex}.{i18n.locale.get()}")


def note_taken_back(request: AnyRequest, reply: Response[Any], session: Session) -> None:
    """It came back: its owner's language again, whichever was spoken meanwhile, and none of the pages of before."""
    noted = request.cookies.get(cookies.named(cookies.TABLET, settings().secure), "").rpartition(".")[2]
    set_cookie(reply, cookies.LANGUAGE, languages.chosen(noted, session.language, ""), seconds=cookies.YEAR)
    set_cookie(reply, cookies.TABLET, "", seconds=0)


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
