"""The review page and sending."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import granted
from app.access.policy import Actor
from app.lib import clock, i18n, pages
from app.responses import actions, presenting
from app.responses.fingerprints import digest
from app.responses.model import ResponseScope, State
from app.responses.routes.parts import (
    ANSWER,
    AnyRequest,
    after_sending,
    course_of,
    fields_of,
    for_whom,
    safety_words,
    title_of,
    way_back,
)


@get("/responses/{response_id:uuid}/review", opt=ANSWER)
async def show_review(request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID]) -> Response[Any]:
    scope: ResponseScope = granted(request)
    if scope.state is not State.DRAFT:
        return Redirect(f"/responses/{response_id}", status_code=303)
    return await _review(request, actor, scope)


async def _review(
    request: AnyRequest, actor: Actor, scope: ResponseScope, *, status: int = 200, why: str = ""
) -> Response[Any]:
    walk = await course_of(scope)
    language = i18n.locale.get()
    errors, warnings = presenting.standings(walk, i18n.gettext, language)
    return pages.page(
        request,
        "responses/review",
        status=status,
        why=why,
        response=scope.response,
        title=title_of(walk.questionnaire),
        sections=presenting.sections(walk, language),
        progress=walk.progress(),
        errors=errors,
        warnings=warnings,
        seen=digest(walk.answers),
        safety=safety_words(walk),
        for_whom=await for_whom(actor, scope.patient),
        leave_url=await way_back(actor, scope.response, scope.patient),
    )


@post("/responses/{response_id:uuid}/submit", opt=ANSWER, status_code=303)
async def submit(request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID]) -> Response[Any]:
    """Send. Twice is once: the second time finds it sent and shows the same confirmation."""
    scope: ResponseScope = granted(request)
    if scope.state is not State.DRAFT:
        return pages.go(request, after_sending(actor, response_id))
    fields = await fields_of(request)
    errors, warnings = presenting.standings(await course_of(scope), i18n.gettext, i18n.locale.get())
    if errors:
        return await _review(request, actor, scope, status=422, why="missing")
    if warnings and "confirm" not in fields:
        return await _review(request, actor, scope, status=422, why="confirm")
    seen = next(iter(fields.get("seen", [])), "")
    if not await actions.submit_response(actor, response_id, seen, i18n.locale.get(), at=clock.now()):
        return await _review(request, actor, scope, status=409, why="changed")
    return pages.go(request, after_sending(actor, response_id))
