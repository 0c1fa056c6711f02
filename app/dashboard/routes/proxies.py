"""Inviting a patient or somebody close, and what somebody close may do for the patient."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.access.rights import USUAL_RIGHTS
from app.accounts.proxies import actions as proxies
from app.accounts.proxies.model import BY_TEAM, Beyond, Ended, Link, Terms
from app.accounts.proxies.queries import find_link, is_of_age, scope_of_link
from app.accounts.proxies.wording import ended_words
from app.accounts.queries import names_of
from app.dashboard.routes.contacts import contact_of, whole
from app.dashboard.routes.parts import AnyRequest, words
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.contacts import wording as contact_wording
from app.patients.contacts.forms import Fault as ContactFault
from app.patients.contacts.model import Contact
from app.patients.contacts.queries import scope_of_contact
from app.patients.invitations import actions, wording
from app.patients.invitations.forms import read_address, read_terms, rights_for
from app.patients.invitations.model import NewInvitation
from app.patients.invitations.queries import scope_of_invitation
from app.patients.invitations.wording import Fault
from app.patients.queries import get_patient, scope_of_patient

INVITE = requires(Permission.PATIENT_INVITE, "patient_id", scope_of_patient)
INVITE_CONTACT = requires(Permission.PATIENT_INVITE, "contact_id", scope_of_contact)
OF_INVITATION = requires(Permission.PATIENT_INVITE, "patient_invitation_id", scope_of_invitation)
OF_LINK = requires(Permission.CONTACT_EDIT, "link_id", scope_of_link)
FIELDS = ("email", "language", "beyond", "beyond_on", "revision")


class Typed(dict[str, str]):
    """The fields of a form as they were sent; `rights` holds the ticked boxes."""

    rights: list[str]


async def _typed(request: AnyRequest) -> Typed:
    form = await request.form()
    found = Typed({name: text if isinstance(text := form.get(name, ""), str) else "" for name in FIELDS})
    found.rights = [str(value) for value in form.getall("rights", [])]
    return found


def _first(email: str, language: str) -> Typed:
    found = Typed(dict.fromkeys(FIELDS, "") | {"email": email, "language": language})
    found.rights = sorted(USUAL_RIGHTS)
    return found


async def _form(
    patient_id: UUID,
    typed: Typed,
    faults: dict[str, Fault] | None = None,
    *,
    contact: Contact | None = None,
) -> Response[Any]:
    of_age = await is_of_age(patient_id, clock.day_in(i18n.ZONE, clock.now()))
    return whole(
        "dashboard/contact_invite",
        status=422 if faults else 200,
        patient=await get_patient(patient_id),
        contact=contact,
        typed=typed,
        of_age=of_age,
        errors={field: wording.fault_words(fault) for field, fault in (faults or {}).items()},
        cw=contact_wording,
        rights=rights_for(of_age=of_age),
        beyond=[one for one in Beyond if one],
        **words(),
    )


@get("/patients/{patient_id:uuid}/invite", opt=INVITE)
async def show_own_invitation(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]
) -> Response[Any]:
    """The patient's own invitation, to the address of the record if there is one."""
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    patient = await get_patient(patient_id)
    return await _form(patient_id, _first(patient.email, patient.language))


@post("/patients/{patient_id:uuid}/invite", opt=INVITE)
async def invite_patient(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]
) -> Response[Any]:
    typed = await _typed(request)
    email, language, faults = read_address(typed)
    if not faults:
        faults = await _invite(actor, NewInvitation(patient=patient_id, email=email, language=language))
    if faults:
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        return await _form(patient_id, typed, faults)
    return pages.go(request, f"/patients/{patient_id}/contacts?done=invited")


async def _invite(actor: Actor, new: NewInvitation) -> dict[str, Fault]:
    """What keeps an address from being invited is said beside it."""
    try:
        await actions.invite(actor, new, at=clock.now())
    except Refused as refused:
        if refused.code not in set(Fault):
            raise
        return {"email": Fault(refused.code)}
    return {}


@get("/patients/{patient_id:uuid}/contacts/{contact_id:uuid}/invite", opt=INVITE_CONTACT)
async def show_invitation(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    """Somebody close, to answer for the patient, with the rights that are chosen here."""
    contact = await contact_of(patient_id, contact_id)
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    typed = _first(contact.known.email, contact.known.language)
    return await _form(patient_id, typed, contact=contact)


@post("/patients/{patient_id:uuid}/contacts/{contact_id:uuid}/invite", opt=INVITE_CONTACT)
async def invite_contact(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    contact, typed = await contact_of(patient_id, contact_id), await _typed(request)
    if not contact.holds:
        raise Refused("contact.ended")
    today = clock.day_in(i18n.ZONE, clock.now())
    email, language, faults = read_address(typed)
    terms, more = read_terms(typed.rights, typed, of_age=await is_of_age(patient_id, today), today=today)
    faults |= more
    if not faults:
        under = contact.written_under
        new = NewInvitation(patient=under, email=email, language=language, contact=contact_id, terms=terms)
        faults = await _invite(actor, new)
    if faults:
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        return await _form(patient_id, typed, faults, contact=contact)
    return pages.go(request, f"/patients/{patient_id}/contacts?done=invited")


@post("/patients/{patient_id:uuid}/invitations/{patient_invitation_id:uuid}/again", opt=OF_INVITATION)
async def send_again(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    patient_invitation_id: FromPath[UUID],
) -> Response[Any]:
    await actions.send_again(actor, patient_invitation_id, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/contacts?done=again")


@post("/patients/{patient_id:uuid}/invitations/{patient_invitation_id:uuid}/withdraw", opt=OF_INVITATION)
async def withdraw(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    patient_invitation_id: FromPath[UUID],
) -> Response[Any]:
    await actions.withdraw(actor, patient_invitation_id, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/contacts?done=withdrawn")


async def _link_of(patient: UUID, link_id: UUID) -> Link:
    """Somebody close who answers for this very patient."""
    found = await find_link(link_id, clock.day_in(i18n.ZONE, clock.now()))
    if found is None or found.patient != patient or found.is_self:
        raise NotFoundException
    return found


@get("/patients/{patient_id:uuid}/proxies/{link_id:uuid}", opt=OF_LINK)
async def show_rights(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Response[Any]:
    """What somebody may do, and on what ground once the patient is of age."""
    link = await _link_of(patient_id, link_id)
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    return await _rights_form(link, _typed_of(link))


def _typed_of(link: Link) -> Typed:
    found = Typed(
        email="",
        language="",
        beyond=link.beyond,
        beyond_on=link.beyond_on.isoformat() if link.beyond_on else "",
        revision=str(link.revision),
    )
    found.rights = sorted(link.rights)
    return found


async def _rights_form(
    link: Link,
    typed: Typed,
    faults: dict[str, Fault] | None = None,
    *,
    theirs: Link | None = None,
) -> Response[Any]:
    today = clock.day_in(i18n.ZONE, clock.now())
    of_age = await is_of_age(link.patient, today)
    return whole(
        "dashboard/contact_rights",
        status=409 if theirs else 422 if faults else 200,
        patient=await get_patient(link.patient),
        link=link,
        theirs=theirs,
        name=(await names_of([link.account])).get(link.account, "–"),
        typed=typed,
        of_age=of_age,
        holds=link.holds(today),
        errors={field: wording.fault_words(fault) for field, fault in (faults or {}).items()},
        cw=contact_wording,
        rights=rights_for(of_age=of_age),
        beyond=[one for one in Beyond if one],
        **words(),
    )


@post("/patients/{patient_id:uuid}/proxies/{link_id:uuid}", opt=OF_LINK)
async def change_rights(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Response[Any]:
    link, typed = await _link_of(patient_id, link_id), await _typed(request)
    today = clock.day_in(i18n.ZONE, clock.now())
    terms, faults = read_terms(typed.rights, typed, of_age=await is_of_age(patient_id, today), today=today)
    if faults:
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        return await _rights_form(link, typed, faults)
    seen = int(typed["revision"]) if typed["revision"].isdecimal() else 0
    theirs = await proxies.change_proxy(actor, link_id, terms, seen, at=clock.now())
    if theirs is not None and not _same(theirs, terms):
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        typed["revision"] = str(theirs.revision)
        return await _rights_form(theirs, typed, theirs=theirs)
    return pages.go(request, f"/patients/{patient_id}/contacts?done=rights")


def _same(link: Link, terms: Terms) -> bool:
    return (link.rights, link.beyond, link.beyond_on) == (terms.rights, terms.beyond.value, terms.beyond_on)


@get("/patients/{patient_id:uuid}/proxies/{link_id:uuid}/end", opt=OF_LINK)
async def show_end(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Response[Any]:
    link = await _link_of(patient_id, link_id)
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    return await _end_form(link)


async def _end_form(link: Link, error: str = "") -> Response[Any]:
    return whole(
        "dashboard/contact_proxy_end",
        status=422 if error else 200,
        patient=await get_patient(link.patient),
        link=link,
        name=(await names_of([link.account])).get(link.account, "–"),
        reasons=[(reason.value, ended_words(reason)) for reason in BY_TEAM],
        errors={"reason": error} if error else {},
        cw=contact_wording,
        **words(),
    )


@post("/patients/{patient_id:uuid}/proxies/{link_id:uuid}/end", opt=OF_LINK)
async def end(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Response[Any]:
    link, reason = await _link_of(patient_id, link_id), (await request.form()).get("reason", "")
    if reason not in set(BY_TEAM):
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        return await _end_form(link, contact_wording.fault_words(ContactFault.REASON_MISSING))
    await proxies.end_proxy(actor, link_id, Ended(reason), at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/contacts?done=proxy_ended")


HANDLERS: list[Any] = [
    show_own_invitation,
    invite_patient,
    show_invitation,
    invite_contact,
    send_again,
    withdraw,
    show_rights,
    change_rights,
    show_end,
    end,
]
