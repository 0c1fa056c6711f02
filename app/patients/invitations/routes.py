"""The page behind the link that a patient or somebody close was sent: a birth date first, then what it gives."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import PUBLIC
from app.access.policy import Actor
from app.accounts import cookies, queries, tokens
from app.accounts.actions.sessions import close_session
from app.accounts.invitations.forms import read_names
from app.accounts.invitations.wording import fault_words as name_fault_words
from app.accounts.model import Kind
from app.accounts.routes.parts import AnyRequest, page, session_of, set_cookie, text_of, with_session
from app.lib import clock
from app.lib.i18n import gettext as _
from app.patients.contacts import wording
from app.patients.contacts.model import Contact
from app.patients.contacts.queries import find_contact
from app.patients.invitations import actions
from app.patients.invitations.model import TRIES, Invitation
from app.patients.invitations.queries import find_by_token
from app.patients.invitations.wording import tries_words
from app.patients.model import Patient
from app.patients.queries import get_patient
from app.settings import settings

FIELDS = ("given_name", "family_name")
PARTS = ("born-day", "born-month", "born-year")
OVER = 404
COOKIE = "cohorte_invited"
DOOR = "/home"


@get("/invitation/{token:str}", opt=PUBLIC)
async def show_invitation(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Opening it accepts nothing and says nothing of the patient: the address may be mistyped."""
    found = await _usable(token)
    if found is None:
        return page("patients/invitation_over.html", OVER)
    await actions.note_opened(found, at=clock.now())
    return await _page(request, token, found)


async def _usable(token: str) -> Invitation | None:
    found = await find_by_token(tokens.hash_of(token))
    return found if found is not None and found.holds(clock.now()) else None


def _proof_of(request: AnyRequest) -> str:
    return request.cookies.get(cookies.named(COOKIE, settings().secure), "")


def _is_proven(request: AnyRequest, found: Invitation) -> bool:
    proof = _proof_of(request)
    return bool(proof) and found.proof_hash == tokens.hash_of(proof)


async def _page(
    request: AnyRequest,
    token: str,
    found: Invitation,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    """The birth date, or for a browser that knew it what is offered."""
    inviter = (await queries.names_of([found.invited_by])).get(found.invited_by, "")
    centre = (await queries.organisations_by_id([found.organisation]))[found.organisation]
    shown = {"invitation": found, "inviter": inviter, "centre": centre, "address": f"/invitation/{token}"}
    status = 422 if errors else 200
    if not _is_proven(request, found):
        return page("patients/invitation_birth.html", status, typed=typed or {}, errors=errors or {}, **shown)
    patient = await get_patient(found.patient)
    contact = await find_contact(found.relationship) if found.relationship else None
    return page(
        "patients/invitation.html",
        status,
        patient=patient,
        contact=contact,
        step=await _step(request, found),
        typed=typed or _known_names(patient, contact),
        errors=errors or {},
        w=wording,
        **shown,
    )


def _known_names(patient: Patient, contact: Contact | None) -> dict[str, str]:
    if contact is not None:
        return {"given_name": contact.known.given_name, "family_name": contact.known.family_name}
    first = patient.used_given_name or patient.given_names.replace(",", " ").partition(" ")[0]
    return {"given_name": first, "family_name": patient.family_name}


async def _step(request: AnyRequest, found: Invitation) -> str:
    """What stands between this visitor and what is offered; `accept`: the account of this address is signed in here."""
    owner = await queries.find_account_by_email(found.email_hash)
    actor = request.scope["user"]
    if owner is not None and owner["kind"] != Kind.PATIENT:
        return "other_kind"
    if isinstance(actor, Actor):
        return "accept" if owner is not None and owner["id"] == actor.id else "sign_out"
    return "sign_in" if owner is not None else "new"


@post("/invitation/{token:str}/birth-date", opt=PUBLIC)
async def take_birth_date(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Five tries; the right one opens the invitation in this browser, as often as it is looked at."""
    found = await _usable(token)
    if found is None:
        return page("patients/invitation_over.html", OVER)
    form = await request.form()
    typed = {part: text_of(form, part).strip()[:10] for part in PARTS}
    numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in typed.values()]
    if not all(numbers):
        return await _page(request, token, found, typed=typed, errors={"born": _("Enter the day, month and year")})
    day, month, year = numbers
    proof = await actions.prove(token, day, month, year, at=clock.now())
    if proof is None:
        left = TRIES - found.failures - 1
        if left <= 0:
            return page("patients/invitation_over.html", OVER)
        return await _page(request, token, found, typed=typed, errors={"born": tries_words(left)})
    reply = Redirect(f"/invitation/{token}", status_code=303)
    set_cookie(reply, COOKIE, proof)
    return reply


@post("/invitation/{token:str}", opt=PUBLIC)
async def take_names(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Somebody without an account: their names open one."""
    found = await _usable(token)
    if found is None:
        return page("patients/invitation_over.html", OVER)
    if not _is_proven(request, found) or await _step(request, found) != "new":
        return await _page(request, token, found)
    form = await request.form()
    typed = {field: text_of(form, field) for field in FIELDS}
    given, family, faults = read_names(typed)
    if faults:
        errors = {field: name_fault_words(fault) for field, fault in faults.items()}
        return await _page(request, token, found, typed=typed, errors=errors)
    proof, former = _proof_of(request), session_of(request)
    signed_in = await actions.accept_with_new_account(token, proof, (given, family), former, at=clock.now())
    return _without_proof(with_session(Redirect(DOOR, status_code=303), signed_in))


@post("/invitation/{token:str}/accept", opt=PUBLIC)
async def accept_invitation(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Somebody with an account, signed in: the patient is added to it."""
    found, actor = await _usable(token), request.scope["user"]
    if found is None:
        return page("patients/invitation_over.html", OVER)
    proven = _is_proven(request, found)
    if not proven or not isinstance(actor, Actor) or await _step(request, found) != "accept":
        return await _page(request, token, found)
    await actions.accept_with_account(actor, token, _proof_of(request), at=clock.now())
    return _without_proof(Redirect(DOOR, status_code=303))


def _without_proof(reply: Response[Any]) -> Response[Any]:
    set_cookie(reply, COOKIE, "", seconds=0)
    return reply


@post("/invitation/{token:str}/sign-out", opt=PUBLIC)
async def sign_out_here(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Somebody else is signed in in this browser: end that, and come back."""
    actor, session = request.scope["user"], session_of(request)
    if isinstance(actor, Actor) and session is not None:
        await close_session(actor, session.id, at=clock.now())
    return Redirect(f"/invitation/{token}", status_code=303)


HANDLERS: list[Any] = [show_invitation, take_birth_date, take_names, accept_invitation, sign_out_here]
