"""A laboratory's file of results: sent, shown line by line with nothing written, then taken over as it was shown."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.biology.imports import wording
from app.biology.imports.actions import keep_file, take_over
from app.biology.imports.model import HARMLESS, Import, ImportScope, Judged, Verdict, counted, fingerprint
from app.biology.imports.queries import find_import, look, scope_of_import
from app.biology.imports.reading import COLUMNS, NEEDED, Fault, Unreadable, text_of, written
from app.biology.library import catalogue
from app.biology.wording import panel_words, unit_words
from app.dashboard.routes.parts import AnyRequest
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.uploads import MOST_READ, UploadRequest

IMPORT = requires(Permission.LAB_IMPORT)
OF_IMPORT = requires(Permission.LAB_IMPORT, "lab_import_id", scope_of_import)
HERE = "/patients/imports/biology"
PAGE = 200


def whole(name: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """A page that has no parts to be asked for."""
    return pages.html(pages.render(f"{name}.html", iw=wording, base=HERE, **context), status)


@get(HERE, opt=IMPORT)
async def show_form() -> Response[Any]:
    return _form("")


def _form(problem: str) -> Response[Any]:
    return whole(
        "dashboard/lab_import",
        status=422 if problem else 200,
        problem=problem,
        columns=[(one, wording.column_words(one), one in NEEDED, names) for one, names in COLUMNS.items()],
        panels=catalogue().panels,
        panel_words=panel_words,
        unit_words=unit_words,
    )


@get(f"{HERE}/template", opt=IMPORT)
async def download_template() -> Response[Any]:
    return _file(wording.template_rows(), "cohorte-biology.csv")


def _file(rows: list[list[str]], name: str) -> Response[Any]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(rows), media_type="text/csv; charset=utf-8", headers=headers)


@post(HERE, opt=IMPORT, status_code=303, request_class=UploadRequest, request_max_body_size=MOST_READ)
async def send(request: UploadRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Nothing of the file is written to a record: the next page shows what would be."""
    sent = await request.files("file")
    try:
        if not sent:
            raise Unreadable(Fault.MISSING)
        if sent[0].too_large:
            raise Unreadable(Fault.TOO_LARGE)
        text = text_of(bytes(sent[0].content))
        made = await keep_file(actor, text, sent[0].file_name or "", at=clock.now())
    except Unreadable as fault:
        return _form(wording.fault_words(fault))
    return pages.go(request, f"{HERE}/{made}")


@get(f"{HERE}/{{lab_import_id:uuid}}", opt=OF_IMPORT)
async def show_look(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    lab_import_id: FromPath[UUID],
    only: FromQuery[str] = "",
    first: FromQuery[int] = 0,
) -> Response[Any]:
    """Every line with what becomes of it; once it was taken over, how many results came of it."""
    held = await _held(request, actor, lab_import_id)
    if held.done_at is not None:
        return whole("dashboard/lab_imported", held=held)
    lines = await _lines(actor, held)
    chosen = Verdict(only) if only in set(Verdict) else None
    shown = [one for one in lines if chosen is None or one.verdict is chosen]
    start = max(0, min(first, (len(shown) - 1) // PAGE * PAGE))
    address = f"{HERE}/{held.id}?only={chosen or ''}&first="
    return whole(
        "dashboard/lab_look",
        held=held,
        lines=shown[start : start + PAGE],
        counts=counted(lines),
        total=len(lines),
        good=sum(one.verdict is Verdict.OK for one in lines),
        problems=sum(one.verdict not in HARMLESS for one in lines),
        chosen=chosen,
        shown=fingerprint(lines),
        before=f"{address}{start - PAGE}" if start else None,
        following=f"{address}{start + PAGE}" if start + PAGE < len(shown) else None,
    )


async def _held(request: AnyRequest, actor: Actor, lab_import: UUID) -> Import:
    scope: ImportScope = granted(request)
    held = await find_import(lab_import)
    if held is None or scope.organisation != actor.organisation:
        raise NotFoundException
    return held


async def _lines(actor: Actor, held: Import) -> list[Judged]:
    if held.valid_until < clock.now():
        raise Refused("lab_import.over")
    return await look(actor, held.text, clock.day_in(i18n.ZONE, clock.now()))


@get(f"{HERE}/{{lab_import_id:uuid}}/problems", opt=OF_IMPORT)
async def download_problems(
    request: AnyRequest, actor: NamedDependency[Actor], lab_import_id: FromPath[UUID]
) -> Response[Any]:
    """The lines that are not taken over, to be mended and sent again."""
    held = await _held(request, actor, lab_import_id)
    if held.done_at is not None:
        raise Refused("lab_import.over")
    lines = [one for one in await _lines(actor, held) if one.verdict not in HARMLESS]
    return _file(wording.problem_rows(lines), "cohorte-biology-problems.csv")


@post(f"{HERE}/{{lab_import_id:uuid}}", opt=OF_IMPORT, status_code=303)
async def confirm(request: AnyRequest, actor: NamedDependency[Actor], lab_import_id: FromPath[UUID]) -> Response[Any]:
    """What was shown and nothing else; sent twice it is taken over once."""
    await _held(request, actor, lab_import_id)
    shown = (await request.form()).get("shown", "")
    await take_over(actor, lab_import_id, shown if isinstance(shown, str) else "", at=clock.now())
    return pages.go(request, f"{HERE}/{lab_import_id}")


HANDLERS = [show_form, download_template, send, show_look, download_problems, confirm]
