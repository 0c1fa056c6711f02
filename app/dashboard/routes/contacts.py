"""People close to a patient: written down, corrected, ended; a part of the page of who has access."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.proxies.actions import end_proxy
from app.accounts.proxies.model import Ended
from app.accounts.queries import names_of
from app.dashboard.contacts.queries import close_to
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.lib import clock, i18n, pages
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.patients.contacts import actions, wording
from app.patients.contacts.forms import Fault, read_contact, read_ending, typed_of
from app.patients.contacts.model import ENDINGS, KINDS, Contact, NewContact, differing, rebased
from app.patients.contacts.queries import find_contact, history_of, known_by_address, scope_of_contact
from app.patients.invitations import actions as invitations
from app.patients.invitations import wording as invitation_wording
from app.patients.invitations.queries import list_invitations
from app.patients.queries import get_patient, scope_of_patient

READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)
ADD = requires(Permission.CONTACT_EDIT, "patient_id", scope_of_patient)
EDIT = requires(Permission.CONTACT_EDIT, "contact_id", scope_of_contact)
FIELDS = ("given_name", "family_name", "email", "phone", "language", "kind", "emergency", "note", "since", "same")
NEW = dict.fromkeys(FIELDS, "") | {"language": "fr"}


def whole(name: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """A page that has no parts to be asked for."""
    return pages.html(pages.render(f"{name}.html", **context), status)


async def close_context(actor: Actor, patient: UUID) -> dict[str, Any]:
    """What the part `dashboard/_contacts.html` of a page needs, besides `record`."""
    found = await close_to(actor, patient, clock.now())
    return {"close": found, "cw": wording, "iw": invitation_wording, "pages_of": f"/patients/{patient}"}


@get("/patients/{patient_id:uuid}/contacts", opt=READ)
async def show_contacts(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Who is close to the patient, who answers for them, who is invited."""
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    return whole(
        "dashboard/contacts",
        record=await record_of(patient_id),
        here="access",
        partial=False,
        done=done,
        **await close_context(actor, patient_id),
        **words(),
    )


@get("/patients/{patient_id:uuid}/contacts/new", opt=ADD)
async def show_new(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    return await _form(patient_id, NEW | {"form": str(new_id())})


async def _form(
    patient: UUID,
    typed: dict[str, str],
    faults: dict[str, Fault] | None = None,
    *,
    contact: Contact | None = None,
    known: list[Contact] | None = None,
    theirs: Contact | None = None,
    differs: set[str] | None = None,
) -> Response[Any]:
    """`known`: whom the centre knows by this address. `theirs`: what somebody else wrote meanwhile, which `differs`."""
    history = await history_of(contact) if contact else []
    return whole(
        "dashboard/contact_form",
        status=409 if theirs else 422 if faults else 200,
        patient=await get_patient(patient),
        contact=contact,
        typed=typed,
        errors={field: wording.fault_words(fault) for field, fault in (faults or {}).items()},
        known=known or [],
        theirs=theirs,
        differs=differs or set(),
        history=history,
        names=await names_of({one.changed_by for one in history}),
        kinds=[(kind, wording.kind_words(kind)) for kind in KINDS],
        cw=wording,
        **words(),
    )


def _differs(typed: dict[str, str], theirs: Contact | None) -> set[str]:
    """The fields in which what was typed is not what stands there now."""
    shown = typed_of(theirs.known) if theirs else {}
    return {field for field, value in shown.items() if typed.get(field, "") != value}


async def _typed(request: AnyRequest) -> dict[str, str]:
    form = await request.form()
    return {
        field: text if isinstance(text := form.get(field, ""), str) else "" for field in (*FIELDS, "revision", "form")
    }


@post("/patients/{patient_id:uuid}/contacts/new", opt=ADD)
async def add(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Somebody whom the centre knows by this very address may be the same person: that is asked, never assumed.

    Sent twice, it is kept once: the form carries the id.
    """
    typed, today = await _typed(request), clock.day_in(i18n.ZONE, clock.now())
    form = _uuid(typed["form"])
    new, faults = read_contact(typed, today)
    found = await known_by_address(new.email, actor.organisation) if new and actor.organisation else []
    known = [one for one in found if one.id != form]
    people = {one.person: one for one in known}
    same = next((one for one in people.values() if str(one.person) == typed["same"]), None)
    if any(one.patient == patient_id for one in known):
        faults["email"] = Fault.EMAIL_KNOWN_HERE
    elif people and not same and typed["same"] != "other":
        faults["same"] = Fault.SAME_MISSING
    if new is not None and not faults:
        try:
            await actions.add_contact(actor, patient_id, new, same, relationship=form, at=clock.now())
        except Refused as refusal:
            if refusal.code != "contact.sent_otherwise":
                raise
            form, faults["given_name"] = new_id(), Fault.SENT_OTHERWISE
    if new is None or faults:
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        return await _form(patient_id, typed | {"form": str(form)}, faults, known=list(people.values()))
    return pages.go(request, f"/patients/{patient_id}/contacts?done=added")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()


async def contact_of(patient: UUID, contact_id: UUID) -> Contact:
    """A contact of this very patient."""
    found = await find_contact(contact_id)
    if found is None or found.patient != patient:
        raise NotFoundException
    return found


@get("/patients/{patient_id:uuid}/contacts/{contact_id:uuid}", opt=EDIT)
async def show_contact(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    """The form of a contact, and what corrections replaced."""
    found = await contact_of(patient_id, contact_id)
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    return await _form(patient_id, typed_of(found.known) | {"revision": found.revision}, contact=found)


@post("/patients/{patient_id:uuid}/contacts/{contact_id:uuid}", opt=EDIT)
async def change(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    """What somebody else wrote meanwhile is shown beside what was typed; nothing is lost or overwritten unseen."""
    found = await contact_of(patient_id, contact_id)
    typed, today = await _typed(request), clock.day_in(i18n.ZONE, clock.now())
    new, faults = read_contact(typed, today)
    if new is None or faults:
        await note_reading(actor, patient_id, "contacts", at=clock.now())
        return await _form(patient_id, typed, faults, contact=found)
    theirs = await actions.change_contact(actor, contact_id, new, typed["revision"], at=clock.now())
    if theirs is not None and differing(theirs.known, new):
        return await _both(request, actor, new, typed["revision"], theirs)
    return pages.go(request, f"/patients/{patient_id}/contacts?done=changed")


async def _both(request: AnyRequest, actor: Actor, mine: NewContact, seen: str, theirs: Contact) -> Response[Any]:
    """Two corrections of different fields are both kept; of the same field, both are shown."""
    base = next((one.known for one in await history_of(theirs) if str(one.revision) == seen.partition(".")[0]), None)
    both, colliding = rebased(mine, base, theirs.known) if base else (mine, set(differing(mine, theirs.known)))
    patient, again = theirs.patient, None
    if not colliding:
        again = await actions.change_contact(actor, theirs.id, both, theirs.revision, at=clock.now())
    if not colliding and again is None:
        return pages.go(request, f"/patients/{patient}/contacts?done=changed")
    await note_reading(actor, patient, "contacts", at=clock.now())
    held = again or theirs
    typed = typed_of(both) | {"revision": held.revision}
    return await _form(patient, typed, contact=held, theirs=held, differs=colliding or set(differing(both, held.known)))


@get("/patients/{patient_id:uuid}/contacts/{contact_id:uuid}/end", opt=EDIT)
async def show_end(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    await note_reading(actor, patient_id, "contacts", at=clock.now())
    typed = {"until": clock.day_in(i18n.ZONE, clock.now()).isoformat(), "reason": ""}
    return await _end_form(actor, await contact_of(patient_id, contact_id), typed, {})


async def _end_form(actor: Actor, contact: Contact, typed: dict[str, str], faults: dict[str, Fault]) -> Response[Any]:
    close = await close_to(actor, contact.patient, clock.now())
    return whole(
        "dashboard/contact_end",
        status=422 if faults else 200,
        patient=await get_patient(contact.patient),
        contact=contact,
        answers=bool(close.answering_as(contact.person)),
        typed=typed,
        errors={field: wording.fault_words(fault) for field, fault in faults.items()},
        reasons=[(reason, wording.ending_words(reason)) for reason in ENDINGS],
        cw=wording,
        **words(),
    )


@post("/patients/{patient_id:uuid}/contacts/{contact_id:uuid}/end", opt=EDIT)
async def end(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    """With the contact ends what they may do for the patient, and what they are invited to."""
    found, form, at = await contact_of(patient_id, contact_id), await request.form(), clock.now()
    typed = {name: str(form.get(name, "")) for name in ("until", "reason")}
    until, reason, faults = read_ending(typed, found.known.since, clock.day_in(i18n.ZONE, at))
    if faults:
        await note_reading(actor, patient_id, "contacts", at=at)
        return await _end_form(actor, found, typed, faults)
    close = await close_to(actor, patient_id, at)
    async with transaction():
        await actions.end_contact(actor, contact_id, until, reason, at=at)
        for link in close.answering_as(found.person):
            await end_proxy(actor, link.id, Ended.OTHER, at=at)
        for one in await list_invitations(patient_id):
            if one.relationship == contact_id and one.waits:
                await invitations.withdraw(actor, one.id, at=at)
    return pages.go(request, f"/patients/{patient_id}/contacts?done=ended")


HANDLERS: list[Any] = [show_contacts, show_new, add, show_contact, change, show_end, end]
