"""How a trial goes at one centre: participants and their visits, what is late, what is complete, recruitment."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.dashboard.progress import completeness, queries, sheet, wording
from app.dashboard.progress.actions import note_export, note_progress
from app.dashboard.progress.model import Key, Line, Order, Wanted, columns, read_key, read_wanted, written
from app.dashboard.progress.recruitment import course_of, drawings
from app.dashboard.routes.parts import AnyRequest
from app.lib import clock, i18n, pages
from app.patients.codes import code_in, plain
from app.questionnaires.model import text
from app.trials.library import Applied, find_trial
from app.trials.queries import sites_of_trial

READ = requires(Permission.PROGRESS_READ)
MANAGE = requires(Permission.TRIAL_MANAGE)
PAGE = 25
LONGEST_CODE = 20
LINES_AT_ONCE = 200


def _today() -> date:
    return clock.day_in(i18n.ZONE, clock.now())


async def _trial(key: str) -> Applied:
    trial = await find_trial(key)
    if trial is None:
        raise NotFoundException
    return trial


def _page(name: str, **context: Any) -> Response[Any]:
    return pages.html(pages.render(f"dashboard/{name}.html", **context))


@get("/trials/{trial_key:str}/progress", opt=READ)
async def show_progress(request: AnyRequest, actor: NamedDependency[Actor], trial_key: FromPath[str]) -> Response[Any]:
    """Participants and visits, those who joined last first; on the first page the recruitment too."""
    trial = await _trial(trial_key)
    return await _matrix(actor, trial, read_wanted(trial.trial, dict(request.query_params)))


@post("/trials/{trial_key:str}/progress/search", opt=READ, status_code=200)
async def search_participants(
    request: AnyRequest, actor: NamedDependency[Actor], trial_key: FromPath[str]
) -> Response[Any]:
    """By a code or a part of one. Sent as a form: no address or log holds who was looked for."""
    trial, typed = await _trial(trial_key), (await request.form()).get("code", "")
    asked = typed.replace("\0", "").strip()[:LONGEST_CODE] if isinstance(typed, str) else ""
    if not plain(asked):
        return pages.go(request, f"/trials/{trial_key}/progress")
    wanted = Wanted(trial.key, order=Order.CODE, code=code_in(asked) or asked.upper())
    return await _matrix(actor, trial, wanted)


@get("/trials/{trial_key:str}/progress/search", opt=READ)
async def show_participants(trial_key: FromPath[str]) -> Redirect:
    """The address of what was found holds no question: opened again, it leads to the list."""
    return Redirect(f"/trials/{(await _trial(trial_key)).key}/progress", status_code=303)


async def _matrix(actor: Actor, trial: Applied, wanted: Wanted) -> Response[Any]:
    today = _today()
    found = await queries.list_lines(actor, trial.id, wanted, today, PAGE + 1)
    upwards, more = wanted.before is not None, len(found) > PAGE
    shown = found[-PAGE:] if upwards else found[:PAGE]
    lines = await queries.visits_of_lines([line for line, _ in shown])
    await note_progress(actor, trial.id, trial.key, "participants", len(lines), at=clock.now())
    figures = await queries.figures_of(actor, trial.id, today)
    return _page(
        "progress",
        **_named(trial, actor),
        **(await _recruitment(trial, actor, today) if wanted.first else {"course": None}),
        wanted=wanted,
        figures=figures,
        counts=await _counts(actor, trial, today) if figures.included <= queries.MOST else {},
        most=queries.MOST,
        lines=lines,
        columns=columns(trial.trial, (visit for line in lines for visit in line.visits)),
        around=_around(wanted, shown, more=more),
        today=today,
    )


async def _counts(actor: Actor, trial: Applied, today: date) -> dict[tuple[str, int], Any]:
    """How many visits of each column stand where. Beyond some size the page of completeness alone counts them."""
    standings = await queries.standings_of(actor, trial.id, today)
    return {one.place: one for one in completeness.by_visit(trial.trial, standings)}


def _around(wanted: Wanted, shown: list[tuple[Line, Key]], *, more: bool) -> tuple[str | None, str | None]:
    """The addresses of the pages before and after this one."""
    if not shown or wanted.code:
        return (wanted.address(), None) if wanted.after or wanted.before else (None, None)
    upwards = wanted.before is not None
    earlier = wanted.address(before=written(shown[0][1])) if wanted.after or (upwards and more) else None
    return earlier, wanted.address(after=written(shown[-1][1])) if upwards or more else None


def _named(trial: Applied, actor: Actor) -> dict[str, Any]:
    """What every page of a trial's progress needs."""
    title = text(trial.trial.file.title, i18n.locale.get())
    return {"trial": trial.trial, "title": title, "centre": actor.organisation_name, "p": wording}


async def _recruitment(trial: Applied, actor: Actor, today: date) -> dict[str, Any]:
    joined, everywhere = await queries.joined_by_month(actor, trial.id, today)
    sites = [one for one in await sites_of_trial(trial.id) if one.organisation == actor.organisation]
    course = course_of(joined, sites, today)
    return {"course": course, "drawings": drawings(course) if course else [], "everywhere": everywhere}


@get("/trials/{trial_key:str}/progress/overdue", opt=READ)
async def show_overdue(
    actor: NamedDependency[Actor], trial_key: FromPath[str], after: FromQuery[str] = ""
) -> Response[Any]:
    """The visits whose window is over, the longest first."""
    trial, today = await _trial(trial_key), _today()
    place = read_key(Order.INCLUDED, after)
    found = await queries.list_overdue(actor, trial.id, today, place, PAGE + 1)
    shown = found[:PAGE]
    here = f"/trials/{trial.key}/progress/overdue"
    following = f"{here}?after={written(shown[-1].place)}" if len(found) > PAGE else None
    await note_progress(actor, trial.id, trial.key, "overdue", len(shown), at=clock.now())
    return _page(
        "progress_overdue",
        **_named(trial, actor),
        late=shown,
        around=(here if place else None, following),
        today=today,
    )


@get("/trials/{trial_key:str}/progress/completeness", opt=READ)
async def show_completeness(actor: NamedDependency[Actor], trial_key: FromPath[str]) -> Response[Any]:
    """How many visits of each kind stand where, and how much of what was required by now is answered."""
    trial, today = await _trial(trial_key), _today()
    standings = await queries.standings_of(actor, trial.id, today)
    answered = await queries.answered_of(actor, trial.id, today)
    await note_progress(actor, trial.id, trial.key, "completeness", 0, at=clock.now())
    return _page(
        "progress_completeness",
        **_named(trial, actor),
        visits=completeness.by_visit(trial.trial, standings),
        modules=completeness.by_module(trial.trial, answered),
    )


@get("/trials/{trial_key:str}/progress/export.csv", opt=READ)
async def export_progress(
    request: AnyRequest, actor: NamedDependency[Actor], trial_key: FromPath[str]
) -> Response[Any]:
    """Everybody of the list that the address names, a line a visit: codes, no names."""
    trial = await _trial(trial_key)
    wanted = read_wanted(trial.trial, dict(request.query_params))
    await note_export(actor, trial.id, trial.key, str(wanted.show), at=clock.now())
    name = f"cohorte-{trial.key}-{clock.now():%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(_csv(actor, trial, wanted, i18n.locale.get()), media_type="text/csv; charset=utf-8", headers=headers)


async def _csv(actor: Actor, trial: Applied, wanted: Wanted, language: str) -> AsyncIterator[str]:
    """Some hundreds of participants at a time, so that a list of any length needs no more memory."""
    i18n.locale.set(language)  # what streams runs after the request's own words were chosen
    today = _today()
    yield sheet.BEGINNING + sheet.csv_of([sheet.COLUMNS])
    waiting: list[str] = []
    async for line in queries.every_line(actor, trial.id, wanted, today):
        waiting.append(sheet.csv_of(sheet.rows_of(trial.trial, line, today)))
        if len(waiting) == LINES_AT_ONCE:
            yield "".join(waiting)
            waiting.clear()
    if waiting:
        yield "".join(waiting)


@get("/trials/{trial_key:str}/centres", opt=MANAGE)
async def show_centres(actor: NamedDependency[Actor], trial_key: FromPath[str]) -> Response[Any]:
    """Every centre of a trial in numbers, for those who look after the network. No patient, not even as a code."""
    trial, today = await _trial(trial_key), _today()
    sites = await sites_of_trial(trial.id)
    return _page(
        "progress_centres",
        **_named(trial, actor),
        centres=[
            completeness.standing_of(one, [site for site in sites if site.organisation == one.organisation], today)
            for one in await queries.centres_of(trial.id)
        ],
    )


HANDLERS: list[Any] = [
    show_progress,
    search_participants,
    show_participants,
    show_overdue,
    show_completeness,
    export_progress,
    show_centres,
]
