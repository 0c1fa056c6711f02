"""Everything that happened to a patient, on a page of its own; the summary shows its beginning."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import organisations_by_id
from app.biology.queries import list_reports
from app.consents.queries import history_of
from app.dashboard import timeline
from app.dashboard import wording as team
from app.dashboard.course import wording
from app.dashboard.course.model import Happening, Part, newest_first, page_of, part_named
from app.dashboard.record import Record
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.visits.queries import lines_of
from app.files.queries import list_files
from app.lib import clock, i18n, pages
from app.patients.actions import note_reading
from app.patients.affiliations.queries import list_followings
from app.patients.merging.queries import list_merges
from app.patients.queries import scope_of_patient
from app.treatments.queries import list_prescriptions
from app.trials.sites.queries import told_of

READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)
PAGE = 40


async def happened_to(by: Actor, record: Record) -> list[Happening]:
    """All that the reader's centre may know of, the newest first."""
    patient = record.patient.id
    followings = await list_followings(patient)
    centres = await organisations_by_id({one.organisation for one in followings})
    _, said = await history_of(patient)
    told = await told_of(by.organisation, await scope_of_patient(patient))
    return newest_first(
        [
            *wording.of_questionnaires(record),
            *wording.of_visits(await lines_of(by, patient)),
            *wording.of_alerts(record),
            *wording.of_treatments(record, await list_prescriptions(by, patient)),
            *wording.of_biology(await list_reports(by, patient)),
            *wording.of_documents(record, await list_files(by, patient)),
            *wording.of_consents(record, [one for one in said if told(one.decision.purpose)]),
            *wording.of_follow_up(record, followings, await list_merges(patient), centres),
        ]
    )


@get("/patients/{patient_id:uuid}/course", opt=READ)
async def show_course(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    part: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """The newest first, all or one part; what is planned comes before it on the first page."""
    await note_reading(actor, patient_id, "course", at=clock.now())
    record = await record_of(patient_id)
    chosen, today = part_named(part), clock.day_in(i18n.ZONE, clock.now())
    everything = await happened_to(actor, record)
    shown, before, following = page_of(newest_first(everything, chosen), after, PAGE)
    here = f"/patients/{record.patient.id}/course?part={chosen or ''}"
    return pages.page(
        request,
        "dashboard/course",
        record=record,
        here="course",
        partial=False,
        entries=await _planned(actor, record, chosen, after) + wording.entries(shown, today),
        parts=[(wording.part_words(one), _address(record, one), None) for one in (None, *Part)],
        chosen=_address(record, chosen),
        before=None if before is None else f"{here}&after={before}",
        following=None if following is None else f"{here}&after={following}",
        **words(),
    )


def _address(record: Record, part: Part | None) -> str:
    return f"/patients/{record.patient.id}/course" + (f"?part={part}" if part else "")


async def _planned(by: Actor, record: Record, part: Part | None, after: str) -> list[dict[str, str]]:
    """What is to come: on the first page, of all or of one part."""
    today = clock.day_in(i18n.ZONE, clock.now())
    found: list[dict[str, str]] = []
    if not after and part in {None, Part.VISITS}:
        found += wording.planned_visits(await lines_of(by, record.patient.id), today)
    if not after and part in {None, Part.QUESTIONNAIRES}:
        found += team.timeline_entries(timeline.planned(record.assignments, today), record.questionnaires, today)
    return found


HANDLERS = [show_course]
