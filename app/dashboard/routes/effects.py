"""Adverse effects in a record: written down, said more of, removed. They are shown in the Treatments tab."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.dashboard.routes.parts import AnyRequest, words
from app.dashboard.routes.treatments import whole
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.patients.queries import get_patient, scope_of_patient
from app.treatments import actions, wording
from app.treatments.actions import effect_values
from app.treatments.forms import EFFECT_FIELDS, Fault, Faults, read_effect, read_why, typed_date
from app.treatments.model import ACTIONS, OUTCOMES, SEVERITIES, Effect, RowScope
from app.treatments.queries import effect_history_of, find_effect, list_prescriptions, scope_of_effect

ADD = requires(Permission.TREATMENT_EDIT, "patient_id", scope_of_patient)
EDIT = requires(Permission.TREATMENT_EDIT, "effect_id", scope_of_effect)
NEW = "/patients/{patient_id:uuid}/adverse-effects/new"
ONE = "/adverse-effects/{effect_id:uuid}"


@get(NEW, opt=ADD)
async def show_new(actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    typed = dict.fromkeys(EFFECT_FIELDS, "") | {"outcome": "ongoing", "id": str(new_id())}
    return await _form(actor, patient_id, typed, [])


async def _form(
    actor: Actor,
    patient: UUID,
    typed: dict[str, str],
    suspected: list[str],
    *,
    faults: Faults | None = None,
    held: Effect | None = None,
    theirs: Effect | None = None,
) -> Response[Any]:
    await note_reading(actor, patient, "treatments", at=clock.now())
    history = await effect_history_of(held.id) if held else []
    known = await list_prescriptions(actor, patient)
    return whole(
        "treatment_effect",
        status=409 if theirs else 422 if faults else 200,
        patient=await get_patient(patient),
        held=held,
        theirs=theirs,
        typed=typed,
        suspected=suspected,
        prescriptions=[(str(one.id), f"{one.name}, {wording.since_words(one)}") for one in known],
        errors={name: wording.fault_words(fault) for name, fault in (faults or {}).items()},
        severities=[(one, wording.severity_words(one)) for one in SEVERITIES],
        outcomes=[(one, wording.outcome_words(one)) for one in OUTCOMES],
        actions=[(one, wording.action_words(one)) for one in ACTIONS],
        history=history,
        names=await names_of({one.changed_by for one in history}),
        **words(),
    )


async def _typed(request: AnyRequest) -> tuple[dict[str, str], list[str]]:
    form = await request.form()
    typed = {name: text if isinstance(text := form.get(name, ""), str) else "" for name in EFFECT_FIELDS}
    return typed, [one for one in form.getall("suspected", []) if isinstance(one, str)]


@post(NEW, opt=ADD)
async def add(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    typed, suspected = await _typed(request)
    known = {one.id for one in await list_prescriptions(actor, patient_id)}
    new, faults = read_effect(typed, suspected, known, clock.day_in(i18n.ZONE, clock.now()))
    if new is None:
        return await _form(actor, patient_id, typed, suspected, faults=faults)
    try:
        effect = UUID(typed["id"])
    except ValueError:
        effect = new_id()
    await actions.add_effect(actor, patient_id, effect, new, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/treatments?done=effect")


async def _held(request: AnyRequest, effect: UUID) -> tuple[UUID, Effect]:
    scope: RowScope = granted(request)
    held = await find_effect(effect)
    if held is None or scope.patient is None:
        raise Refused("adverse_effect.gone")
    return scope.patient, held


@get(ONE, opt=EDIT)
async def show_effect(request: AnyRequest, actor: NamedDependency[Actor], effect_id: FromPath[UUID]) -> Response[Any]:
    """The form of one that is there, and what was said of it before."""
    patient, held = await _held(request, effect_id)
    values = effect_values(held.known)
    typed = {name: str(values.get(name, "")) for name in EFFECT_FIELDS} | {"revision": str(held.revision)}
    typed |= {"started": typed_date(held.known.started)}
    typed |= {"ended": typed_date(held.known.ended) if held.known.ended else ""}
    return await _form(actor, patient, typed, values["suspected"], held=held)


@post(ONE, opt=EDIT)
async def correct(request: AnyRequest, actor: NamedDependency[Actor], effect_id: FromPath[UUID]) -> Response[Any]:
    patient, held = await _held(request, effect_id)
    typed, suspected = await _typed(request)
    known = {one.id for one in await list_prescriptions(actor, patient)}
    new, faults = read_effect(typed, suspected, known, clock.day_in(i18n.ZONE, clock.now()))
    if new is None:
        return await _form(actor, patient, typed, suspected, faults=faults, held=held)
    seen = typed["revision"]
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
    theirs = await actions.correct_effect(actor, effect_id, revision, new, at=clock.now())
    if theirs is not None and theirs.known != new:
        typed["revision"] = str(theirs.revision)
        return await _form(actor, patient, typed, suspected, held=theirs, theirs=theirs)
    return pages.go(request, f"/patients/{patient}/treatments?done=effect")


@get(f"{ONE}/remove", opt=EDIT)
async def show_remove(request: AnyRequest, actor: NamedDependency[Actor], effect_id: FromPath[UUID]) -> Response[Any]:
    return await _remove_form(request, actor, effect_id, "", None)


async def _remove_form(request: AnyRequest, actor: Actor, effect: UUID, why: str, fault: Fault | None) -> Response[Any]:
    patient, held = await _held(request, effect)
    await note_reading(actor, patient, "treatments", at=clock.now())
    return whole(
        "treatment_remove",
        status=422 if fault else 200,
        patient=await get_patient(patient),
        name=held.known.label,
        says=wording.severity_words(held.known.severity),
        address=f"/adverse-effects/{held.id}/remove",
        why=why,
        errors={"why": wording.fault_words(fault)} if fault else {},
        **words(),
    )


@post(f"{ONE}/remove", opt=EDIT)
async def remove(request: AnyRequest, actor: NamedDependency[Actor], effect_id: FromPath[UUID]) -> Response[Any]:
    patient, _held_one = await _held(request, effect_id)
    why, fault = read_why(str((await request.form()).get("why", "")))
    if fault is not None:
        return await _remove_form(request, actor, effect_id, why, fault)
    await actions.remove_effect(actor, effect_id, why, at=clock.now())
    return pages.go(request, f"/patients/{patient}/treatments?done=removed")


HANDLERS: list[Any] = [show_new, add, show_effect, correct, show_remove, remove]
