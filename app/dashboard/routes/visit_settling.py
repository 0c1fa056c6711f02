"""Completing a visit, noting that it is not held, and taking it up again."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.assignments.queries import list_of_visits
from app.dashboard.routes.parts import AnyRequest
from app.dashboard.routes.visit_parts import ONE, common_to, error_words, held, is_stale, today_here, typed_in
from app.dashboard.visits.forms import Fault, Faults, Typed, read_day, read_skip, words_fault
from app.lib import clock, pages
from app.questionnaires.library import library
from app.trials import wording as trial_words
from app.trials.queries import acting_on_visit
from app.trials.visits.actions.holding import complete_visit, reopen_visit, skip_visit
from app.trials.visits.model import SkipReason, Standing, standing_of

EDIT = requires(Permission.VISIT_EDIT, "visit_id", acting_on_visit)


@get(f"{ONE}/complete", opt=EDIT)
async def show_complete(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """What lacks, and the reason for it; of a visit that is under way."""
    visit, _enrolment = await held(visit_id)
    if visit.started_on is None or visit.completed_on or visit.skipped_on:
        return Redirect(f"/visits/{visit_id}", status_code=303)
    return await _complete_page(actor, visit_id, Typed({"on": today_here().isoformat()}))


async def _complete_page(
    actor: Actor, visit_id: UUID, typed: Typed, faults: Faults | None = None, *, changed: bool = False
) -> Response[Any]:
    visit, enrolment = await held(visit_id)
    standing = standing_of(await list_of_visits([visit_id]))
    return pages.html(
        pages.render(
            "dashboard/visit_complete.html",
            **await common_to(actor, visit, enrolment, "visit_complete"),
            standing=standing,
            questionnaires=_asked(standing),
            typed=typed,
            errors=error_words(faults),
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
    if is_stale(visit, typed):
        return await _complete_page(actor, visit_id, typed, changed=True)
    await complete_visit(actor, visit_id, day, typed["reason"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=completed")


@get(f"{ONE}/skip", opt=EDIT)
async def show_skip(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Why the visit is not held."""
    visit, _enrolment = await held(visit_id)
    if visit.completed_on or visit.skipped_on:
        return Redirect(f"/visits/{visit_id}", status_code=303)
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
            **await common_to(actor, visit, enrolment, f"visit_{kind}"),
            standing=standing,
            reasons=[(one.value, trial_words.skip_words(one)) for one in SkipReason],
            typed=typed,
            errors=error_words(faults),
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
    if is_stale(visit, typed):
        return await _asking_page(actor, visit_id, "skip", typed, changed=True)
    await skip_visit(actor, visit_id, reason, typed["note"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=skipped")


@get(f"{ONE}/reopen", opt=EDIT)
async def show_reopen(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Why it is taken up again; a signature is withdrawn first."""
    visit, _enrolment = await held(visit_id)
    if not (visit.completed_on or visit.skipped_on) or visit.locked:
        return Redirect(f"/visits/{visit_id}", status_code=303)
    return await _asking_page(actor, visit_id, "reopen", Typed())


@post(f"{ONE}/reopen", opt=EDIT, status_code=303)
async def reopen(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    visit, _enrolment = await held(visit_id)
    typed = await typed_in(request)
    if visit.completed_on is None and visit.skipped_on is None:
        return pages.go(request, f"/visits/{visit_id}")
    if fault := words_fault(typed["reason"], Fault.REASON):
        return await _asking_page(actor, visit_id, "reopen", typed, {"reason": fault})
    if is_stale(visit, typed):
        return await _asking_page(actor, visit_id, "reopen", typed, changed=True)
    await reopen_visit(actor, visit_id, typed["reason"], at=clock.now())
    return pages.go(request, f"/visits/{visit_id}?done=reopened")


HANDLERS: list[Any] = [show_complete, complete, show_skip, skip, show_reopen, reopen]
