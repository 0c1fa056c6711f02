"""What the data checks of a visit found: the values concerned, and why they are right."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.dashboard.routes.parts import AnyRequest
from app.dashboard.routes.signing import about
from app.dashboard.routes.visit_parts import held
from app.dashboard.signing.queries import may_act, shown_findings
from app.dashboard.visits.forms import Fault, words_fault
from app.dashboard.visits.wording import fault_words
from app.lib import clock, pages
from app.trials.checks.actions import explain
from app.trials.queries import acting_on_visit, scope_of_visit

HERE = "/visits/{visit_id:uuid}/checks"
READ = requires(Permission.VISIT_READ, "visit_id", scope_of_visit)
ACT = requires(Permission.VISIT_EDIT, "visit_id", acting_on_visit)


@get(HERE, opt=READ)
async def show_checks(
    actor: NamedDependency[Actor], visit_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Everything that was found in this visit, what is to be settled first."""
    return await _page(actor, visit_id, done=done == "explained")


async def _page(
    actor: Actor, visit_id: UUID, *, typed: tuple[str, str] = ("", ""), fault: Fault | None = None, **more: Any
) -> Response[Any]:
    visit, _enrolment = await held(visit_id)
    shown = await shown_findings(actor, visit)
    about_which, reason = typed
    page = pages.render(
        "dashboard/visit_checks.html",
        **await about(actor, visit),
        found=shown,
        may=await may_act(actor, visit, Permission.VISIT_EDIT),
        names=await names_of({one.finding.explained_by for one in shown if one.finding.explained_by}),
        reason=reason,
        errors={f"reason-{about_which}": fault_words(fault)} if fault else {},
        done=more.get("done", False),
    )
    return pages.html(page, 422 if fault else 200)


@post(HERE, opt=ACT, status_code=303)
async def explain_one(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Why the values are right. What was settled meanwhile stays settled."""
    form = await request.form()
    which, reason = str(form.get("finding", "")), str(form.get("reason", ""))
    visit, _enrolment = await held(visit_id)
    standing = {str(one.finding.id): one for one in await shown_findings(actor, visit)}
    if which not in standing or not standing[which].finding.is_open or not standing[which].message:
        return pages.go(request, f"/visits/{visit_id}/checks")
    fault = words_fault(reason, Fault.REASON)
    if fault is not None:
        return await _page(actor, visit_id, typed=(which, reason), fault=fault)
    await explain(actor, visit_id, standing[which].finding.id, reason, at=clock.now())
    return pages.go(request, f"/visits/{visit_id}/checks?done=explained")


HANDLERS: list[Any] = [show_checks, explain_one]
