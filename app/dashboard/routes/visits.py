"""One visit: what it asks and how far it is; opening, completing, skipping, taking up again, notes, one out of plan."""

from collections.abc import Collection
from datetime import date
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
from app.assignments.queries import list_of_visits
from app.dashboard import queries as team
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.visits import wording
from app.dashboard.visits.blocks import blocks
from app.dashboard.visits.forms import Fault, Faults, Typed, read_day, read_skip, words_fault
from app.dashboard.visits.model import Part
from app.dashboard.visits.queries import parts_of_visit, titles_of
from app.lib import clock, i18n, pages
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.questionnaires.library import library
from app.questionnaires.model import text
from app.trials import wording as trial_words
from app.trials.format.states import out_of_window
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.queries import (
    acting_on_enrolment,
    acting_on_visit,
    find_enrolment,
    find_visit,
    scope_of_visit,
    visits_of,
)
from app.trials.visits import wording as visit_words
from app.trials.visits.actions.holding import add_visit, complete_visit, open_visit, reopen_visit, skip_visit
from app.trials.visits.actions.noting import remove_note, write_note
from app.trials.visits.model import SkipReason, Standing, standing_of
from app.trials.visits.queries import history_of, notes_of, reason_of

ONE = "/visits/{visit_id:uuid}"
NEW = "/enrolments/{enrolment_id:uuid}/visits/new"
READ = requires(Permission.VISIT_READ, "visit_id", scope_of_visit)
EDIT = requires(Permission.VISIT_EDIT, "visit_id", acting_on_visit)
ADD = requires(Permission.VISIT_EDIT, "enrolment_id", acting_on_enrolment)
FIELDS = ("on", "why", "note", "text", "reason", "revision", "id", "kind")


def today_here() -> date:
    return clock.day_in(i18n.ZONE, clock.now())


async def held(visit_id: UUID) -> tuple[Visit, Enrolment]:
    """The visit and its enrolment; not found where an amendment took it away."""
    visit = await find_visit(visit_id)
    enrolment = await find_enrolment(visit.enrolment) if visit else None
    if visit is None or enrolment is None:
        raise NotFoundException
    return visit, enrolment


async def typed_in(request: AnyRequest) -> Typed:
    form = await request.form()
    return Typed({name: said if isinstance(said := form.get(name, ""), str) else "" for name in FIELDS})


async def _common(actor: Actor, visit: Visit, enrolment: Enrolment, page: str) -> dict[str, Any]:
    """What every page of a visit needs; that somebody reads it is written down."""
    await note_reading(actor, visit.patient, page, at=clock.now())
    trial, today = await trial_at(visit.version), today_here()
    return {
        "record": await record_of(visit.patient),
        "here": "trials",
        "partial": False,
        "visit": visit,
        "enrolment": enrolment,
        "trial": trial,
        "title": visit_words.visit_title(trial, visit),
        "state": visit.state(today),
        "tw": trial_words,
        "vw": visit_words,
        "dw": wording,
        **words(),
    }


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
        **await _common(actor, visit, enrolment, "visit"),
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
        errors=_errors(faults),
        done=wording.done_words(str(more.get("done", ""))),
        changed=bool(more.get("changed")),
    )
    return pages.html(page, 409 if more.get("changed") else 422 if faults else 200)


def _sent(parts: Collection[Part]) -> list[Any]:
    every = [row.response for part in parts for row in part.rows]
    return [one for one in every if one is not None and one.submitted_at is not None]


def _errors(faults: Faults | None) -> dict[str, str]:
    return {name: wording.fault_words(fault) for name, fault in (faults or {}).items()}


def _stale(visit: Visit, typed: Typed) -> bool:
    """Whether somebody has changed the visit since the form was drawn."""
    return typed["revision"] != str(visit.revision)


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
    if _stale(visit, typed):
        return await _page(actor, visit_id, typed=typed, changed=True)
    await open_visit(actor, visit_id, day, at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done={'moved' if visit.started_on else 'opened'}")


@get(f"{ONE}/complete", opt=EDIT)
async def show_complete(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """What lacks, and the reason for it."""
    return await _complete_page(actor, visit_id, Typed({"on": today_here().isoformat()}))


async def _complete_page(
    actor: Actor, visit_id: UUID, typed: Typed, faults: Faults | None = None, *, changed: bool = False
) -> Response[Any]:
    visit, enrolment = await held(visit_id)
    standing = standing_of(await list_of_visits([visit_id]))
    return pages.html(
        pages.render(
            "dashboard/visit_complete.html",
            **await _common(actor, visit, enrolment, "visit_complete"),
            standing=standing,
            questionnaires=_asked(standing),
            typed=typed,
            errors=_errors(faults),
            changed=changed,
        ),
        409 if changed else 422 if faults else 200,
    )


def _asked(standing: Standing) -> dict[UUID, Any]:
    every = (*standing.missing, *standing.begun, *standing.optional)
    return {one.id: library().find(one.questionnaire, one.version) for one in every}


@post(f"{ONE}/complete", opt=EDIT, status_code=303)
async def complete(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """The visit is over; what is required and lacks needs a reason."""
    visit, enrolment = await held(visit_id)
    typed = await typed_in(request)
    if visit.completed_on is not None:
        return pages.go(request, f"/visits/{visit_id}?done=completed")
    day = read_day(typed["on"], enrolment.included_on, today_here())
    standing = standing_of(await list_of_visits([visit_id]))
    faults: Faults = {}
    if isinstance(day, Fault):
        faults["on"] = day
    elif visit.started_on is not None and day < visit.started_on:
        faults["on"] = Fault.BEFORE_START
    if fault := words_fault(typed["reason"], None if standing.whole else Fault.WHY_MISSING):
        faults["reason"] = fault
    if faults or isinstance(day, Fault):
        return await _complete_page(actor, visit_id, typed, faults)
    if _stale(visit, typed):
        return await _complete_page(actor, visit_id, typed, changed=True)
    await complete_visit(actor, visit_id, day, typed["reason"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=completed")


@get(f"{ONE}/skip", opt=EDIT)
async def show_skip(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Why the visit is not held."""
    return await _asking_page(actor, visit_id, "skip", Typed())


async def _asking_page(
    actor: Actor, visit_id: UUID, kind: str, typed: Typed, faults: Faults | None = None, *, changed: bool = False
) -> Response[Any]:
    """The page before skipping or taking up again."""
    visit, enrolment = await held(visit_id)
    standing = standing_of(await list_of_visits([visit_id]))
    return pages.html(
        pages.render(
            f"dashboard/visit_{kind}.html",
            **await _common(actor, visit, enrolment, f"visit_{kind}"),
            standing=standing,
            reasons=[(one.value, trial_words.skip_words(one)) for one in SkipReason],
            typed=typed,
            errors=_errors(faults),
            changed=changed,
        ),
        409 if changed else 422 if faults else 200,
    )


@post(f"{ONE}/skip", opt=EDIT, status_code=303)
async def skip(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    visit, _enrolment = await held(visit_id)
    typed = await typed_in(request)
    if visit.skipped_on is not None:
        return pages.go(request, f"/visits/{visit_id}?done=skipped")
    reason, faults = read_skip(typed)
    if faults or reason is None:
        return await _asking_page(actor, visit_id, "skip", typed, faults)
    if _stale(visit, typed):
        return await _asking_page(actor, visit_id, "skip", typed, changed=True)
    await skip_visit(actor, visit_id, reason, typed["note"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=skipped")


@get(f"{ONE}/reopen", opt=EDIT)
async def show_reopen(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Why it is taken up again."""
    return await _asking_page(actor, visit_id, "reopen", Typed())


@post(f"{ONE}/reopen", opt=EDIT, status_code=303)
async def reopen(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    visit, _enrolment = await held(visit_id)
    typed = await typed_in(request)
    if visit.completed_on is None and visit.skipped_on is None:
        return pages.go(request, f"/visits/{visit_id}")
    if fault := words_fault(typed["reason"], Fault.REASON):
        return await _asking_page(actor, visit_id, "reopen", typed, {"reason": fault})
    if _stale(visit, typed):
        return await _asking_page(actor, visit_id, "reopen", typed, changed=True)
    await reopen_visit(actor, visit_id, typed["reason"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=reopened")


@post(f"{ONE}/notes", opt=EDIT, status_code=303)
async def note(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    typed = await typed_in(request)
    if fault := words_fault(typed["text"], Fault.NOTE):
        return await _page(actor, visit_id, typed=typed, faults={"text": fault})
    await write_note(actor, visit_id, _uuid(typed["id"]), typed["text"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=noted#notes")


@post(f"{ONE}/notes/remove", opt=EDIT, status_code=303)
async def take_note_away(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    typed = await typed_in(request)
    which = _uuid(typed["id"])
    if fault := words_fault(typed["reason"], Fault.REASON):
        return await _page(actor, visit_id, typed=typed, faults={f"reason-{which.hex}": fault})
    await remove_note(actor, visit_id, which, typed["reason"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=removed#notes")


def _uuid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        return new_id()


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
            errors=_errors(faults),
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
    new = _uuid(typed["id"])
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
    show_complete,
    complete,
    show_skip,
    skip,
    show_reopen,
    reopen,
    note,
    take_note_away,
    back_to_visit,
    show_new_visit,
    add,
]
