"""The button's address, the way back, and one's own page about the outside identity."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from app.access.guard import PUBLIC, requires
from app.access.policy import Actor, Permission, Role
from app.accounts import cookies, tokens
from app.accounts.doors import DOORS
from app.accounts.model import SignedIn
from app.accounts.oidc import actions, offered, queries
from app.accounts.oidc.model import BY_OIDC, WALK_LASTS, OidcProblem, Return, SecondStep
from app.accounts.oidc.wording import problem_words
from app.accounts.routes.parts import (
    AnyRequest,
    already_in,
    code_page,
    following_of,
    page,
    session_of,
    set_cookie,
    waiting_for_code,
    with_session,
)
from app.lib import clock, i18n, openid_provider, pages, throttle
from app.lib.openid import CALLBACK, NotVouchedFor, Unreachable, Vouched, needed
from app.lib.origin import origin
from app.settings import settings

OWN = requires(Permission.ACCOUNT_OWN)
OWN_AND_FRESH = requires(Permission.ACCOUNT_OWN, fresh=True)
COOKIE = "cohorte_oidc"
MINE = "/me/identity"
WALKS = throttle.Limit("oidc", 30, WALK_LASTS)
STATUS = {OidcProblem.UNREACHABLE: 503, OidcProblem.TOO_MANY: 429}

pages.ENV.globals["oidc_name"] = offered


def _only_if_offered() -> None:
    if not offered():
        raise NotFoundException


def _of_the_team(actor: Actor) -> None:
    """Patients have no such page."""
    _only_if_offered()
    if actor.role is Role.PATIENT:
        raise NotFoundException


@get("/sign-in/oidc", opt=PUBLIC)
async def go_there(request: AnyRequest) -> Response[Any]:
    """To the provider, to sign in."""
    _only_if_offered()
    inside = already_in(request)
    if inside is not None:
        return inside
    address, browser = await _way_there(following_of(request))
    if isinstance(address, OidcProblem):
        return _problem(address, mine=False)
    return _with_walk(Redirect(address, status_code=303), browser)


async def _way_there(following: str, actor: Actor | None = None) -> tuple[str | OidcProblem, str]:
    """The provider's page, and the name of this browser for the way back."""
    at = clock.now()
    if not await throttle.within(WALKS, origin.get().address, at):
        return OidcProblem.TOO_MANY, ""
    browser = tokens.new_token()
    walk = await actions.begin_walk(browser, following, account=actor.id if actor else None, at=at)
    try:
        return await openid_provider.where_to_go(walk, i18n.locale.get()), browser
    except Unreachable:
        return OidcProblem.UNREACHABLE, ""


def _with_walk(reply: Response[Any], browser: str) -> Response[Any]:
    set_cookie(reply, COOKIE, browser, seconds=int(WALK_LASTS.total_seconds()))
    return reply


def _problem(problem: OidcProblem, *, mine: bool) -> Response[Any]:
    title, words = problem_words(problem, offered())
    status = STATUS.get(problem, 403)
    return page("accounts/oidc_problem.html", status, title=title, words=words, back=MINE if mine else "/sign-in/team")


@get(CALLBACK, opt=PUBLIC)
async def come_back(request: AnyRequest) -> Response[Any]:
    """From the provider: the walk ends, whatever came of it."""
    _only_if_offered()
    browser = request.cookies.get(cookies.named(COOKIE, settings().secure), "")
    ended = await actions.end_walk(request.query_params.get("state", ""), browser, at=clock.now())
    if isinstance(ended, OidcProblem):
        return _problem(ended, mine=False)
    vouched = await _vouched(request, ended)
    if isinstance(vouched, OidcProblem):
        reply = _problem(vouched, mine=ended.account is not None)
    elif ended.account is not None:
        reply = await _linked(request, ended, vouched)
    else:
        reply = await _signed_in(request, ended, vouched)
    set_cookie(reply, COOKIE, "", seconds=0)
    return reply


async def _vouched(request: AnyRequest, ended: Return) -> Vouched | OidcProblem:
    code = request.query_params.get("code", "")
    if not code:
        return OidcProblem.REFUSED
    try:
        return await openid_provider.vouched_for(ended.walk, code)
    except Unreachable:
        return OidcProblem.UNREACHABLE
    except NotVouchedFor:
        return OidcProblem.NOT_VOUCHED_FOR


async def _signed_in(request: AnyRequest, ended: Return, vouched: Vouched) -> Response[Any]:
    found = await actions.sign_in(vouched, session_of(request), at=clock.now())
    if isinstance(found, SignedIn):
        door = ended.following if ended.following != "/" else DOORS[found.role]
        return with_session(Redirect(door, status_code=303), found)
    if isinstance(found, SecondStep):
        reply: Response[Any] = Redirect(code_page(BY_OIDC, ended.following), status_code=303)
        return waiting_for_code(reply, found.token, found.email)
    return _problem(found, mine=False)


async def _linked(request: AnyRequest, ended: Return, vouched: Vouched) -> Response[Any]:
    """Only in the session of whoever went there."""
    actor = request.scope["user"]
    if not isinstance(actor, Actor) or actor.id != ended.account:
        return _problem(OidcProblem.WALK_OVER, mine=False)
    problem = await actions.link_identity(actor.id, vouched, at=clock.now())
    return _problem(problem, mine=True) if problem else Redirect(f"{MINE}?done=linked", status_code=303)


@get(MINE, opt=OWN_AND_FRESH)
async def show_identity(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Whether an outside identity opens this account."""
    _of_the_team(actor)
    linked = await queries.linked_since(actor.id, needed().issuer)
    done = request.query_params.get("done", "")
    return page("accounts/identity.html", provider=offered(), linked=linked, done=done)


@post("/me/identity/link", opt=OWN_AND_FRESH)
async def link(actor: NamedDependency[Actor]) -> Response[Any]:
    """The way to the provider. A link and not a redirect: forms of this site lead to this site."""
    _of_the_team(actor)
    address, browser = await _way_there(MINE, actor)
    if isinstance(address, OidcProblem):
        return _problem(address, mine=True)
    return _with_walk(page("accounts/identity_going.html", provider=offered(), address=address), browser)


@post("/me/identity/unlink", opt=OWN_AND_FRESH)
async def unlink(actor: NamedDependency[Actor]) -> Response[Any]:
    """The outside identity opens this account no more."""
    _of_the_team(actor)
    await actions.unlink_identity(actor, needed().issuer, at=clock.now())
    return Redirect(f"{MINE}?done=unlinked", status_code=303)


HANDLERS: list[Any] = [go_there, come_back, show_identity, link, unlink]
