"""Records that are out of sight, by code, and bringing one back."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.administration.actions import note_coded_reading
from app.administration.routes.parts import AnyRequest, chosen_centre, page, typed
from app.lib import clock
from app.patients.identity.model import LONGEST_REASON, is_reason, read_reason
from app.patients.identity.wording import reason_fault
from app.patients.removing import wording
from app.patients.removing.actions import restore_record
from app.patients.removing.queries import find_removed, list_removed, scope_of_removed

HERE = "/administration/removed"
LIST = requires(Permission.PATIENT_RESTORE)
RESTORE = requires(Permission.PATIENT_RESTORE, "removed_id", scope_of_removed)
MOST = 200


@get(HERE, opt=LIST)
async def list_all(
    actor: NamedDependency[Actor], centre: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[Any]:
    """Code, when, why in a word, by whom; the latest first."""
    chosen, offered = await chosen_centre(actor, centre)
    found = await list_removed(chosen, MOST + 1)
    await note_coded_reading(actor, len(found[:MOST]), chosen, at=clock.now())
    names = await names_of({one.removed_by for one in found if one.removed_by})
    more = len(found) > MOST
    return page(
        "removed", found=found[:MOST], more=more, names=names, chosen=chosen, offered=offered, done=done, r=wording
    )


@get(f"{HERE}/{{removed_id:uuid}}/restore", opt=RESTORE)
async def show_form(removed_id: FromPath[UUID]) -> Response[Any]:
    """Asks why."""
    return await _form(removed_id)


async def _form(patient: UUID, reason: str = "", problem: str = "") -> Response[Any]:
    found = await find_removed(patient)
    if found is None:
        raise NotFoundException
    names = await names_of([found.removed_by] if found.removed_by else [])
    context = {"one": found, "names": names, "reason": reason, "problem": problem, "r": wording}
    return page("restore", 422 if problem else 200, **context)


@post(f"{HERE}/{{removed_id:uuid}}/restore", opt=RESTORE)
async def restore(request: AnyRequest, actor: NamedDependency[Actor], removed_id: FromPath[UUID]) -> Response[Any]:
    """The record is back for whoever followed it."""
    reason = read_reason(typed(await request.form(), ("reason",))["reason"])
    if not is_reason(reason):
        return await _form(removed_id, reason[:5000], reason_fault())
    await restore_record(actor, removed_id, reason[:LONGEST_REASON], at=clock.now())
    return Redirect(f"{HERE}?done=yes", status_code=303)


HANDLERS: list[Any] = [list_all, show_form, restore]
