"""The scores of one response, and how each was computed."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.dashboard.record import is_pending
from app.dashboard.routes.parts import AnyRequest, title_of, words
from app.dashboard.series import Result, Series
from app.lib import clock, i18n, pages
from app.lib.watching import watch
from app.patients.queries import get_patient
from app.questionnaires.explanation import Explanation, explain, outcome
from app.questionnaires.model import Questionnaire
from app.responses import queries
from app.responses.actions import note_reading
from app.responses.facts.queries import facts_of_response
from app.responses.model import Response as GivenResponse
from app.responses.model import StoredScore, may_read

READ = requires(Permission.SCORE_READ, "response_id", queries.scope_of_response)


@get("/responses/{response_id:uuid}/scores", opt=READ)
async def show_scores(
    request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID], since: FromQuery[str] = ""
) -> Response[Any]:
    """Each score with its reading. While the worker computes, the part asks again by itself."""
    if not may_read(actor, granted(request)):
        raise NotFoundException
    response = await queries.get_response(response_id)
    stored = await queries.scores_of_response(response_id)
    pending = is_pending(response, stored)
    if stored or not pages.is_partial(request):
        await note_reading(actor, response_id, response.patient, "scores", at=clock.now())
    return pages.page(
        request,
        "dashboard/scores",
        response=response,
        patient=await get_patient(response.patient),
        title=title_of(response.questionnaire),
        pending=pending,
        watching=watch("", since, clock.now(), pending=pending, waiting=False),
        lines=[(one, _series(response, one)) for one in _in_order(response.questionnaire, stored)],
        normed=await _normed(response),
        **words(),
    )


def _in_order(q: Questionnaire, stored: list[StoredScore]) -> list[StoredScore]:
    """The scores that teams may see, in the order of the file."""
    order = [one.id for one in q.scores if "team" in one.score.shown_to]
    return sorted((one for one in stored if one.score_id in order), key=lambda one: order.index(one.score_id))


def _series(response: GivenResponse, stored: StoredScore) -> Series:
    """One result seen as a series of its own, so that it is worded as everywhere."""
    q = response.questionnaire
    day = clock.day_in(i18n.ZONE, response.submitted_at or response.opened_at)
    result = Result(response.id, day, stored.value, stored.band, q.version, False)
    return Series(q, q.score(stored.score_id).score, (result,))


async def _normed(response: GivenResponse) -> list[Explanation]:
    """What was compared with a norm, so that the norms and the facts they go by are named beside the results."""
    q = response.questionnaire
    if not q.file.norms:
        return []
    facts = await _facts(response)
    given = outcome(q, {}, facts)
    every = [explain(q, one.id, i18n.locale.get(), given) for one in q.scores if "team" in one.score.shown_to]
    return [one for one in every if one.norms]


async def _facts(response: GivenResponse) -> dict[str, Any]:
    day = clock.day_in(i18n.ZONE, response.submitted_at or response.opened_at)
    return await facts_of_response(response, day)


@get("/responses/{response_id:uuid}/scores/{score_id:str}", opt=READ)
async def explain_score(
    request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID], score_id: FromPath[str]
) -> Response[Any]:
    """Items, steps, formula, rule, range, reference: what a colleague needs to check the result by hand."""
    response = await queries.get_response(response_id)
    q = response.questionnaire
    stored = next((one for one in await queries.scores_of_response(response_id) if one.score_id == score_id), None)
    if stored is None:
        raise NotFoundException
    await note_reading(actor, response_id, response.patient, "score", at=clock.now())
    day = clock.day_in(i18n.ZONE, response.submitted_at or response.opened_at)
    answers = await queries.answers_of(response_id, q)
    explained = explain(q, score_id, i18n.locale.get(), outcome(q, answers.values, await _facts(response), day))
    return pages.page(
        request,
        "dashboard/score",
        response=response,
        patient=await get_patient(response.patient),
        title=title_of(q),
        stored=stored,
        line=_series(response, stored),
        explained=explained,
        **words(),
    )
