"""Correcting what was sent, one section at a time, with a reason."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.lib import clock, i18n, pages
from app.lib.hearing import ask
from app.responses import actions, presenting, queries
from app.responses.forms import messages, read_form
from app.responses.model import Conflict, ResponseScope, State
from app.responses.news import WhatFollows
from app.responses.reconciling import with_posted
from app.responses.rendering import NOTHING_TYPED, Draft, Mode, draw
from app.responses.routes.parts import AnyRequest, course_of, fields_of, screen_named, summary_of, title_of
from app.responses.screens import Course, Screen

CORRECT = requires(Permission.RESPONSE_CORRECT, "response_id", queries.scope_of_response)
LONGEST_REASON = 1000


@get("/responses/{response_id:uuid}/corrections/{screen_id:str}", opt=CORRECT)
async def show_correction(
    request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID], screen_id: FromPath[str]
) -> Response[Any]:
    """One section of a sent response, open again, with a box for the reason."""
    scope: ResponseScope = granted(request)
    walk = await course_of(scope)
    screen = screen_named(walk, screen_id)
    if scope.state is State.DRAFT or screen is None:
        return Redirect(f"/responses/{response_id}", status_code=303)
    return await _correction(request, actor, walk, screen)


@dataclass(frozen=True, slots=True)
class Said:
    """What the person has written so far, and what the page says about it: `changed` or `same`."""

    draft: Draft = NOTHING_TYPED
    reason: str = ""
    note: str = ""


NOTHING_SAID = Said()


async def _correction(
    request: AnyRequest, actor: Actor, walk: Course, screen: Screen, said: Said = NOTHING_SAID, *, status: int = 200
) -> Response[Any]:
    """The section with its answers, in which a team's reading is written down."""
    scope: ResponseScope = granted(request)
    response = scope.response
    await actions.note_reading(actor, response, scope.patient, "correction", at=clock.now())
    return pages.page(
        request,
        "responses/correction",
        status=status,
        response=response,
        title=presenting.screen_title(walk, screen, i18n.locale.get()),
        about=title_of(walk.questionnaire),
        screen=screen.id,
        cards=draw(walk, screen, Mode.CORRECT, response, said.draft),
        errors=summary_of(walk.questionnaire, said.draft),
        reason=said.reason,
        reason_error=said.draft.errors.get("reason"),
        note=said.note,
        cautions=await ask(WhatFollows(response)),
        leave_url=f"/responses/{response}",
    )


def _changed_elsewhere(fresh: Course, conflicts: tuple[Conflict, ...]) -> dict[str, str]:
    """Beside each answer that somebody else has changed meanwhile: what it is now."""
    language = i18n.locale.get()
    both = [presenting.collision(fresh, one, (), language) for one in conflicts]
    words = i18n.gettext("Meanwhile this was changed elsewhere to: %(answer)s. Send again to keep what is here.")
    return {one.name: words % {"answer": one.theirs} for one in both}


@post("/responses/{response_id:uuid}/corrections/{screen_id:str}", opt=CORRECT, status_code=303)
async def correct(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    response_id: FromPath[UUID],
    screen_id: FromPath[str],
) -> Response[Any]:
    scope: ResponseScope = granted(request)
    walk = await course_of(scope)
    screen = screen_named(walk, screen_id)
    if screen is None:
        return pages.go(request, f"/responses/{response_id}")
    fields = await fields_of(request)
    q, language = walk.questionnaire, i18n.locale.get()
    reading = read_form(q, fields, language)
    reason = next(iter(fields.get("reason", [])), "").strip()
    faults = messages(q, reading.problems, i18n.gettext, language)
    if not reason:
        faults["reason"] = i18n.gettext("Say in a few words why you are correcting this.")
    elif len(reason) > LONGEST_REASON:
        faults["reason"] = i18n.gettext("Shorten the reason to 1,000 characters.")
    elif "\x00" in reason:
        faults["reason"] = i18n.gettext("The text holds a character that cannot be kept. Type it again.")
    after = await course_of(scope, with_posted(walk.answers, reading.posted))
    errors, _warnings = presenting.standings(after, i18n.gettext, language)
    faults = {one.field: one.message for one in errors if one.screen == screen.id} | faults
    if faults:
        return await _correction(request, actor, after, screen, Said(Draft(reading.typed, faults), reason), status=422)
    plan = await actions.correct_response(actor, response_id, reading.posted, reason, at=clock.now())
    if plan.conflicts:
        fresh = await course_of(scope)
        draft = Draft(reading.typed, _changed_elsewhere(fresh, plan.conflicts))
        return await _correction(request, actor, fresh, screen, Said(draft, reason, "changed"), status=409)
    if not plan.changes:
        return await _correction(request, actor, walk, screen, Said(reason=reason, note="same"), status=422)
    return pages.go(request, f"/responses/{response_id}?corrected=1")
