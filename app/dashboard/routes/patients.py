"""The patients of a centre: a list in one of several orders, a search by name, birth date or code."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.dashboard.listing import wording
from app.dashboard.listing.model import Figures, Wanted, read_wanted, written
from app.dashboard.listing.queries import figures_of, list_page
from app.dashboard.routes.parts import AnyRequest, words
from app.lib import clock, i18n, pages
from app.patients.actions import note_search
from app.patients.model import Patient
from app.patients.queries import MOST_FOUND, list_found, patients_by_id

LIST = requires(Permission.PATIENT_LIST)
PAGE = 25
Lines = list[tuple[Patient, Figures]]
Around = tuple[str | None, str | None]
"""The addresses of the pages before and after this one."""


@get("/patients", opt=LIST)
async def list_patients(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    show: FromQuery[str] = "",
    order: FromQuery[str] = "",
    after: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """The latest activity first, unless another order or a part is asked for."""
    wanted = read_wanted(show, order, after, before)
    today = clock.day_in(i18n.ZONE, clock.now())
    found = await list_page(actor, wanted, today, PAGE + 1)
    upwards, more = wanted.before is not None, len(found) > PAGE
    shown = found[-PAGE:] if upwards else found[:PAGE]
    around: Around = (None, None)
    if shown:
        first, last = (written(wanted.order, key) for key in (shown[0][1], shown[-1][1]))
        earlier = wanted.address(before=first) if wanted.after or (upwards and more) else None
        around = (earlier, wanted.address(after=last) if upwards or more else None)
    elif wanted.after or wanted.before:
        around = (wanted.address(), None)
    figures = await figures_of(actor, today, [one for one, _ in shown])
    people = await patients_by_id(list(figures))
    lines = [(people[one], figures[one]) for one, _ in shown if one in figures]
    return await _page(request, wanted, lines, around)


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
    figures = await figures_of(actor, today, [one.id for one in found[:MOST_FOUND]])
    lines = [(one, figures[one.id]) for one in found[:MOST_FOUND] if one.id in figures]
    return await _page(request, Wanted(), lines, (None, None), asked=asked, more=len(found) > MOST_FOUND)


@get("/patients/search", opt=LIST)
async def show_search() -> Redirect:
    """The address of what was found holds no question: opened again, it leads to the list."""
    return Redirect("/patients", status_code=303)


async def _page(
    request: AnyRequest, wanted: Wanted, lines: Lines, around: Around, *, asked: str = "", more: bool = False
) -> Response[Any]:
    following = {figures.practitioner for _, figures in lines if figures.practitioner}
    return pages.page(
        request,
        "dashboard/patients",
        wanted=wanted,
        listing=wording,
        lines=lines,
        around=around,
        asked=asked,
        more=more,
        practitioners=await names_of(following) if following else {},
        **words(),
    )
