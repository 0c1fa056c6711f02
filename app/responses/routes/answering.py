"""Answering: the intro page, the sections, and each answer as it changes."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.accounts.queries import organisations_by_id
from app.assignments.queries import find_assignment, scope_of_assignment
from app.lib import clock, i18n, pages
from app.lib.frames import Frame, slot
from app.lib.ids import new_id
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire
from app.questionnaires.problems import Problem, ProblemCode
from app.questionnaires.red_flags import on_save_reads
from app.questionnaires.visibility import depends_on
from app.responses import actions, presenting
from app.responses.forms import Reading, messages, posted_names, read_form
from app.responses.model import NO_ROW, Closed, Conflict, ResponseScope, State
from app.responses.queries import get_response
from app.responses.reconciling import Posted
from app.responses.rendering import Draft
from app.responses.routes.parts import (
    ANSWER,
    TODAY_IN,
    AnyRequest,
    course_of,
    fields_of,
    for_whom,
    home_of,
    page_load_of,
    safety_words,
    screen_named,
    title_of,
    uuid_or_nil,
    visit_of,
    way_back,
)
from app.responses.routes.section import next_url, section, shown_names
from app.responses.screens import Course, Screen, field_name, read_field_name

OPEN = requires(Permission.ASSIGNMENT_OPEN, "assignment_id", scope_of_assignment)


@get("/assignments/{assignment_id:uuid}", opt=OPEN)
async def show_intro(
    request: AnyRequest, actor: NamedDependency[Actor], assignment_id: FromPath[UUID]
) -> Response[Any]:
    """Purpose, period, who reads it, what happens if an answer is worrying."""
    assignment = await find_assignment(assignment_id)
    if assignment is None or not assignment.waiting:
        return Redirect(home_of(actor, granted(request).patient), status_code=303)
    q = library().find(assignment.questionnaire, assignment.version)
    centres = await organisations_by_id(granted(request).organisations)
    return pages.page(
        request,
        "responses/intro",
        assignment=assignment,
        q=q,
        title=title_of(q),
        centres=sorted(centre.name for centre in centres.values()),
        for_whom=await for_whom(actor, assignment.patient),
        leave_url=visit_of(actor, [assignment]) or home_of(actor, assignment.patient),
    )


@post("/assignments/{assignment_id:uuid}/open", opt=OPEN, status_code=303)
async def open_assignment(
    request: AnyRequest, actor: NamedDependency[Actor], assignment_id: FromPath[UUID]
) -> Response[Any]:
    assignment = await find_assignment(assignment_id)
    if assignment is None or assignment.opens_on > clock.day_in(TODAY_IN, clock.now()):
        return Redirect(home_of(actor, granted(request).patient), status_code=303)
    response = await actions.open_response(actor, assignment, i18n.locale.get(), at=clock.now())
    return pages.go(request, f"/responses/{response}/resume")


@get("/responses/{response_id:uuid}/resume", opt=ANSWER)
async def resume(request: AnyRequest, response_id: FromPath[UUID]) -> Response[Any]:
    """The first unanswered question, wherever the person left off; the review when there is none."""
    scope: ResponseScope = granted(request)
    if scope.state is not State.DRAFT:
        return Redirect(f"/responses/{response_id}", status_code=303)
    found = (await course_of(scope)).first_open()
    if found is None:
        return Redirect(f"/responses/{response_id}/review", status_code=303)
    screen, item = found
    return Redirect(f"/responses/{response_id}/pages/{screen.id}#item-{item}", status_code=303)


@get("/responses/{response_id:uuid}/pages/{screen_id:str}", opt=ANSWER)
async def show_screen(request: AnyRequest, response_id: FromPath[UUID], screen_id: FromPath[str]) -> Response[Any]:
    scope: ResponseScope = granted(request)
    walk = await course_of(scope)
    screen = screen_named(walk, screen_id)
    if scope.state is not State.DRAFT or screen is None:
        return Redirect(f"/responses/{response_id}/resume", status_code=303)
    return await section(request.user, scope, walk, screen)


@post("/responses/{response_id:uuid}/pages/{screen_id:str}", opt=ANSWER, status_code=303)
async def save_screen(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    response_id: FromPath[UUID],
    screen_id: FromPath[str],
) -> Response[Any]:
    """Save a whole section, then go where its button says. This is all there is without JavaScript."""
    scope: ResponseScope = granted(request)
    q = library().find(scope.questionnaire, scope.version)
    fields = await fields_of(request)
    reading = read_form(q, fields, i18n.locale.get())
    plan = await actions.save_page(actor, response_id, reading.posted, page_load_of(fields), at=clock.now())
    walk = await course_of(scope)
    if plan.conflicts:
        action = f"/responses/{response_id}/pages/{screen_id}"
        return _conflicts(request, action, walk, reading, plan.conflicts, fields)
    screen = screen_named(walk, screen_id)
    if screen is None:
        return pages.go(request, f"/responses/{response_id}/resume")
    leaving = {name.partition(":")[2] for name in fields.get("remove", [])}
    reading.problems = {n: p for n, p in reading.problems.items() if n.partition("--")[2] not in leaving - {""}}
    if reading.problems:
        draft = Draft(reading.typed, messages(q, reading.problems, i18n.gettext, i18n.locale.get()))
        return await section(actor, scope, walk, screen, draft, status=422)
    return await _onwards(request, actor, scope, walk, screen, fields)


async def _onwards(
    request: AnyRequest,
    actor: Actor,
    scope: ResponseScope,
    walk: Course,
    screen: Screen,
    fields: dict[str, list[str]],
) -> Response[Any]:
    """Where the pressed button leads, all answers being saved."""
    here = f"/responses/{scope.response}/pages/{screen.id}"
    if "leave" in fields:
        return pages.go(request, await way_back(actor, scope.response, scope.patient))
    if code := next(iter(fields.get("language", [])), None):
        return pages.go(request, f"/language/{code}?next={here}")
    if changed := await _change_rows(actor, scope.response, walk, fields):
        return pages.go(request, here + changed)
    if revealed := _revealed(walk, screen, fields):
        return pages.go(request, f"{here}#item-{revealed}")
    missing = _missing(walk, screen)
    if missing:
        return await section(actor, scope, walk, screen, Draft({}, missing), status=422)
    return pages.go(request, next_url(scope.response, walk, screen))


async def _change_rows(actor: Actor, response: UUID, walk: Course, fields: dict[str, list[str]]) -> str:
    """Add or remove an entry of a repeating group, if its button was pressed; where to look afterwards."""
    if group := next((g for g in fields.get("add", []) if g in walk.questionnaire.groups), None):
        row = await actions.add_row(actor, response, group, at=clock.now())
        return f"#row-{row.hex}"
    for name in fields.get("remove", []):
        group, _, row_hex = name.partition(":")
        row = uuid_or_nil(row_hex)
        if row in walk.answers.rows.get(group, ()):
            await actions.remove_row(actor, response, group, row, at=clock.now())
            return f"#item-{group}"
    return ""


@post("/responses/{response_id:uuid}/items/{item_id:str}", opt=ANSWER, status_code=200)
async def save_item(
    request: AnyRequest,
    response_id: FromPath[UUID],
    item_id: FromPath[str],
    row: FromQuery[str | None] = None,
) -> Response[Any]:
    """Save one answer the moment it changes; only words around the control are replaced."""
    scope: ResponseScope = granted(request)
    q = library().find(scope.questionnaire, scope.version)
    fields = await fields_of(request)
    name = field_name(item_id, uuid_or_nil(row) if row else NO_ROW)
    own = {field: texts for field, texts in fields.items() if not field.startswith(("v.", "keep."))}
    reading = read_form(q, own | {f"v.{name}": fields.get(f"v.{name}", ["0"])}, i18n.locale.get())
    posted = next((one for one in reading.posted if field_name(one.item, one.row) == name), None)
    if posted is None:
        problem = reading.problems.get(name, Problem(ProblemCode.UNKNOWN_ITEM))
        return _refuse(name, messages(q, {name: problem}, i18n.gettext, i18n.locale.get())[name])
    at = clock.now()
    writing = actions.Writing(request.user.id, response_id, page_load_of(fields))
    if posted.item in on_save_reads(q):
        outcome = await actions.save_watched_answer(writing, posted, q, at=at)
    else:
        outcome = await actions.save_answer(writing, posted, at=at)
    if isinstance(outcome, Closed):
        return _refuse(name, await _why_closed(response_id))
    if isinstance(outcome, Conflict):
        return await _collide(scope, reading, name, outcome)
    return await _saved(scope, q, posted, name, i18n.time_words(at))


async def _saved(scope: ResponseScope, q: Questionnaire, posted: Posted, name: str, time: str) -> Response[str]:
    """What changes around a saved answer: the words, and what the answer shows or hides."""
    if not (depends_on(q, posted.item) or posted.item in on_save_reads(q)):
        return pages.html(_saved_alone(i18n.locale.get()).filled(field=name, time=time))
    walk = await course_of(scope)
    return pages.html(
        pages.render(
            "responses/_saved.html", field=name, time=time, shown=shown_names(walk), warnings=safety_words(walk)
        )
    )


@cache
def _saved_alone(_language: str) -> Frame:
    """The words around an answer on which nothing else depends."""
    return pages.frame("responses/_saved.html", field=slot("field"), time=slot("time"), shown=None, warnings=[])


def _refuse(name: str, words: str) -> Response[str]:
    """The message beside the control, which stays as it is with all that was typed."""
    return pages.html(pages.render("responses/_refused.html", field=name, message=words), 422)


async def _why_closed(response: UUID) -> str:
    """Why an answer found no place any more; what was typed is still on the page."""
    if (await get_response(response)).state is State.DRAFT:
        return i18n.gettext("This entry was removed elsewhere. Copy what you need from here, then open the page again.")
    return i18n.gettext("These answers were sent elsewhere meanwhile. Correct them under “My answers” if needed.")


async def _collide(scope: ResponseScope, reading: Reading, name: str, conflict: Conflict) -> Response[str]:
    walk = await course_of(scope)
    one = presenting.collision(walk, conflict, reading.typed[name], i18n.locale.get())
    body = pages.render(
        "responses/_collision.html",
        one=one,
        response=scope.response,
        screen=presenting.screen_of(walk, conflict.item).id,
        row=None if conflict.row == NO_ROW else conflict.row.hex,
        item=conflict.item,
    )
    return pages.html(body, 409)


def _conflicts(
    request: AnyRequest,
    action: str,
    walk: Course,
    reading: Reading,
    conflicts: tuple[Conflict, ...],
    fields: dict[str, list[str]],
) -> Response[Any]:
    """Both values of each answer that changed elsewhere, to choose from. What cannot be read yet travels along."""
    language = i18n.locale.get()
    both = [
        presenting.collision(walk, one, reading.typed[field_name(one.item, one.row)], language) for one in conflicts
    ]
    return pages.page(
        request,
        "responses/conflict",
        status=409,
        collisions=both,
        carried=list(_carried(walk.questionnaire, reading, fields)),
        action=action,
        page_load=new_id(),
        title=title_of(walk.questionnaire),
    )


def _carried(q: Questionnaire, reading: Reading, fields: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The fields of answers that could not be read, to be posted again: they come back with their message."""
    for name in reading.problems:
        place = read_field_name(name)
        if place is None or place[0] not in q.questions:
            continue
        for posted in (*posted_names(q.questions[place[0]], name), f"v.{name}"):
            yield from ((posted, words) for words in fields.get(posted, []))


# --- small parts ------


def _revealed(walk: Course, screen: Screen, fields: dict[str, list[str]]) -> str | None:
    """The first question of this section that the posted answers have just revealed."""
    before = set(" ".join(fields.get("shown", [])).split())
    places = (field_name(item, row) for item, _group, row in walk.places(screen))
    return next((name for name in places if before and name not in before), None)


def _missing(walk: Course, screen: Screen) -> dict[str, str]:
    errors, _warnings = presenting.standings(walk, i18n.gettext, i18n.locale.get())
    return {one.field: one.message for one in errors if one.screen == screen.id}
