"""What the team's pages share: the record of a patient, words for templates. Holds no handler."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Request

from app.access.consent import Use, allowed
from app.accounts.queries import names_of
from app.alerts.queries import alerts_of_patient
from app.assignments.queries import list_of_patient
from app.dashboard import score_wording, wording
from app.dashboard.record import Record
from app.lib import clock, i18n, pages
from app.patients.affiliations.queries import following_of
from app.patients.queries import get_patient, scope_of_patient
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire, text
from app.responses.queries import list_responses_of_patient, scores_of_patient

AnyRequest = Request[Any, Any, Any]


async def record_of(patient: UUID) -> Record:
    """One patient's record as the reader's centre may see it: where sharing is withheld, less what others wrote.

    A questionnaire that was answered is the version that was answered last. An alert that nobody has taken up reaches
    every centre that follows the person: somebody in danger is no matter of consent.
    """
    seen = await _seen_by_reader(patient)
    assignments = [one for one in await list_of_patient(patient) if seen(one.organisation)]
    responses = [one for one in await list_responses_of_patient(patient) if seen(one.organisation)]
    shown = {one.id for one in responses}
    known = {one.questionnaire: library().find(one.questionnaire) for one in assignments}
    known |= {one.questionnaire.key: one.questionnaire for one in reversed(responses)}
    return Record(
        await get_patient(patient),
        tuple(assignments),
        tuple(responses),
        tuple(one for one in await scores_of_patient(patient) if one.score.response in shown),
        tuple(one for one in await alerts_of_patient(patient) if one.response in shown or one.is_open),
        known,
        await _followed_by(patient),
    )


async def _followed_by(patient: UUID) -> str:
    """Who follows the person in the reader's centre; "" where nobody in particular does."""
    reader = pages.actor()
    following = await following_of(reader.organisation, patient) if reader else None
    if following is None or following.practitioner is None:
        return ""
    return (await names_of([following.practitioner])).get(following.practitioner, "")


async def _seen_by_reader(patient: UUID) -> Callable[[UUID], bool]:
    """Whether what a centre wrote about this person is there for whoever reads. Nobody signed in sees nothing."""
    reader = pages.actor()
    scope = await scope_of_patient(patient)
    if reader is None or scope is None:
        return lambda organisation: False
    shared = allowed(scope.withheld, Use.SEE_OTHER_CENTRES)
    return lambda organisation: shared or organisation == reader.organisation


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
