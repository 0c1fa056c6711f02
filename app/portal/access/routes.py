"""`/me/access-log`: who looked at a record, when, at what, and why they may."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission, may
from app.access.rights import Right
from app.accounts.queries import names_of, organisations_by_id
from app.accounts.wording import profession_words
from app.audit.actions import note_access_log
from app.lib import clock, pages
from app.lib.cursors import cursor, read_cursor
from app.patients.queries import get_patient, patients_by_id, scope_of_patient
from app.portal.access import wording
from app.portal.access.log import by_day
from app.portal.access.queries import list_looks

HERE = "/me/access-log"
READ = requires(Permission.ACCESS_LOG_READ)
READ_ONE = requires(Permission.ACCESS_LOG_READ, "patient_id", scope_of_patient)
AT_ONCE = 60


@get(HERE, opt=READ)
async def show_own(actor: NamedDependency[Actor], before: FromQuery[str] = "") -> Response[Any]:
    """The record of whoever there is; of several, a choice."""
    open_to = [patient for patient in actor.patients if may(actor, patient, Right.VIEW)]
    if len(open_to) == 1:
        return await _log(actor, open_to[0], before)
    people = sorted((await patients_by_id(open_to)).values(), key=lambda one: one.id in actor.proxy_for)
    return pages.html(pages.render("accounts/access_log_choice.html", people=people, proxied=actor.proxy_for))


@get(f"{HERE}/{{patient_id:uuid}}", opt=READ_ONE)
async def show_one(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], before: FromQuery[str] = ""
) -> Response[Any]:
    """The record of one of those one answers for."""
    return await _log(actor, patient_id, before)


async def _log(actor: Actor, patient: UUID, before: str) -> Response[Any]:
    place = read_cursor(before)
    found = await list_looks(patient, before=place, most=AT_ONCE + 1)
    shown, here = found[:AT_ONCE], f"{HERE}/{patient}"
    await note_access_log(actor.id, patient, at=clock.now())
    page = pages.render(
        "accounts/access_log.html",
        days=by_day(shown),
        names=await names_of({one.actor for one in shown}),
        centres=await organisations_by_id({one.organisation for one in shown if one.organisation}),
        for_whom=(await get_patient(patient)).full_name if patient in actor.proxy_for else "",
        several=len(actor.patients) > 1,
        newest=here if place else None,
        following=f"{here}?before={cursor(shown[-1].place)}" if len(found) > AT_ONCE else None,
        profession_words=profession_words,
        w=wording,
    )
    return pages.html(page)


HANDLERS: list[Any] = [show_own, show_one]
