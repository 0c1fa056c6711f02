"""Patients by code, and opening who one of them is: for those who look after the whole network."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.break_glass.actions import open_identity
from app.accounts.break_glass.model import LONGEST_REASON, SHORTEST_REASON, Opening, is_enough, read_reason
from app.accounts.break_glass.queries import current_opening, list_openings
from app.accounts.queries import names_of
from app.administration import wording
from app.administration.actions import note_coded_reading
from app.administration.queries import coded
from app.administration.queries.coded import scope_of_coded
from app.administration.routes.parts import PAGE, AnyRequest, chosen_centre, page, today, typed
from app.lib import clock
from app.patients.actions import note_reading
from app.patients.codes import code_in
from app.patients.queries import get_patient, organisations_of_patient

LIST = requires(Permission.PATIENT_CODED)
OPEN = requires(Permission.IDENTITY_OPEN, "patient_id", scope_of_coded, fresh=True)
HERE = "/administration/patients"


@get(HERE, opt=LIST)
async def list_patients(
    actor: NamedDependency[Actor], centre: FromQuery[str] = "", after: FromQuery[str] = ""
) -> Response[Any]:
    """By code, a page at a time."""
    chosen, offered = await chosen_centre(actor, centre)
    found = await coded.list_coded(chosen, today(), after=code_in(after) or "", most=PAGE + 1)
    await note_coded_reading(actor, len(found[:PAGE]), chosen, at=clock.now())
    asked = f"{HERE}?centre={chosen or ''}"
    return page(
        "patients",
        patients=found[:PAGE],
        chosen=chosen,
        offered=offered,
        following=f"{asked}&after={found[PAGE - 1].code}" if len(found) > PAGE else None,
        first=asked if after else None,
        w=wording,
    )


@get(f"{HERE}/{{patient_id:uuid}}/identity", opt=OPEN)
async def show_identity(actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Who the patient is, while that is open to this person; else the form that asks why."""
    opening = await current_opening(actor.id, patient_id, clock.now())
    return await (_form(patient_id) if opening is None else _identity(actor, opening))


async def _identity(actor: Actor, opening: Opening) -> Response[Any]:
    await note_reading(actor, opening.patient, "identity", at=clock.now())
    return page(
        "identity",
        patient=await get_patient(opening.patient),
        centres=await coded.centres_of_patient(opening.patient),
        opening=opening,
    )


async def _form(patient: UUID, reason: str = "", *, refused: bool = False) -> Response[Any]:
    openings = await list_openings([patient])
    return page(
        "identity_form",
        422 if refused else 200,
        patient=patient,
        code=await coded.code_of(patient),
        reason=reason[:5000],
        problem=wording.reason_words(SHORTEST_REASON, LONGEST_REASON) if refused else None,
        shortest=SHORTEST_REASON,
        openings=openings,
        names=await names_of({one.account for one in openings}),
    )


@post(f"{HERE}/{{patient_id:uuid}}/identity", opt=OPEN)
async def take_reason(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """With a reason the identity opens for a quarter of an hour, and the patient's centre is told."""
    reason = read_reason(typed(await request.form(), ("reason",))["reason"])
    if not is_enough(reason):
        return await _form(patient_id, reason, refused=True)
    await open_identity(actor, patient_id, reason, await organisations_of_patient(patient_id), at=clock.now())
    return Redirect(f"{HERE}/{patient_id}/identity", status_code=303)


HANDLERS: list[Any] = [list_patients, show_identity, take_reason]
