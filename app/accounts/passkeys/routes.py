"""Passkeys: adding and removing one's own, and signing in or confirming with one. Scripts speak JSON here."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, SerializationException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import PUBLIC, requires
from app.access.policy import Actor, Permission, Role
from app.accounts import cookies
from app.accounts import queries as accounts
from app.accounts.doors import DOORS
from app.accounts.model import Session, SignedIn
from app.accounts.passkeys import actions, queries
from app.accounts.passkeys.actions import Challenge
from app.accounts.passkeys.model import (
    CHALLENGE_LASTS,
    LONGEST_NAME,
    Owner,
    Purpose,
    Site,
    creation_options,
    request_options,
    tidy_name,
)
from app.accounts.problems import Problem
from app.accounts.routes.parts import (
    AnyRequest,
    already_in,
    following_of,
    note_taken_back,
    page,
    session_of,
    set_cookie,
    text_of,
    with_session,
)
from app.accounts.wording import problem_words
from app.lib import clock, pages
from app.settings import settings

FRESH = requires(Permission.ACCOUNT_OWN, fresh=True)
KEEP = requires(Permission.SESSION_KEEP)
OWN_PASSKEY = requires(Permission.ACCOUNT_OWN, "passkey", queries.passkey_scope, fresh=True)


# --- one's own --------------------------------------------------------------------------------------------------------


@get("/me/passkeys", opt=FRESH)
async def show_passkeys(actor: NamedDependency[Actor]) -> Response[Any]:
    """The passkeys one has."""
    return page("accounts/passkeys.html", passkeys=await queries.list_passkeys(actor.id))


@get("/me/passkeys/new", opt=FRESH)
async def offer_passkey(request: AnyRequest) -> Response[Any]:
    """Where a passkey is made."""
    return page("accounts/passkey_new.html", typed="", problem=None)


@post("/me/passkeys/new", opt=FRESH)
async def explain_passkey(request: AnyRequest) -> Response[Any]:
    """A browser without our script sent the form: only a script can make a passkey."""
    name = tidy_name(text_of(await request.form(), "name"))
    words = problem_words(_name_problem(name) or Problem.PASSKEY_SCRIPT)
    return page("accounts/passkey_new.html", 422, typed=name[:LONGEST_NAME], problem=words)


@post("/me/passkeys/options", opt=FRESH)
async def challenge_new(actor: NamedDependency[Actor]) -> Response[Any]:
    """What the browser needs to make a passkey."""
    challenge = await Challenge.new(Purpose.ADD, actor.id, at=clock.now())
    if challenge is None:
        return _problem(Problem.TOO_MANY_FAILURES)
    owner = Owner(actor.id, await accounts.get_email(actor.id), actor.name)
    known = await queries.credential_ids(actor.id)
    return _asking(challenge, creation_options(_site(), owner, challenge.bytes, known))


@post("/me/passkeys", opt=FRESH)
async def add_passkey(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the passkey that the browser has made."""
    sent = await _sent(request)
    name = tidy_name(str(sent.get("name", "")))
    problem = _name_problem(name) or await actions.add_passkey(
        actor, _token(request), sent.get("credential"), name, at=clock.now()
    )
    return _problem(problem) if problem else _done("/me/passkeys")


@get("/me/passkeys/{passkey:uuid}/remove", opt=OWN_PASSKEY)
async def confirm_removal(passkey: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Say which passkey goes and what remains."""
    held = await queries.list_passkeys(actor.id)
    chosen = next(one for one in held if one.id == passkey)
    factors = await accounts.factors_of(actor.id)
    return page("accounts/passkey_remove.html", passkey=chosen, others=len(held) - 1, factors=factors)


@post("/me/passkeys/{passkey:uuid}/remove", opt=OWN_PASSKEY)
async def remove_passkey(passkey: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """It opens nothing any more."""
    await actions.revoke_passkey(actor, passkey, at=clock.now())
    return Redirect("/me/passkeys", status_code=303)


def _name_problem(name: str) -> Problem | None:
    if not name:
        return Problem.PASSKEY_NAME_MISSING
    return Problem.PASSKEY_NAME_LONG if len(name) > LONGEST_NAME else None


# --- signing in -------------------------------------------------------------------------------------------------------


@get("/sign-in/passkey", opt=PUBLIC)
async def explain_sign_in(request: AnyRequest) -> Response[Any]:
    """What a passkey is; where a browser without our script comes, with the other ways."""
    return already_in(request) or page("accounts/passkey_sign_in.html", next=following_of(request))


@post("/sign-in/passkey/options", opt=PUBLIC)
async def challenge_sign_in() -> Response[Any]:
    """What the browser needs to sign in; the same for everybody."""
    challenge = Challenge.of_a_stranger(at=clock.now())
    return _asking(challenge, request_options(_site(), challenge.bytes))


@post("/sign-in/passkey", opt=PUBLIC)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """A right answer opens a session."""
    sent = await _sent(request)
    former = session_of(request)
    done = await actions.sign_in_by_passkey(_token(request), sent.get("credential"), former, at=clock.now())
    if not isinstance(done, SignedIn):
        return _problem(done)
    following = pages.local_path(str(sent.get("next", "")))
    return with_session(_done(following if following != "/" else DOORS[done.role]), done)


# --- confirming -------------------------------------------------------------------------------------------------------


@post("/step-up/passkey/options", opt=KEEP)
async def challenge_step_up(actor: NamedDependency[Actor]) -> Response[Any]:
    """What the browser needs to confirm."""
    challenge = await Challenge.new(Purpose.STEP_UP, actor.id, at=clock.now())
    if challenge is None:
        return _problem(Problem.TOO_MANY_FAILURES)
    return _asking(challenge, request_options(_site(), challenge.bytes))


@post("/step-up/passkey", opt=KEEP)
async def step_up(request: AnyRequest) -> Response[Any]:
    """A right answer freshens the session."""
    sent = await _sent(request)
    session = _session(request)
    token = await actions.confirm_by_passkey(session, _token(request), sent.get("credential"), at=clock.now())
    if isinstance(token, Problem):
        return _problem(token)
    reply = _done(pages.local_path(str(sent.get("next", ""))))
    set_cookie(reply, cookies.SESSION, token)
    if session.role is Role.TABLET:
        note_taken_back(request, reply, session)
    return reply


# --- what they share --------------------------------------------------------------------------------------------------


async def _sent(request: AnyRequest) -> dict[str, Any]:
    """What the script sent; empty if it is no JSON object."""
    try:
        sent = await request.json()
    except SerializationException:
        return {}
    return sent if isinstance(sent, dict) else {}


def _session(request: AnyRequest) -> Session:
    session = session_of(request)
    if session is None:
        raise NotAuthorizedException
    return session


def _site() -> Site:
    return Site.of(settings().base_url)


def _token(request: AnyRequest) -> str:
    return request.cookies.get(cookies.named(cookies.PASSKEY, settings().secure), "")


def _asking(challenge: Challenge, options: dict[str, Any]) -> Response[Any]:
    reply: Response[Any] = Response(options, media_type="application/json", status_code=200)
    set_cookie(reply, cookies.PASSKEY, challenge.token, seconds=int(CHALLENGE_LASTS.total_seconds()))
    return reply


def _done(following: str) -> Response[Any]:
    reply: Response[Any] = Response({"next": following}, media_type="application/json", status_code=200)
    set_cookie(reply, cookies.PASSKEY, "", seconds=0)
    return reply


def _problem(problem: Problem) -> Response[Any]:
    return Response({"problem": problem_words(problem)}, media_type="application/json", status_code=422)


HANDLERS: list[Any] = [
    show_passkeys,
    offer_passkey,
    explain_passkey,
    challenge_new,
    add_passkey,
    confirm_removal,
    remove_passkey,
    explain_sign_in,
    challenge_sign_in,
    sign_in,
    challenge_step_up,
    step_up,
]
