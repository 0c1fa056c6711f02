"""The pages on which somebody opens an account by themselves."""

from typing import Any
from urllib.parse import quote, unquote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.access.guard import PUBLIC, requires
from app.access.policy import Actor, Permission
from app.accounts import cookies, tokens
from app.accounts.doors import DOORS
from app.accounts.judging import judged
from app.accounts.model import Kind, SignedIn, code_of, masked_email, normal_email
from app.accounts.organisations.queries import list_open
from app.accounts.problems import Problem
from app.accounts.professions import PROFESSIONS
from app.accounts.routes.parts import AnyRequest, already_in, page, session_of, set_cookie, text_of, with_session
from app.accounts.sign_up import actions, proof
from app.accounts.sign_up.forms import Typed, blank, read_patient, read_professional
from app.accounts.sign_up.model import SIGN_UP_LASTS, UNLISTED
from app.accounts.sign_up.problems import Fault
from app.accounts.sign_up.queries import phone_to_confirm
from app.accounts.sign_up.wording import fault_words, widget_words
from app.accounts.wording import problem_words, profession_words
from app.channels.phones import masked_phone
from app.lib import clock, i18n, pages
from app.lib.clock import day_in
from app.lib.origin import origin
from app.lib.throttle import within
from app.settings import settings

COOKIE = "cohorte_sign_up"
BAIT = "website"
"""A field nobody sees. Programs fill it in."""
OWN = requires(Permission.ACCOUNT_OWN)
LONGEST_PASSWORD = 1000


@get("/sign-up", opt=PUBLIC)
async def choose_kind(request: AnyRequest) -> Response[Any]:
    """As whom: what each needs, and what comes of it."""
    return already_in(request) or page("accounts/sign_up.html")


@get("/sign-up/challenge", opt=PUBLIC)
async def give_challenge() -> Response[Any]:
    """Something for the browser to work on while the form is filled in."""
    at = clock.now()
    if not await within(actions.CHALLENGES, origin.get().address, at):
        return Response({}, status_code=429)
    return Response(proof.new_challenge(at))


@get("/sign-up/patient", opt=PUBLIC)
async def ask_patient(request: AnyRequest) -> Response[Any]:
    """A patient's form, or a relative's."""
    return already_in(request) or _patient_form(blank(), proof.stamp(clock.now()))


@post("/sign-up/patient", opt=PUBLIC)
async def take_patient(request: AnyRequest) -> Response[Any]:
    """What a patient typed."""
    form = await request.form()
    typed = read_patient(form, day_in(i18n.ZONE, clock.now()))
    reply = await _taken(form, Kind.PATIENT, typed)
    return reply or _patient_form(typed, _stamp_of(form, typed))


def _patient_form(typed: Typed, stamp: str) -> Response[Any]:
    words = {name: fault_words(fault) for name, fault in typed.faults.items()}
    sexes = (("female", i18n.gettext("Female")), ("male", i18n.gettext("Male")), ("unknown", i18n.gettext("Other")))
    return page(
        "accounts/sign_up_patient.html",
        422 if words else 200,
        values=typed.values,
        problems=words,
        hint=typed.hint,
        sexes=sexes,
        stamp=stamp,
        strings=widget_words(),
    )


@get("/sign-up/professional", opt=PUBLIC)
async def ask_professional(request: AnyRequest) -> Response[Any]:
    """The form of somebody who works in a centre."""
    return already_in(request) or await _professional_form(blank(), proof.stamp(clock.now()))


@post("/sign-up/professional", opt=PUBLIC)
async def take_professional(request: AnyRequest) -> Response[Any]:
    """What a professional typed."""
    form = await request.form()
    password = text_of(form, "password")[:LONGEST_PASSWORD]
    centres = {str(one.id) for one in await list_open()}
    typed = read_professional(form, centres, password)
    reply = await _taken(form, Kind.PROFESSIONAL, typed, password)
    return reply or await _professional_form(typed, _stamp_of(form, typed))


async def _professional_form(typed: Typed, stamp: str) -> Response[Any]:
    words = {name: fault_words(fault) for name, fault in typed.faults.items()}
    centres = [(str(one.id), f"{one.name} ({one.city})") for one in await list_open()]
    return page(
        "accounts/sign_up_professional.html",
        422 if words else 200,
        values=typed.values,
        problems=words,
        professions=[(one, profession_words(one)) for one in PROFESSIONS],
        centres=[*centres, (UNLISTED, i18n.gettext("My centre is not in the list"))],
        stamp=stamp,
        strings=widget_words(),
    )


async def _taken(form: Any, kind: Kind, typed: Typed, password: str = "") -> Response[Any] | None:
    """On to the code when everything is right; else None, and what is wrong stands in `typed`."""
    if text_of(form, BAIT):
        return _on_to_code(tokens.new_token(), normal_email(typed.values["email"]))
    if typed.identity is None or typed.hint:
        return None
    at, payload = clock.now(), text_of(form, "altcha")
    work = proof.solved(payload) if payload else None
    fault = Fault.PROOF_WRONG if payload and work is None else None
    fault = fault or proof.haste(text_of(form, "stamp"), work is not None, at)
    # Last, as it costs the most; a weak one uses neither the solution nor a sign-up of the network up.
    weak = await judged(password, typed.identity.known_by_others(), at=at) if password and fault is None else None
    if weak is not None:
        typed.faults["password"] = weak
        return None
    language = i18n.locale.get()
    token = fault or await actions.start_sign_up(kind, typed.identity, password, language, proof=work, at=at)
    if isinstance(token, Fault):
        typed.faults["proof"] = token
        return None
    return _on_to_code(token, typed.identity.email)


def _stamp_of(form: Any, typed: Typed) -> str:
    """The form goes on with its age, unless that was what was wrong with it."""
    fresh = typed.faults.get("proof") is Fault.OPEN_TOO_LONG
    return proof.stamp(clock.now()) if fresh else text_of(form, "stamp")


def _on_to_code(token: str, email: str) -> Response[Any]:
    reply: Response[Any] = Redirect("/sign-up/code", status_code=303)
    set_cookie(reply, COOKIE, f"{token}.{quote(masked_email(email))}", seconds=int(SIGN_UP_LASTS.total_seconds()))
    return reply


def _cookie(request: AnyRequest) -> tuple[str, str]:
    """The sign-up's token, and the address as its owner sees it."""
    token, _, masked = request.cookies.get(cookies.named(COOKIE, settings().secure), "").partition(".")
    return token, unquote(masked)


@get("/sign-up/code", opt=PUBLIC)
async def ask_code(request: AnyRequest) -> Response[Any]:
    """Where the mailed code is typed."""
    token, _ = _cookie(request)
    return already_in(request) or (_code_form(request) if token else Redirect("/sign-up", status_code=303))


@post("/sign-up/code", opt=PUBLIC)
async def take_code(request: AnyRequest) -> Response[Any]:
    """The right code opens the account, and a session."""
    token, _ = _cookie(request)
    typed = text_of(await request.form(), "code")
    code, at = code_of(typed), clock.now()
    if not code:
        return _code_form(request, Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING)
    done = await actions.confirm_address(token, code, session_of(request), at=at)
    if not isinstance(done, SignedIn):
        return _code_form(request, done)
    door = DOORS[done.role]
    if await _phone_waits(done.account):
        await actions.ask_for_text(done.account, at=at)
        door = "/sign-up/phone"
    reply = with_session(Redirect(door, status_code=303), done)
    set_cookie(reply, COOKIE, "", seconds=0)
    return reply


@post("/sign-up/code/again", opt=PUBLIC)
async def send_code_again(request: AnyRequest) -> Response[Any]:
    """Mail another code."""
    token, _ = _cookie(request)
    problem = await actions.ask_for_another_code(token, at=clock.now())
    return _code_form(request, problem) if problem else Redirect("/sign-up/code?sent=1", status_code=303)


def _code_form(request: AnyRequest, problem: Problem | None = None) -> Response[Any]:
    _, masked = _cookie(request)
    words = problem and problem_words(problem)
    again = request.query_params.get("sent") == "1"
    return page("accounts/sign_up_code.html", 422 if problem else 200, address=masked, problem=words, again=again)


async def _phone_waits(account: Any) -> str:
    """The mobile number that a text message may confirm, if any can be sent."""
    phone = await phone_to_confirm(account, clock.now())
    return phone if actions.is_reachable(phone) else ""


@get("/sign-up/phone", opt=OWN)
async def ask_phone_code(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where the code of the text message is typed, or left for another day."""
    return await _phone_form(request, actor)


@post("/sign-up/phone", opt=OWN)
async def take_phone_code(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The right code confirms the telephone."""
    typed = text_of(await request.form(), "code")
    code = code_of(typed)
    if not code:
        return await _phone_form(request, actor, Problem.CODE_WRONG if typed.strip() else Problem.CODE_MISSING)
    problem = await actions.confirm_phone(actor.id, code, at=clock.now())
    return await _phone_form(request, actor, problem) if problem else pages.go(request, DOORS[actor.role])


@post("/sign-up/phone/again", opt=OWN)
async def send_text_again(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Send another text message."""
    problem = await actions.ask_for_text(actor.id, at=clock.now())
    return await _phone_form(request, actor, problem) if problem else Redirect("/sign-up/phone?sent=1", status_code=303)


async def _phone_form(request: AnyRequest, actor: Actor, problem: Problem | None = None) -> Response[Any]:
    phone = await _phone_waits(actor.id)
    if not phone:
        return Redirect(DOORS[actor.role], status_code=303)
    words = problem and problem_words(problem)
    again = request.query_params.get("sent") == "1"
    context = {"phone": masked_phone(phone), "problem": words, "again": again, "door": DOORS[actor.role]}
    return page("accounts/sign_up_phone.html", 422 if problem else 200, **context)


HANDLERS: list[Any] = [
    choose_kind,
    give_challenge,
    ask_patient,
    take_patient,
    ask_professional,
    take_professional,
    ask_code,
    take_code,
    send_code_again,
    ask_phone_code,
    take_phone_code,
    send_text_again,
]
