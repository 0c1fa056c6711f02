"""Centres ask about somebody whose record nobody follows any more: the network decides, by code."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of, organisations_by_id
from app.administration.actions import note_coded_reading
from app.administration.routes.parts import AnyRequest, page, typed
from app.lib import clock, pages
from app.patients.affiliations import wording
from app.patients.affiliations.actions.deciding import approve_request, refuse_request
from app.patients.affiliations.model import Refusal
from app.patients.affiliations.queries import list_orphans, scope_of_orphan

HERE = "/administration/affiliations"
LIST = requires(Permission.PATIENT_CODED)
ORPHAN = requires(Permission.PATIENT_CODED, "orphan_id", scope_of_orphan, fresh=True)


@get(HERE, opt=LIST)
async def list_waiting(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    """Codes, who asks, in what the two agree; what was typed and who it is stays closed."""
    return await _page(actor, done=done in {"approved", "refused"})


async def _page(actor: Actor, *, done: bool = False, problem: tuple[UUID, str] | None = None) -> Response[Any]:
    found = await list_orphans()
    await note_coded_reading(actor, len(found), None, at=clock.now())
    return page(
        "affiliations",
        422 if problem else 200,
        orphans=found,
        names=await names_of({one.asked_by for one in found}),
        centres=await organisations_by_id({one.organisation for one in found}),
        done=done,
        problem=problem,
        f=wording,
    )


@post(f"{HERE}/{{orphan_id:uuid}}", opt=ORPHAN)
async def decide(request: AnyRequest, actor: NamedDependency[Actor], orphan_id: FromPath[UUID]) -> Response[Any]:
    """Open the record to the centre that asks, once the person was told; or say no."""
    said = typed(await request.form(), ("decision", "informed"))
    if said["decision"] == "refuse":
        await refuse_request(actor, orphan_id, Refusal.OTHER, "", at=clock.now())
        return pages.go(request, f"{HERE}?done=refused")
    if said["informed"] != "yes":
        return await _page(actor, problem=(orphan_id, wording.problem_words("informed")))
    await approve_request(actor, orphan_id, at=clock.now())
    return pages.go(request, f"{HERE}?done=approved")


HANDLERS: list[Any] = [list_waiting, decide]
