"""One visit: what it asks and how far it is; opening it, notes, one out of plan. Its end is in visit_settling."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, allows
from app.accounts.queries import names_of, organisations_by_id
from app.dashboard import queries as team
from app.dashboard.routes import visit_settling
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.routes.visit_parts import (
    ONE,
    common_to,
    error_words,
    held,
    is_stale,
    today_here,
    typed_in,
    uuid_or_new,
)
from app.dashboard.visits import wording
from app.dashboard.visits.blocks import blocks
from app.dashboard.visits.forms import Fault, Faults, Typed, read_day, words_fault
from app.dashboard.visits.model import Part
from app.dashboard.visits.queries import parts_of_visit, titles_of
from app.lib import clock, i18n, pages
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.questionnaires.model import text
from app.trials.format.states import out_of_window
from app.trials.library import trial_at
from app.trials.model import Enrolment
from app.trials.queries import (
    acting_on_enrolment,
    acting_on_visit,
    find_enrolment,
    scope_of_visit,
    visits_of,
)
from app.trials.visits.actions.holding import add_visit, open_visit
from app.trials.visits.actions.noting import remove_note, write_note
from app.trials.visits.queries import history_of, notes_of, reason_of

NEW = "/enrolments/{enrolment_id:uuid}/visits/new"
READ = requires(Permission.VISIT_READ, "visit_id", scope_of_visit)
EDIT = requires(Permission.VISIT_EDIT, "visit_id", acting_on_visit)
ADD = requires(Permission.VISIT_EDIT, "enrolment_id", acting_on_enrolment)


@get(ONE, opt=READ)
async def show_visit(
    actor: NamedDependency[Actor], visit_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Its window and state, each module with what is there and what lacks, notes, what was changed."""
    return await _page(actor, visit_id, done=done)


async def _page(
    actor: Actor, visit_id: UUID, *, typed: Typed | None = None, faults: Faults | None = None, **more: Any
) -> Response[Any]:
    visit, enrolment = await held(visit_id)
    today = today_here()
    parts = await parts_of_visit(actor, visit, today)
    notes, former = await notes_of(visit_id), await history_of(visit_id)
    centres = await organisations_by_id({visit.organisation})
    acting = await acting_on_visit(visit_id)
    opener = {one for one in (visit.started_by, visit.completed_by, visit.skipped_by) if one}
    page = pages.render(
        "dashboard/visit.html",
        **await common_to(actor, visit, enrolment, "visit"),
        **await blocks(actor, visit),
        parts=parts,
        outcomes=await team.outcomes_of(_sent(parts)),
        titles=await titles_of(parts),
        notes=notes,
        new_note=str(new_id()),
        former=[(one, said) for one in former if (said := wording.former_words(one))],
        why=await reason_of(visit_id),
        names=await names_of({one.by for one in notes} | {one.by for one in former} | opener),
        centre=centres[visit.organisation].name,
        out=out_of_window(visit.window, visit.completed_on),
        may=acting is not None and allows(actor, Permission.VISIT_EDIT, acting) and enrolment.active,
        typed=typed or Typed({"on": (visit.started_on or today).isoformat()}),
        errors=error_words(faults),
        done=wording.done_words(str(more.get("done", ""))),
        changed=bool(more.get("changed")),
    )
    return pages.html(page, 409 if more.get("changed") else 422 if faults else 200)


def _sent(parts: Collection[Part]) -> list[Any]:
    every = [row.response for part in parts for row in part.rows]
    return [one for one in every if one is not None and one.submitted_at is not None]


@post(f"{ONE}/open", opt=EDIT, status_code=303)
async def open_one(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """The visit begins on this day; or the day on which it began is corrected."""
    visit, enrolment = await held(visit_id)
    typed = await typed_in(request)
    day = read_day(typed["on"], enrolment.included_on, today_here())
    if isinstance(day, Fault):
        return await _page(actor, visit_id, typed=typed, faults={"on": day})
    if visit.started_on == day:
        return pages.go(request, f"/visits/{visit_id}?done=opened")
    if is_stale(visit, typed):
        return await _page(actor, visit_id, typed=typed, changed=True)
    await open_visit(actor, visit_id, day, at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done={'moved' if visit.started_on else 'opened'}")


@post(f"{ONE}/notes", opt=EDIT, status_code=303)
async def note(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    typed = await typed_in(request)
    if fault := words_fault(typed["text"], Fault.NOTE):
        return await _page(actor, visit_id, typed=typed, faults={"text": fault})
    await write_note(actor, visit_id, uuid_or_new(typed["id"]), typed["text"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=noted#notes")


@post(f"{ONE}/notes/remove", opt=EDIT, status_code=303)
async def take_note_away(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    typed = await typed_in(request)
    which = uuid_or_new(typed["id"])
    if fault := words_fault(typed["reason"], Fault.REASON):
        return await _page(actor, visit_id, typed=typed, faults={f"reason-{which.hex}": fault})
    await remove_note(actor, visit_id, which, typed["reason"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=removed#notes")


@get([f"{ONE}/{step}" for step in ("open", "notes", "notes/remove")], opt=EDIT)
async def back_to_visit(visit_id: FromPath[UUID]) -> Redirect:
    """The address of a form that was sent back, opened again: the page itself."""
    return Redirect(f"/visits/{visit_id}", status_code=303)


@get(NEW, opt=ADD)
async def show_new_visit(actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """Which kind of visit the protocol allows out of plan, and on which day it is held."""
    typed = Typed({"on": today_here().isoformat(), "id": str(new_id())})
    return await _new_page(actor, enrolment_id, typed)


async def _new_page(actor: Actor, enrolment_id: UUID, typed: Typed, faults: Faults | None = None) -> Response[Any]:
    enrolment = await find_enrolment(enrolment_id)
    if enrolment is None:
        raise NotFoundException
    await note_reading(actor, enrolment.patient, "visit_new", at=clock.now())
    return pages.html(
        pages.render(
            "dashboard/visit_new.html",
            record=await record_of(enrolment.patient),
            here="trials",
            partial=False,
            enrolment=enrolment,
            trial=await trial_at(enrolment.version),
            kinds=await _kinds(enrolment),
            typed=typed,
            errors=error_words(faults),
            **words(),
        ),
        422 if faults else 200,
    )


async def _kinds(enrolment: Enrolment) -> list[tuple[str, str]]:
    """The visits that may be held out of plan, as choices; none once the enrolment has ended."""
    if not enrolment.active:
        return []
    trial, standing = await trial_at(enrolment.version), await visits_of([enrolment.id])
    begun = [one.visit for one in standing if one.started_on is not None]
    return [
        (one.id, text(one.title, i18n.locale.get()))
        for one in trial.file.visits
        if trial.may_open(one.id, begun.count(one.id))
    ]


@post(NEW, opt=ADD, status_code=303)
async def add(request: AnyRequest, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """Sent twice, it adds one visit: its id came with the form."""
    enrolment = await find_enrolment(enrolment_id)
    if enrolment is None:
        raise NotFoundException
    typed, faults = await typed_in(request), Faults()
    new = uuid_or_new(typed["id"])
    if new in {one.id for one in await visits_of([enrolment_id])}:
        return pages.go(request, f"/visits/{new}?done=added")
    day = read_day(typed["on"], enrolment.included_on, today_here())
    if typed["kind"] not in {value for value, _ in await _kinds(enrolment)}:
        faults["kind"] = Fault.KIND
    if isinstance(day, Fault):
        faults["on"] = day
    if faults or isinstance(day, Fault):
        return await _new_page(actor, enrolment_id, typed, faults)
    await add_visit(actor, enrolment_id, typed["kind"], day, at=clock.now(), new=new)
    return pages.go(request, f"/visits/{new}?done=added")


HANDLERS: list[Any] = [
    show_visit,
    open_one,
    note,
    take_note_away,
    back_to_visit,
    show_new_visit,
    add,
    *visit_settling.HANDLERS,
]
