"""Taking a record out of sight, and answering a patient who asks for it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.alerts.queries import alerts_of_patient
from app.dashboard.routes.parts import AnyRequest, words
from app.lib import clock, pages
from app.patients.actions import note_reading
from app.patients.identity.model import LONGEST_REASON, read_reason
from app.patients.queries import get_patient, organisations_of_patient, scope_of_patient
from app.patients.removing import actions, wording
from app.patients.removing.model import Fault, Removal, read_removal
from app.patients.removing.queries import waiting_ask

HERE = "/patients/{patient_id:uuid}/remove"
REMOVE = requires(Permission.PATIENT_REMOVE, "patient_id", scope_of_patient, fresh=True)


@get(HERE, opt=REMOVE)
async def show_removal(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """What removing means, what stands in its way, and the form; first what the patient asks, if they do."""
    return await _page(request, actor, patient_id, Removal("", "", {}))


async def _page(
    request: AnyRequest, actor: Actor, patient: UUID, removal: Removal, answer: str = "", unsaid: Fault | None = None
) -> Response[Any]:
    await note_reading(actor, patient, "removing", at=clock.now())
    asked = await waiting_ask(patient)
    faults = dict(removal.faults) | ({"words": unsaid} if unsaid else {})
    return pages.page(
        request,
        "dashboard/removing",
        status=422 if faults else 200,
        patient=await get_patient(patient),
        alerts=await _open_alerts(patient),
        shared=bool(await organisations_of_patient(patient) - {actor.organisation}),
        asked=asked,
        asker=(await names_of([asked.account])).get(asked.account, "") if asked else "",
        removal=removal,
        answer=answer,
        faults={name: wording.fault_words(fault) for name, fault in faults.items()},
        duplicate=removal.faults.get("kind") is Fault.DUPLICATE,
        r=wording,
        **words(),
    )


async def _open_alerts(patient: UUID) -> int:
    return sum(one.is_open for one in await alerts_of_patient(patient))


@post(HERE, opt=REMOVE)
async def remove(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Out of sight, with a reason."""
    form = await request.form()
    removal = read_removal(str(form.get("kind", "")), str(form.get("reason", "")))
    if removal.faults:
        return await _page(request, actor, patient_id, removal)

    async def has_open_alerts() -> bool:
        return await _open_alerts(patient_id) > 0

    await actions.remove_record(
        actor, patient_id, removal.kind, removal.reason, has_open_alerts=has_open_alerts, at=clock.now()
    )
    return pages.go(request, "/patients/removed")


@get("/patients/removed", opt=requires(Permission.PATIENT_LIST))
async def show_removed(request: AnyRequest) -> Response[Any]:
    """The record is out of sight, and who can bring it back."""
    return pages.page(request, "dashboard/removed")


@post(f"{HERE}/refuse", opt=REMOVE)
async def refuse(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """The record stays, in words that whoever asked reads."""
    answer = read_reason(str((await request.form()).get("words", "")))[:LONGEST_REASON]
    if not answer:
        return await _page(request, actor, patient_id, Removal("", "", {}), answer, Fault.WORDS_MISSING)
    await actions.refuse_removal(actor, patient_id, answer, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/identity?saved=refused")


HANDLERS: list[Any] = [show_removal, remove, show_removed, refuse]
