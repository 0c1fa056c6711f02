"""The patients of a centre: a list by last activity, a search by name or code."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.dashboard import queries
from app.dashboard.queries import Cursor, Figures
from app.dashboard.routes.parts import AnyRequest, words
from app.lib import clock, i18n, pages
from app.lib.cursors import cursor, read_cursor
from app.patients.actions import note_search
from app.patients.queries import MOST_FOUND, list_found, patients_by_id

LIST = requires(Permission.PATIENT_LIST)
PAGE = 25
Around = tuple[str | None, str | None]
"""The addresses of the pages before and after this one."""


@get("/patients", opt=LIST)
async def list_patients(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    before: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """The latest activity first."""
    today = clock.day_in(i18n.ZONE, clock.now())
    shown, around = await _slice(actor, today, read_cursor(before), read_cursor(after))
    people = await patients_by_id([one.patient for one in shown])
    lines = [(people[one.patient], one) for one in shown]
    return pages.page(request, "dashboard/patients", asked="", lines=lines, around=around, more=False, **words())


@post("/patients/search", opt=LIST, status_code=200)
async def search_patients(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Names in their order. Sent as a form: no address, history or log of a proxy may hold what was typed."""
    typed = (await request.form()).get("q", "")
    asked = " ".join(typed.replace("\0", "").split())[:200] if isinstance(typed, str) else ""
    if not asked:
        return pages.go(request, "/patients")
    found = await list_found(actor, asked)
    await note_search(actor, len(found), at=clock.now())
    today = clock.day_in(i18n.ZONE, clock.now())
    figures = await queries.list_figures(actor, today, [one.id for one in found])
    lines = [(one, figures[one.id]) for one in found[:MOST_FOUND]]
    around: Around = (None, None)
    more = len(found) > MOST_FOUND
    return pages.page(request, "dashboard/patients", asked=asked, lines=lines, around=around, more=more, **words())


@get("/patients/search", opt=LIST)
async def show_search() -> Redirect:
    """The address of what was found holds no question: opened again, it leads to the list."""
    return Redirect("/patients", status_code=303)


async def _slice(by: Actor, today: date, before: Cursor | None, after: Cursor | None) -> tuple[list[Figures], Around]:
    """One page of the list, and the addresses of the page on either side."""
    found = await queries.list_lately_active(by, today, PAGE + 1, before=before, after=after)
    upwards = before is None and after is not None
    more = len(found) > PAGE
    shown = found[-PAGE:] if upwards else found[:PAGE]
    if not shown:
        return [], ("/patients", None) if before or after else (None, None)
    earlier = f"/patients?after={cursor((shown[0].at, shown[0].patient))}" if before or (upwards and more) else None
    later = f"/patients?before={cursor((shown[-1].at, shown[-1].patient))}" if upwards or more else None
    return shown, (earlier, later)
