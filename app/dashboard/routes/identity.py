"""Who a patient is: all that is known, what was known before, what other systems call them; and changing it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of, organisations_by_id
from app.dashboard.routes.new_patient import form_context
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.identity import actions, wording
from app.patients.identity.forms import ORDER, Typed, read_form, shown
from app.patients.identity.model import Past
from app.patients.identity.numbers import masked_nir, spaced_nir
from app.patients.identity.queries import history_of, identifiers_of, look_for
from app.patients.matching import wording as matching
from app.patients.model import NewPatient, Patient
from app.patients.queries import get_patient, patients_by_id, record_as_written, scope_of_patient

HERE = "/patients/{patient_id:uuid}/identity"
READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)
EDIT = requires(Permission.PATIENT_EDIT, "patient_id", scope_of_patient)


@get(HERE, opt=READ)
async def show_identity(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], saved: FromQuery[str] = ""
) -> Response[Any]:
    """Every field, what it was before, codes of other systems, and close records of this centre."""
    return await _identity(request, actor, patient_id, saved=saved)


async def _identity(
    request: AnyRequest,
    actor: Actor,
    patient_id: UUID,
    *,
    saved: str = "",
    nir: str = "",
    code: str = "",
    problem: str = "",
) -> Response[Any]:
    await note_reading(actor, patient_id, "identity", at=clock.now())
    record = await record_of(patient_id)
    past = await history_of(patient_id)
    close = [one for one in (await look_for(actor, record.patient.known, exclude=patient_id)).own if not one.closed]
    people = await patients_by_id([one.patient for one in close])
    for other in people:
        await note_reading(actor, other, "close", at=clock.now())
    return pages.page(
        request,
        "dashboard/identity",
        status=422 if problem else 200,
        record=record,
        here="identity",
        known=record.patient.known,
        fields=ORDER,
        nir=nir or masked_nir(record.patient.nir),
        nir_shown=bool(nir),
        past=await _changes(past),
        names=await names_of({one.made_by for one in past}),
        centres=await organisations_by_id({one.organisation for one in past if one.organisation}),
        identifiers=await identifiers_of(patient_id),
        close=[(people[one.patient], one) for one in close if one.patient in people],
        saved=saved,
        partial=pages.is_partial(request),
        code=code,
        problem=problem,
        i=wording,
        m=matching,
        **words(),
    )


async def _changes(past: list[Past]) -> list[tuple[Past, list[tuple[str, str, str]]]]:
    """Each thing that happened, the latest first, with its fields: name, before, after. Each record by itself."""
    after = {record: (await record_as_written(record)).known for record in {one.record for one in past}}
    changes = []
    for one in past:
        then = after[one.record]
        before = one.former or then
        lines = wording.changed_lines(before, then)
        # Where a merge was undone, what it changed in this record is told no more: it was of somebody else.
        if lines or not one.former:
            changes.append((one, lines))
        after[one.record] = before
    return changes


@post(f"{HERE}/nir", opt=READ, status_code=200)
async def show_nir(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """The whole NIR, because somebody asked for it; that is written down."""
    patient = await get_patient(patient_id)
    await actions.note_nir_shown(actor, patient_id, at=clock.now())
    if pages.is_partial(request):
        return pages.html(pages.render("dashboard/_nir_shown.html", nir=spaced_nir(patient.nir)))
    return await _identity(request, actor, patient_id, nir=spaced_nir(patient.nir))


@post(f"{HERE}/codes", opt=EDIT)
async def add_code(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """A code of the former network, by which the record is found too."""
    typed = (await request.form()).get("code", "")
    code = typed if isinstance(typed, str) else ""
    try:
        if not await actions.may_match(actor, clock.now()):
            raise Refused("identifier.too_many")
        await actions.add_identifier(actor, patient_id, code, at=clock.now())
    except Refused as no:
        problem = wording.code_fault(no.code)
        return await _identity(request, actor, patient_id, code=code[:40], problem=problem)
    return pages.go(request, f"/patients/{patient_id}/identity?saved=code")


@post(f"{HERE}/codes/{{identifier_id:uuid}}/remove", opt=EDIT)
async def remove_code(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], identifier_id: FromPath[UUID]
) -> Response[Any]:
    """A code that was added to the wrong record."""
    await actions.remove_identifier(actor, patient_id, identifier_id, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/identity?saved=no-code")


@get(f"{HERE}/edit", opt=EDIT)
async def show_form(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """The form as it was filled in, but for the NIR, which stays unless another is typed."""
    await note_reading(actor, patient_id, "identity", at=clock.now())
    patient = await get_patient(patient_id)
    return _form(request, patient, shown(patient.known, with_nir=False))


def _form(
    request: AnyRequest, patient: Patient, typed: Typed, theirs: list[tuple[str, str]] | None = None
) -> Response[Any]:
    """The form; `theirs`: what somebody else saved meanwhile, to be seen beside what was typed."""
    status = 409 if theirs else 422 if typed.faults or typed.doubts else 200
    return pages.page(
        request,
        "dashboard/identity_edit",
        status=status,
        patient=patient,
        theirs=theirs,
        kept_nir=masked_nir(patient.nir),
        **form_context(typed),
    )


@post(f"{HERE}/edit", opt=EDIT)
async def save_form(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Keep it, unless somebody else was quicker: then both are shown, and nothing typed is lost."""
    form, at = await request.form(), clock.now()
    await note_reading(actor, patient_id, "identity", at=at)
    patient = await get_patient(patient_id)
    typed = read_form(form, clock.day_in(i18n.ZONE, at), kept_nir=patient.nir)
    if typed.known is None or (typed.doubts and typed.values["nir"].strip() and form.get("nir_read") != "yes"):
        return _form(request, patient, typed)
    typed.doubts.clear()
    seen = str(form.get("revision", ""))
    try:
        await actions.change_identity(actor, patient_id, typed.known, seen=int(seen) if seen.isdecimal() else 0, at=at)
    except Refused as no:
        if no.code != "patient.changed_meanwhile":
            raise
        kept = await get_patient(patient_id)
        return _form(request, kept, typed, _theirs(kept.known, typed.known))
    return pages.go(request, f"/patients/{patient_id}/identity?saved=identity")


def _theirs(kept: NewPatient, typed: NewPatient) -> list[tuple[str, str]]:
    """What is kept now where it is not what was typed: field, value."""
    lines = wording.changed_lines(kept, typed)
    return [(wording.field_words(name), of_kept) for name, of_kept, _ in lines]


HANDLERS: list[Any] = [show_identity, show_nir, add_code, remove_code, show_form, save_form]
