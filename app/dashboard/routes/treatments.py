"""The Treatments tab of a record: what is taken and was taken; prescribing, changing a dose, stopping, removing."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.dashboard.graphic import wording as graphic_words
from app.dashboard.graphic.model import Bar, Graphic, Row, Span, within
from app.dashboard.graphic.wording import drawings
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.patients.dates import PartialDate
from app.patients.queries import get_patient, scope_of_patient
from app.treatments import actions, wording
from app.treatments.actions import What
from app.treatments.drugs.queries import find_drug, newest_release, search_drugs
from app.treatments.forms import FIELDS, Fault, Faults, read_plan, read_stop, read_why, typed_date, typed_of
from app.treatments.model import (
    STOPPED,
    TIMES,
    UNITS,
    Drug,
    Plan,
    Prescription,
    Rhythm,
    RowScope,
    overlapping,
    timeline,
)
from app.treatments.queries import (
    find_prescription,
    history_of,
    list_effects,
    list_prescriptions,
    scope_of_prescription,
)
from app.treatments.wording import dose_words

READ = requires(Permission.TREATMENT_READ, "patient_id", scope_of_patient)
ADD = requires(Permission.TREATMENT_EDIT, "patient_id", scope_of_patient)
EDIT = requires(Permission.TREATMENT_EDIT, "prescription_id", scope_of_prescription)
HERE = "/patients/{patient_id:uuid}/treatments"
ONE = "/prescriptions/{prescription_id:uuid}"
DONE = ("added", "changed", "stopped", "corrected", "removed", "effect")
LONGEST_SEARCH = 80


def whole(name: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """A page that has no parts to be asked for."""
    return pages.html(pages.render(f"dashboard/{name}.html", tw=wording, **context), status)


@get(HERE, opt=READ)
async def show_treatments(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """What is taken now, what was, how doses went, what was not tolerated."""
    await note_reading(actor, patient_id, "treatments", at=clock.now())
    today = clock.day_in(i18n.ZONE, clock.now())
    known, effects = await list_prescriptions(actor, patient_id), await list_effects(actor, patient_id)
    return whole(
        "treatments",
        record=await record_of(patient_id),
        here="treatments",
        partial=False,
        current=[one for one in known if one.is_current(today)],
        past=[one for one in known if not one.is_current(today)],
        effects=effects,
        known=known,
        drawn=drawings(_graphic(known)) if known else None,
        g=graphic_words,
        names=await names_of({one.created_by for one in known}),
        done=done if done in DONE else "",
        **words(),
    )


def _graphic(known: list[Prescription]) -> Graphic:
    """A row for each thing, in the order in which they began."""
    rows: dict[str, list[Bar]] = {}
    for one, period in timeline(known):
        daily = None if period.daily is None else float(period.daily)
        rows.setdefault(period.label, []).append(Bar(period.start, period.end, dose_words(one), daily))
    today = clock.day_in(i18n.ZONE, clock.now())
    begun = [Row(label, tuple(bar for bar in bars if bar.start <= today)) for label, bars in rows.items()]
    return within((), [row for row in begun if row.bars], (), Span.ALL, today)


@get(f"{HERE}/new", opt=ADD)
async def choose_drug(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], q: FromQuery[str] = ""
) -> Response[Any]:
    """Looking for the drug; as somebody types, only the list of what is found is exchanged."""
    found = await search_drugs(q[:LONGEST_SEARCH])
    context: dict[str, Any] = {"patient_id": patient_id, "q": q[:LONGEST_SEARCH], "found": found}
    if pages.is_partial(request):
        return pages.html(pages.render("dashboard/_treatment_found.html", **context))
    await note_reading(actor, patient_id, "treatments", at=clock.now())
    return whole(
        "treatment_choose", **context, patient=await get_patient(patient_id), release=await newest_release(), **words()
    )


@get(f"{HERE}/new/plan", opt=ADD)
async def show_new(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], drug: FromQuery[str] = ""
) -> Response[Any]:
    """The form for a drug that was found, or for something in words."""
    known, _ = await _drug(drug)
    unit = known.strength_per if known and known.strength_per in UNITS else ""
    typed = dict.fromkeys(FIELDS, "") | {"unit": unit, "rhythm": "daily", "started": _today()}
    route = known.routes[0] if known and len(known.routes) == 1 else ""
    typed |= {"prescriber": actor.name, "id": str(new_id()), "route": route}
    return await _form(actor, patient_id, "new", typed, [], drug=known)


def _today() -> str:
    return typed_date(PartialDate.on(clock.day_in(i18n.ZONE, clock.now())))


async def _drug(cis: str) -> tuple[Drug | None, What]:
    if not cis:
        return None, What()
    found = await find_drug(cis)
    if found is None:
        raise NotFoundException
    drug, substance = found
    return drug, What(drug.cis, drug.name, substance, drug.strength, drug.strength_per)


async def _form(
    actor: Actor,
    patient: UUID,
    kind: str,
    typed: dict[str, str],
    weekdays: list[str],
    **more: Any,
) -> Response[Any]:
    """`kind`: new, change or correct. `more`: drug, held, faults, theirs, overlaps."""
    await note_reading(actor, patient, "treatments", at=clock.now())
    faults: Faults = more.get("faults") or {}
    held: Prescription | None = more.get("held")
    status = 409 if more.get("theirs") else 422 if faults else 200
    history = await history_of(held.id) if held and kind == "correct" else []
    return whole(
        "treatment_form",
        status=status,
        patient=await get_patient(patient),
        kind=kind,
        typed=typed,
        weekdays=weekdays,
        drug=more.get("drug"),
        held=held,
        theirs=more.get("theirs"),
        overlaps=more.get("overlaps") or [],
        errors={name: wording.fault_words(fault) for name, fault in faults.items()},
        times=TIMES,
        units=[(unit, wording.unit_choice(unit)) for unit in UNITS],
        rhythms=[(one.value, wording.rhythm_name(one)) for one in Rhythm],
        history=history,
        names=await names_of({one.changed_by for one in history}),
        **words(),
    )


async def _typed(request: AnyRequest) -> tuple[dict[str, str], list[str]]:
    form = await request.form()
    typed = {name: text if isinstance(text := form.get(name, ""), str) else "" for name in FIELDS}
    return typed, [day for day in form.getall("weekdays", []) if isinstance(day, str)]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()


@post(f"{HERE}/new/plan", opt=ADD)
async def add(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], drug: FromQuery[str] = ""
) -> Response[Any]:
    """The same substance twice is said once before it is saved."""
    known, what = await _drug(drug)
    typed, weekdays = await _typed(request)
    plan, faults = read_plan(typed, weekdays, clock.day_in(i18n.ZONE, clock.now()), in_words=known is None)
    if plan is None:
        return await _form(actor, patient_id, "new", typed, weekdays, drug=known, faults=faults)
    there = [one for one in await list_prescriptions(actor, patient_id) if str(one.id) != typed["id"]]
    twice = overlapping(what.substance, known.atc if known else "", plan.started, there)
    if twice and (await request.form()).get("twice") != "yes":
        return await _form(actor, patient_id, "new", typed, weekdays, drug=known, overlaps=twice)
    await actions.prescribe(actor, patient_id, _uuid(typed["id"]), what, plan, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/treatments?done=added")


async def _held(request: AnyRequest, prescription: UUID) -> tuple[UUID, Prescription]:
    """Whose record, and what stands in it."""
    scope: RowScope = granted(request)
    held = await find_prescription(prescription)
    if held is None or scope.patient is None:
        raise Refused("prescription.gone")
    return scope.patient, held


@get(f"{ONE}/change", opt=EDIT)
async def show_change(
    request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]
) -> Response[Any]:
    """Another dose from a day on."""
    patient, held = await _held(request, prescription_id)
    if held.stop is not None:
        raise Refused("prescription.stopped")
    more = {"started": _today(), "id": str(new_id()), "revision": str(held.revision)}
    return await _form(actor, patient, "change", typed_of(held.plan) | more, _weekdays(held), held=held)


@get(f"{ONE}/correct", opt=EDIT)
async def show_correct(
    request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]
) -> Response[Any]:
    """What was typed wrong."""
    patient, held = await _held(request, prescription_id)
    typed = typed_of(held.plan) | {"revision": str(held.revision)}
    return await _form(actor, patient, "correct", typed, _weekdays(held), held=held)


def _weekdays(held: Prescription) -> list[str]:
    return [str(day) for day in held.plan.weekdays]


@post(f"{ONE}/change", opt=EDIT)
async def change(request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]) -> Response[Any]:
    """The former dose ends with the day on which the new one begins."""
    patient, held = await _held(request, prescription_id)
    typed, weekdays = await _typed(request)
    plan, faults = read_plan(typed, weekdays, clock.day_in(i18n.ZONE, clock.now()), in_words=held.cis is None)
    if plan is not None and plan.started.latest < held.plan.started.earliest:
        plan, faults = None, {"started": Fault.DATE_BEFORE}
    if plan is None:
        return await _form(actor, patient, "change", typed, weekdays, held=held, faults=faults)
    seen = (held.id, _number(typed["revision"]))
    theirs = await actions.change_dose(actor, patient, seen, _uuid(typed["id"]), plan, at=clock.now())
    if theirs is not None:
        if theirs.stop is not None:
            raise Refused("prescription.stopped")
        typed["revision"] = str(theirs.revision)
        return await _form(actor, patient, "change", typed, weekdays, held=theirs, theirs=theirs)
    return pages.go(request, f"/patients/{patient}/treatments?done=changed")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _is_between(plan: Plan, before: Prescription | None, held: Prescription) -> bool:
    """Whether it begins neither before the dose that it follows nor after its own end."""
    if before is not None and plan.started.latest < before.plan.started.earliest:
        return False
    return held.stop is None or held.stop.ended.latest >= plan.started.earliest


@post(f"{ONE}/correct", opt=EDIT)
async def correct(request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]) -> Response[Any]:
    """What stood there is kept with why it was wrong."""
    patient, held = await _held(request, prescription_id)
    typed, weekdays = await _typed(request)
    plan, faults = read_plan(typed, weekdays, clock.day_in(i18n.ZONE, clock.now()), in_words=held.cis is None)
    why, fault = read_why(typed["why"])
    if fault is not None:
        faults["why"] = fault
    before = await find_prescription(held.follows) if held.follows else None
    if plan and not _is_between(plan, before, held):
        faults["started"] = Fault.DATE_BEFORE
    if plan is None or faults:
        return await _form(actor, patient, "correct", typed, weekdays, held=held, faults=faults)
    theirs = await actions.correct_prescription(actor, held.id, _number(typed["revision"]), plan, why, at=clock.now())
    if theirs is not None and theirs.plan != plan:
        typed["revision"] = str(theirs.revision)
        return await _form(actor, patient, "correct", typed, weekdays, held=theirs, theirs=theirs)
    return pages.go(request, f"/patients/{patient}/treatments?done=corrected")


@get(f"{ONE}/stop", opt=EDIT)
async def show_stop(
    request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]
) -> Response[Any]:
    _patient, held = await _held(request, prescription_id)
    typed = {"ended": _today(), "stop_reason": "", "note": ""}
    if held.stop is not None:
        typed = {"ended": typed_date(held.stop.ended), "stop_reason": held.stop.reason, "note": held.stop.note}
    return await _stop_form(request, actor, prescription_id, typed, {})


async def _stop_form(
    request: AnyRequest, actor: Actor, prescription: UUID, typed: dict[str, str], faults: Faults
) -> Response[Any]:
    patient, held = await _held(request, prescription)
    if held.stop is not None and held.stop.reason == "changed":
        raise Refused("prescription.followed")
    await note_reading(actor, patient, "treatments", at=clock.now())
    return whole(
        "treatment_stop",
        status=422 if faults else 200,
        patient=await get_patient(patient),
        one=held,
        typed=typed,
        errors={name: wording.fault_words(fault) for name, fault in faults.items()},
        reasons=[(reason, wording.stop_words(reason)) for reason in STOPPED],
        **words(),
    )


@post(f"{ONE}/stop", opt=EDIT)
async def stop(request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]) -> Response[Any]:
    patient, held = await _held(request, prescription_id)
    form = await request.form()
    typed = {name: str(form.get(name, "")) for name in ("ended", "stop_reason", "note")}
    read, faults = read_stop(typed, held.plan.started, clock.day_in(i18n.ZONE, clock.now()))
    if read is None:
        return await _stop_form(request, actor, prescription_id, typed, faults)
    await actions.stop_prescription(actor, prescription_id, read, at=clock.now())
    return pages.go(request, f"/patients/{patient}/treatments?done=stopped")


@get(f"{ONE}/remove", opt=EDIT)
async def show_remove(
    request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]
) -> Response[Any]:
    return await _remove_form(request, actor, prescription_id, "", None)


async def _remove_form(
    request: AnyRequest, actor: Actor, prescription: UUID, why: str, fault: Fault | None
) -> Response[Any]:
    patient, held = await _held(request, prescription)
    if held.stop is not None and held.stop.reason == "changed":
        raise Refused("prescription.followed")
    await note_reading(actor, patient, "treatments", at=clock.now())
    return whole(
        "treatment_remove",
        status=422 if fault else 200,
        patient=await get_patient(patient),
        name=held.name,
        says=wording.plan_words(held.plan),
        address=f"/prescriptions/{held.id}/remove",
        why=why,
        errors={"why": wording.fault_words(fault)} if fault else {},
        **words(),
    )


@post(f"{ONE}/remove", opt=EDIT)
async def remove(request: AnyRequest, actor: NamedDependency[Actor], prescription_id: FromPath[UUID]) -> Response[Any]:
    patient, _held_one = await _held(request, prescription_id)
    why, fault = read_why(str((await request.form()).get("why", "")))
    if fault is not None:
        return await _remove_form(request, actor, prescription_id, why, fault)
    await actions.remove_prescription(actor, prescription_id, why, at=clock.now())
    return pages.go(request, f"/patients/{patient}/treatments?done=removed")


HANDLERS: list[Any] = [
    show_treatments,
    choose_drug,
    show_new,
    add,
    show_change,
    change,
    show_correct,
    correct,
    show_stop,
    stop,
    show_remove,
    remove,
]
