"""Asking a patient, a relative or the team for questionnaires, and taking it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.assignments.actions import NewAssignment, assign_questionnaire, cancel_assignment
from app.assignments.queries import find_assignment, list_of_patient, scope_of_assignment
from app.dashboard.assigning import Fault, Typed, Voice, Wish, offers, read_wish
from app.dashboard.contacts.queries import close_to
from app.dashboard.routes.parts import AnyRequest, words
from app.lib import clock, i18n, pages
from app.lib.db import transaction
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.queries import get_patient, scope_of_patient
from app.questionnaires.library import library
from app.questionnaires.wording import kinds

ASK = requires(Permission.ASSIGNMENT_CREATE, "patient_id", scope_of_patient)
TAKE_BACK = requires(Permission.ASSIGNMENT_CREATE, "assignment_id", scope_of_assignment)
USUAL_TIME = timedelta(days=7)


@get("/patients/{patient_id:uuid}/assignments/new", opt=ASK)
async def show_form(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], chosen: FromQuery[str] = ""
) -> Response[Any]:
    """`chosen`: what another page proposes, such as phq9:patient."""
    await note_reading(actor, patient_id, "assigning", at=clock.now())
    today = clock.day_in(i18n.ZONE, clock.now())
    typed = Typed((chosen,) if chosen else (), today.isoformat(), (today + USUAL_TIME).isoformat())
    return await _form(request, actor, patient_id, typed)


async def _form(
    request: AnyRequest, actor: Actor, patient: UUID, typed: Typed, faults: dict[str, Fault] | None = None
) -> Response[Any]:
    waiting = [one for one in await list_of_patient(patient) if one.waiting]
    return pages.page(
        request,
        "dashboard/assigning",
        status=422 if faults else 200,
        patient=await get_patient(patient),
        offers=offers(library().current()),
        kinds=kinds(i18n.gettext),
        waiting={f"{one.questionnaire}:{one.answered_by}": one for one in waiting},
        unreached=await _unreached(actor, patient),
        typed=typed,
        faults=faults or {},
        **words(),
    )


async def _unreached(actor: Actor, patient: UUID) -> set[Voice]:
    """In whose voice nobody outside the team can answer for now: it has to be done at the centre."""
    close = await close_to(actor, patient, clock.now())
    reached = {Voice.PATIENT: close.somebody_speaks, Voice.PROXY: close.somebody_answers}
    return {voice for voice, somebody in reached.items() if not somebody}


@post("/patients/{patient_id:uuid}/assignments", opt=ASK, status_code=303)
async def assign(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """All of what was chosen, or nothing and the form again with all that was typed."""
    form = await request.form()
    typed = Typed(tuple(form.getall("chosen", [])), form.get("opens_on", ""), form.get("due_on", ""))
    wish = await _read(patient_id, typed)
    if wish.faults:
        await note_reading(actor, patient_id, "assigning", at=clock.now())
        return await _form(request, actor, patient_id, typed, dict(wish.faults))
    if actor.organisation is None:
        raise Refused("patient.no_centre")
    at = clock.now()
    async with transaction():
        for key, answered_by in wish.choices:
            new = NewAssignment(
                patient=patient_id,
                questionnaire=key,
                answered_by=answered_by,
                organisation=actor.organisation,
                opens_on=wish.opens_on,
                due_on=wish.due_on,
            )
            await assign_questionnaire(actor, new, at=at)
    return pages.go(request, f"/patients/{patient_id}/questionnaires")


async def _read(patient: UUID, typed: Typed) -> Wish:
    possible = {value for boxes in offers(library().current()).values() for value, _ in boxes}
    asked = {
        (one.questionnaire, one.answered_by, one.opens_on) for one in await list_of_patient(patient) if one.waiting
    }
    return read_wish(typed, possible, asked, clock.day_in(i18n.ZONE, clock.now()))


@get("/assignments/{assignment_id:uuid}/cancel", opt=TAKE_BACK)
async def confirm_cancelling(
    request: AnyRequest, actor: NamedDependency[Actor], assignment_id: FromPath[UUID]
) -> Response[Any]:
    """Asks once more: the patient will not see the questionnaire any longer."""
    found = await find_assignment(assignment_id)
    if found is None:
        raise Refused("assignment.opened")
    await note_reading(actor, found.patient, "cancelling", at=clock.now())
    return pages.page(
        request,
        "dashboard/cancelling",
        assignment=found,
        q=library().find(found.questionnaire),
        patient=await get_patient(found.patient),
        **words(),
    )


@post("/assignments/{assignment_id:uuid}/cancel", opt=TAKE_BACK, status_code=303)
async def cancel(request: AnyRequest, actor: NamedDependency[Actor], assignment_id: FromPath[UUID]) -> Response[Any]:
    found = await find_assignment(assignment_id)
    await cancel_assignment(actor, assignment_id, at=clock.now())
    return pages.go(request, f"/patients/{found.patient}/questionnaires" if found else "/patients")
