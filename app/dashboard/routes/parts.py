"""What the team's pages share: the record of a patient, words for templates. Holds no handler."""

from typing import Any
from uuid import UUID

from litestar import Request

from app.alerts.queries import alerts_of_patient
from app.assignments.queries import list_of_patient
from app.dashboard import score_wording, wording
from app.dashboard.record import Record
from app.lib import clock, i18n
from app.patients.queries import get_patient
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire, text
from app.responses.queries import list_responses_of_patient, scores_of_patient

AnyRequest = Request[Any, Any, Any]


async def record_of(patient: UUID) -> Record:
    """One patient's record, whole. A questionnaire that was answered is the version that was answered last."""
    assignments = await list_of_patient(patient)
    responses = await list_responses_of_patient(patient)
    known = {one.questionnaire: library().find(one.questionnaire) for one in assignments}
    known |= {one.questionnaire.key: one.questionnaire for one in reversed(responses)}
    return Record(
        await get_patient(patient),
        tuple(assignments),
        tuple(responses),
        tuple(await scores_of_patient(patient)),
        tuple(await alerts_of_patient(patient)),
        known,
    )


def title_of(q: Questionnaire) -> str:
    return text(q.file.title, i18n.locale.get())


def words() -> dict[str, Any]:
    """What every template of the team may call."""
    return {
        "w": wording,
        "s": score_wording,
        "title_of": title_of,
        "today": clock.day_in(i18n.ZONE, clock.now()),
        "at": clock.now(),
    }
