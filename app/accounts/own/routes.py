"""The pages under /me that show an account and change names, password, language and sessions."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import PUBLIC, requires
from app.access.policy import Actor, Permission, Role
from app.accounts import cookies, tokens
from app.accounts.actions import sessions
from app.accounts.own import actions, queries, wording
from app.accounts.own.model import Fault, Names
from app.accounts.problems import Problem
from app.accounts.routes.parts import AnyRequest, page, session_of, set_cookie, text_of
from app.accounts.wording import problem_words, profession_words
from app.channels import sms_available
from app.lib import clock, i18n
from app.settings import settings

OWN = requires(Permission.ACCOUNT_OWN)
FRESH = requires(Permission.ACCOUNT_OWN, fresh=True)
OWN_SESSION = requires(Permission.ACCOUNT_OWN, "session_id", queries.scope_of_session)
A_YEAR = 365 * 24 * 3600


@get("/me", opt=OWN)
async def show_account(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    """Who one is here, how one signs in, where one is written to."""
    at = clock.now()
    profile = await queries.get_profile(actor.id, at)
    places = await queries.list_places(actor.id, clock.day_in(i18n.ZONE, at))
    return page(
        "accounts/me.html",
        profile=profile,
        places=places,
        done=wording.done_words(done),
        identity=settings().openid is not None,
        texts=sms_available(),
        w=wording,
        profession=profession_words,
    )


@get("/me/names", opt=FRESH)
async def ask_names(actor: NamedDependency[Actor]) -> Response[Any]:
    """The names as they stand."""
    profile = await queries.get_profile(actor.id, clock.now())
    return _names_form(Names(profile.given_name, profile.family_name), {})


@post("/me/names", opt=FRESH)
async def take_names(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Correct one's names."""
    form = await request.form()
    names = Names.of(text_of(form, "given_name"), text_of(form, "family_name"))
    faults = names.faults()
    if faults:
        return _names_form(names, faults)
    await actions.change_names(actor, names, at=clock.now())
    return Redirect("/me?done=names", status_code=303)


def _names_form(names: Names, faults: dict[str, Fault]) -> Response[Any]:
    errors = {field: wording.fault_words(fault) for field, fault in faults.items()}
    return page("accounts/me_names.html", 422 if errors else 200, names=names, errors=errors)


@get("/me/password", opt=FRESH)
async def ask_new_password(actor: NamedDependency[Actor]) -> Response[Any]:
    """For the team; patients have no password."""
    return await _password_form(actor, {})


@post("/me/password", opt=FRESH)
async def take_new_password(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Choose a new password."""
    form = await request.form()
    current, new = text_of(form, "current_password")[:1000], text_of(form, "password")[:1000]
    errors = await _change_password(request, actor, current, new)
    return await _password_form(actor, errors) if errors else Redirect("/me?done=password", status_code=303)


async def _change_password(request: AnyRequest, actor: Actor, current: str, new: str) -> dict[str, str]:
    session = session_of(request)
    if actor.role is Role.PATIENT or session is None:
        raise NotFoundException
    if not current and await queries.password_hash_of(actor.id) is not None:
        return {"current_password": wording.fault_words(Fault.CURRENT_MISSING)}
    if not new:
        return {"password": wording.fault_words(Fault.NEW_MISSING)}
    problem = await actions.change_password(actor, session.id, current, new, at=clock.now())
    if problem is None:
        return {}
    if isinstance(problem, Problem):
        return {"password": problem_words(problem)}
    field = "current_password" if problem in {Fault.CURRENT_WRONG, Fault.TOO_MANY_TRIES} else "password"
    return {field: wording.fault_words(problem)}


async def _password_form(actor: Actor, errors: dict[str, str]) -> Response[Any]:
    if actor.role is Role.PATIENT:
        raise NotFoundException
    profile = await queries.get_profile(actor.id, clock.now())
    return page("accounts/me_password.html", 422 if errors else 200, profile=profile, errors=errors)


@get("/me/language", opt=OWN)
async def ask_language(actor: NamedDependency[Actor]) -> Response[Any]:
    """The language of pages and letters."""
    profile = await queries.get_profile(actor.id, clock.now())
    return page("accounts/me_language.html", languages=_languages(), chosen=profile.language, problem=None)


@post("/me/language", opt=OWN)
async def take_language(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Be spoken and written to in this language."""
    code = text_of(await request.form(), "language")
    if code not in i18n.LOCALES:
        problem = i18n.gettext("Choose a language")
        return page("accounts/me_language.html", 422, languages=_languages(), chosen=None, problem=problem)
    await sessions.choose_language(actor, code, at=clock.now())
    reply: Response[Any] = Redirect("/me?done=language", status_code=303)
    line = cookies.written(cookies.LANGUAGE, code, secure=settings().secure, seconds=A_YEAR)
    reply.headers["Set-Cookie"] = line
    return reply


def _languages() -> list[tuple[str, str]]:
    return [(code, wording.language_words(code)) for code in i18n.LOCALES]


@get("/me/sessions", opt=OWN)
async def show_sessions(
    request: AnyRequest, actor: NamedDependency[Actor], closed: FromQuery[int | None] = None
) -> Response[Any]:
    """Where one is signed in."""
    session = session_of(request)
    found = await queries.list_sessions(actor.id, session.id if session else None, clock.now())
    return page("accounts/sessions.html", sessions=found, closed=closed, w=wording)


@post("/me/sessions/others/close", opt=OWN)
async def close_others(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign out everywhere but here."""
    session = session_of(request)
    if session is None:
        raise NotFoundException
    closed = await actions.close_other_sessions(actor, session.id, at=clock.now())
    return Redirect(f"/me/sessions?closed={closed}", status_code=303)


@post("/me/sessions/{session_id:uuid}/close", opt=OWN_SESSION)
async def close_one(request: AnyRequest, session_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign out in one browser; in this one it is signing out."""
    await sessions.close_session(actor, session_id, at=clock.now())
    session = session_of(request)
    if session is not None and session.id != session_id:
        return Redirect("/me/sessions?closed=1", status_code=303)
    reply: Response[Any] = Redirect("/sign-in", status_code=303)
    set_cookie(reply, cookies.SESSION, "", seconds=0)
    return reply


@get("/session/left", opt=PUBLIC)
async def tell_time_left(request: AnyRequest) -> Response[dict[str, int]]:
    """For a page that stands open: how long its session lasts. Asking is no visit and prolongs nothing."""
    return await _time_left(request)


@post("/session", opt=requires(Permission.SESSION_KEEP))
async def stay_signed_in(request: AnyRequest) -> Response[dict[str, int]]:
    """Somebody is still there; like any other visit this prolongs the session."""
    return await _time_left(request)


async def _time_left(request: AnyRequest) -> Response[dict[str, int]]:
    token = request.cookies.get(cookies.named(cookies.SESSION, settings().secure), "")
    left, last = await queries.time_left(tokens.hash_of(token), clock.now()) if token else (0, False)
    return Response({"left": left, "last": int(last)}, headers={"Cache-Control": "no-store"}, status_code=200)


HANDLERS: list[Any] = [
    show_account,
    ask_names,
    take_names,
    ask_new_password,
    take_new_password,
    ask_language,
    take_language,
    show_sessions,
    close_others,
    close_one,
    tell_time_left,
    stay_signed_in,
]
