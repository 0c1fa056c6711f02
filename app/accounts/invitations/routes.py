"""The page behind the link of an invitation: who invites to which centre, and how to accept."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import PUBLIC, requires
from app.access.policy import TRAINED, Actor, Permission, Role
from app.accounts import passwords, queries, tokens
from app.accounts.actions.sessions import close_session
from app.accounts.doors import DOORS
from app.accounts.invitations import actions, wording
from app.accounts.invitations.forms import Fault, read_names
from app.accounts.invitations.model import Invitation
from app.accounts.invitations.queries import find_by_token
from app.accounts.judging import judged
from app.accounts.model import Kind
from app.accounts.problems import Problem
from app.accounts.professions import access_of
from app.accounts.routes.parts import AnyRequest, page, session_of, text_of, with_session
from app.accounts.wording import problem_words, profession_words
from app.lib import clock

FIELDS = ("given_name", "family_name")
OVER = 404


@get("/invitations/{token:str}", opt=PUBLIC)
async def show_invitation(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Opening it accepts nothing: programs that look into mails open links too."""
    found = await _usable(token)
    if found is None:
        return page("accounts/invitation_over.html", OVER)
    await actions.note_opened(found, at=clock.now())
    return await _page(request, token, found)


async def _usable(token: str) -> Invitation | None:
    found = await find_by_token(tokens.hash_of(token))
    return found if found is not None and found.holds(clock.now()) else None


async def _page(
    request: AnyRequest,
    token: str,
    found: Invitation,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    names = await queries.names_of([found.invited_by])
    return page(
        "accounts/invitation.html",
        422 if errors else 200,
        invitation=found,
        inviter=names.get(found.invited_by, ""),
        profession=profession_words(found.profession),
        access=wording.access_words(access_of(found.role, found.administers)),
        step=await _step(request, found),
        typed=typed or {"given_name": found.given_name, "family_name": found.family_name},
        errors=errors or {},
        address=f"/invitations/{token}",
    )


async def _step(request: AnyRequest, found: Invitation) -> str:
    """What stands between this visitor and the place; `accept`: the account of this address is signed in here."""
    owner = await queries.find_account_by_email(queries.email_hash(found.email))
    actor = request.scope["user"]
    if owner is not None and owner["kind"] != Kind.PROFESSIONAL:
        return "other_kind"
    if isinstance(actor, Actor):
        return "accept" if owner is not None and owner["id"] == actor.id else "sign_out"
    return "sign_in" if owner is not None else "new"


@post("/invitations/{token:str}", opt=PUBLIC)
async def take_names(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Somebody without an account: names and a password open one."""
    found = await _usable(token)
    if found is None:
        return page("accounts/invitation_over.html", OVER)
    if await _step(request, found) != "new":
        return await _page(request, token, found)
    form = await request.form()
    typed, password = {field: text_of(form, field) for field in FIELDS}, text_of(form, "password")
    given, family, faults = read_names(typed)
    errors = {field: wording.fault_words(fault) for field, fault in faults.items()}
    weak = passwords.misshapen(password)
    if weak is None and not errors:  # judged last: it costs the most
        weak = await judged(password, (given, family, found.email, found.organisation_name), at=clock.now())
    if weak is not None:
        errors["password"] = _password_words(weak)
    if errors:
        return await _page(request, token, found, typed=typed, errors=errors)
    names, former = (given, family), session_of(request)
    signed_in = await actions.accept_with_new_account(token, names, password, former, at=clock.now())
    return with_session(Redirect("/invitations/accepted", status_code=303), signed_in)


def _password_words(weak: Problem) -> str:
    missing = weak is Problem.PASSWORD_MISSING
    return wording.fault_words(Fault.PASSWORD_MISSING) if missing else problem_words(weak)


@post("/invitations/{token:str}/accept", opt=requires(Permission.PLACE_REQUEST))
async def accept_invitation(request: AnyRequest, actor: NamedDependency[Actor], token: FromPath[str]) -> Response[Any]:
    """Somebody with an account: the place is added to it."""
    found, session = await _usable(token), session_of(request)
    if found is None or session is None:
        return page("accounts/invitation_over.html", OVER)
    if await _step(request, found) != "accept":
        return await _page(request, token, found)
    await actions.accept_with_account(actor, session.id, token, at=clock.now())
    return Redirect("/invitations/accepted", status_code=303)


@post("/invitations/{token:str}/sign-out", opt=PUBLIC)
async def sign_out_here(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Somebody else is signed in in this browser: end that, and come back."""
    actor, session = request.scope["user"], session_of(request)
    if isinstance(actor, Actor) and session is not None:
        await close_session(actor, session.id, at=clock.now())
    return Redirect(f"/invitations/{token}", status_code=303)


@get("/invitations/accepted", opt=requires(Permission.PLACE_REQUEST))
async def show_accepted(actor: NamedDependency[Actor]) -> Response[Any]:
    """The place is there: what comes before the first patient."""
    if actor.role is Role.WAITING:
        raise NotFoundException
    return page(
        "accounts/invitation_accepted.html",
        course=actor.role in TRAINED and not actor.trained,
        factors=await queries.factors_of(actor.id),
        door=DOORS[actor.role],
    )


HANDLERS: list[Any] = [show_invitation, take_names, accept_invitation, sign_out_here, show_accepted]
