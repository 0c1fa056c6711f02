"""Every reminder about one person: what comes, what was sent to whom, what was held back and why."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.dashboard.reminders.queries import log_of_patient
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.lib import clock, pages
from app.patients.actions import note_reading
from app.patients.queries import scope_of_patient
from app.trials.reminders import wording

READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)


@get("/patients/{patient_id:uuid}/reminders", opt=READ)
async def show_reminders(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]
) -> Response[Any]:
    """In all trials of which the reader's centre may know."""
    await note_reading(actor, patient_id, "reminders", at=clock.now())
    record = await record_of(patient_id)
    page = pages.render(
        "dashboard/reminders.html",
        record=record,
        here="trials",
        partial=False,
        reminders=await log_of_patient(actor, record.patient.id, granted(request).withheld),
        rw=wording,
        **words(),
    )
    return pages.html(page)


HANDLERS = [show_reminders]
