"""Opening a patient's record: the form, the records that may be the same person's, the new code."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.dashboard.routes.parts import AnyRequest, words
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.patients.affiliations.actions import ask_affiliation
from app.patients.identity import actions, wording
from app.patients.identity.countries import countries
from app.patients.identity.forms import BOXES, ORDER, Typed, blank, read_form, shown
from app.patients.identity.model import LONGEST_REASON, Entry, is_reason, read_reason
from app.patients.identity.problems import Fault
from app.patients.identity.queries import find_entry, look_for, number_for, scope_of_entry
from app.patients.matching import wording as matching
from app.patients.queries import get_patient, patients_by_id, scope_of_patient

HERE = "/patients/new"
NEW = requires(Permission.PATIENT_CREATE)
ENTRY = requires(Permission.PATIENT_CREATE, "entry_id", scope_of_entry)
ASK = requires(Permission.AFFILIATION_REQUEST, "entry_id", scope_of_entry)
CREATED = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)


@get(HERE, opt=NEW)
async def show_form(request: AnyRequest) -> Response[Any]:
    """An empty form. Its number makes sending it twice opening one record."""
    return new_form(request, blank(i18n.locale.get()), new_id())


def new_form(request: AnyRequest, typed: Typed, entry: UUID, *, over: bool = False) -> Response[Any]:
    """The form with what was typed and what is wrong with it."""
    asked = bool(typed.faults or typed.doubts or over)
    context = form_context(typed) | {"entry": entry, "over": wording.fault_words(Fault.TOO_MANY) if over else ""}
    return pages.page(request, "dashboard/patient_new", status=422 if asked else 200, **context)


def form_context(typed: Typed) -> dict[str, Any]:
    """What the fields of the form need."""
    errors = {name: wording.fault_words(typed.faults[name]) for name in ORDER if name in typed.faults}
    return {
        "values": typed.values,
        "errors": errors,
        "boxes": BOXES,
        "doubts": [wording.doubt_words(one) for one in typed.doubts],
        "countries": countries(i18n.locale.get()),
        "i": wording,
    }


@post(HERE, opt=NEW)
async def take_form(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Look whether the person has a record. None: it is opened. Any: what was typed waits on the server."""
    form, at = await request.form(), clock.now()
    typed, entry = read_form(form, clock.day_in(i18n.ZONE, at)), entry_of(form.get("entry", ""))
    if typed.known is None or (typed.doubts and form.get("nir_read") != "yes"):
        return new_form(request, typed, entry)
    typed.doubts.clear()
    if not await actions.may_match(actor, at):
        return new_form(request, typed, entry, over=True)
    entry, found = await number_for(actor, entry, typed.known), await look_for(actor, typed.known)
    if await actions.keep_entry(actor, entry, typed.known, found, at=at) is None or found.nothing:
        patient = await actions.open_record(actor, entry, "", at=at)
        return pages.go(request, f"/patients/{patient}/created")
    return pages.go(request, f"{HERE}/{entry}")


def entry_of(text: object) -> UUID:
    """The number of a form; a new one for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return new_id()


@post(f"{HERE}/nir", opt=NEW, status_code=200)
async def check_nir(request: AnyRequest) -> Response[Any]:
    """What is wrong with a NIR that was just typed, or disagrees with the rest. It is sent as a form, never kept."""
    typed = read_form(await request.form(), clock.day_in(i18n.ZONE, clock.now()))
    fault = typed.faults.get("nir")
    return pages.html(
        pages.render(
            "dashboard/_nir_note.html",
            fault=wording.fault_words(fault) if fault else "",
            doubts=[wording.doubt_words(one) for one in typed.doubts],
            right=bool(typed.values["nir"].strip()) and fault is None,
        )
    )


@get(f"{HERE}/{{entry_id:uuid}}", opt=ENTRY)
async def show_close(request: AnyRequest, actor: NamedDependency[Actor], entry_id: FromPath[UUID]) -> Response[Any]:
    """The close records of this centre by name; of others only that there may be one."""
    return await _close(request, actor, await _entry(actor, entry_id))


async def _entry(actor: Actor, entry: UUID) -> Entry:
    """What this person typed, in the centre they act in, while it is kept."""
    found = await find_entry(entry)
    over = found is not None and found.patient is None and found.valid_until < clock.now()
    if found is None or over or found.organisation != actor.organisation:
        raise Refused("patient_entry.over")
    return found


async def _as_of_now(actor: Actor, entry: Entry) -> Entry:
    """Looked for again: a record that was to be seen when the form was sent may have closed, or left, since."""
    return replace(entry, found=await look_for(actor, entry.typed))


async def _close(request: AnyRequest, actor: Actor, entry: Entry, reason: str = "", problem: str = "") -> Response[Any]:
    if entry.patient is not None:
        return pages.go(request, f"/patients/{entry.patient}/created")
    entry = await _as_of_now(actor, entry)
    people = await patients_by_id([one.patient for one in entry.found.own if not one.closed])
    for patient in people:
        await note_reading(actor, patient, "close", at=clock.now())
    return pages.page(
        request,
        "dashboard/patient_close",
        status=422 if problem else 200,
        entry=entry,
        own=[(people.get(one.patient), one) for one in entry.found.own],
        reason=reason,
        problem=problem,
        longest=LONGEST_REASON,
        i=wording,
        m=matching,
        **words(),
    )


@get(f"{HERE}/{{entry_id:uuid}}/edit", opt=ENTRY)
async def correct_form(request: AnyRequest, actor: NamedDependency[Actor], entry_id: FromPath[UUID]) -> Response[Any]:
    """Back to the form, with everything that was typed."""
    entry = await _entry(actor, entry_id)
    if entry.patient is not None:
        return pages.go(request, f"/patients/{entry.patient}/created")
    return new_form(request, shown(entry.typed), entry.id)


@post(f"{HERE}/{{entry_id:uuid}}/create", opt=ENTRY)
async def create_apart(request: AnyRequest, actor: NamedDependency[Actor], entry_id: FromPath[UUID]) -> Response[Any]:
    """It is another person: said why, where that is likely not so, or could not be seen."""
    entry = await _entry(actor, entry_id)
    typed = (await request.form()).get("reason", "")
    reason = read_reason(typed if isinstance(typed, str) else "")
    now = await _as_of_now(actor, entry) if entry.patient is None else entry
    if entry.patient is None and now.found.needs_reason and not is_reason(reason):
        return await _close(request, actor, entry, reason[:5000], wording.reason_fault())
    patient = await actions.open_record(actor, entry.id, reason[:LONGEST_REASON], at=clock.now())
    return pages.go(request, f"/patients/{patient}/created")


@post(f"{HERE}/{{entry_id:uuid}}/ask", opt=ASK)
async def ask_others(request: AnyRequest, actor: NamedDependency[Actor], entry_id: FromPath[UUID]) -> Response[Any]:
    """Ask whoever follows the person, without learning who that is."""
    entry = await _entry(actor, entry_id)
    typed = (await request.form()).get("note", "")
    note = read_reason(typed if isinstance(typed, str) else "")
    await ask_affiliation(actor, entry.typed, note, at=clock.now())
    return pages.go(request, "/patients/requests?done=sent")


@get("/patients/{patient_id:uuid}/created", opt=CREATED)
async def show_created(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """The code, large, and what comes next."""
    await note_reading(actor, patient_id, "created", at=clock.now())
    patient = await get_patient(patient_id)
    return pages.page(request, "dashboard/patient_created", patient=patient, steps=_steps(patient_id), **words())


def _steps(patient: UUID) -> list[tuple[str, str, str]]:
    """What comes next: title, address, why."""
    _, base = i18n.gettext, f"/patients/{patient}"
    return [
        (_("Consent"), f"{base}/consents", _("Note what the person agrees to, signed here or on paper.")),
        (_("Invitation"), f"{base}/contacts", _("The person, or whoever answers for them, gets a way in by email.")),
        (_("Questionnaires"), f"{base}/assignments/new", _("Ask the person, somebody close or the team.")),
    ]


HANDLERS: list[Any] = [
    show_form,
    take_form,
    check_nir,
    show_close,
    correct_form,
    create_apart,
    ask_others,
    show_created,
]
