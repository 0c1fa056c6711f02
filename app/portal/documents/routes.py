"""`/documents`: a patient's documents; and for a team as well: adding some, one of them, its content, its facts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission, Role, may
from app.access.rights import Right
from app.accounts.queries import names_of
from app.files import wording
from app.files.actions import edit_file, keep_files, note_reading
from app.files.model import MOST_AT_ONCE, File, FileScope, State, Unfit, Upload, may_change, may_read
from app.files.queries import find_file, former_of, list_files, open_file, scope_of_file
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.lib.throttle import Limit, within
from app.lib.uploads import MOST_READ, Sent, UploadRequest
from app.patients.actions import note_reading as note_page
from app.patients.queries import get_patient, scope_of_patient
from app.portal.documents.forms import Typed, read
from app.portal.documents.serving import headers_of
from app.trials.sites.queries import copies_untold

AnyRequest = Request[Any, Any, Any]
OWN = requires(Permission.OWN_RECORD)
ADD = requires(Permission.DOCUMENT_ADD, "patient_id", scope_of_patient)
READ = requires(Permission.DOCUMENT_READ, "document_id", scope_of_file)
EDIT = requires(Permission.DOCUMENT_ADD, "document_id", scope_of_file)
A_DAY = Limit("documents", 60, timedelta(days=1))
"""Forms with files from one patient or relative; a team's are not counted."""
FAILED = {"file.too_many_today": 429, "file.store_failed": 503, "file.too_large": 413, "file.too_large_together": 413}


@get("/documents", opt=OWN)
async def list_own(request: AnyRequest, actor: NamedDependency[Actor], added: FromQuery[int] = 0) -> Response[Any]:
    """What a patient may see of their own, and of those for whom they may read."""
    readable = [one for one in sorted(actor.patients) if may(actor, one, Right.VIEW)]
    lists = [(await get_patient(one), await list_files(actor, one)) for one in readable]
    lists.sort(key=lambda pair: pair[0].id in actor.proxy_for)
    return pages.page(
        request,
        "portal/documents",
        lists=lists,
        proxied=actor.proxy_for,
        may_add={one for one in readable if may(actor, one, Right.ANSWER)},
        names=await names_of({one.uploaded_by for _, files in lists for one in files}),
        added=max(0, min(added, MOST_AT_ONCE)),
        f=wording,
    )


@get("/patients/{patient_id:uuid}/documents/new", opt=ADD)
async def show_form(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    if actor.role is not Role.PATIENT:
        await note_page(actor, patient_id, "document_adding", at=clock.now())
    return await _adding(request, actor, patient_id, Typed(form=new_id()), {})


async def _adding(
    request: AnyRequest, actor: Actor, patient: UUID, typed: Typed, problems: dict[str, str], status: int = 200
) -> Response[Any]:
    person = await get_patient(patient)
    return pages.page(
        request,
        "portal/document_adding",
        status=status,
        patient=person,
        typed=typed,
        problems=problems,
        back=_list_of(actor, patient),
        for_whom=person.full_name if patient in actor.proxy_for else "",
        team=actor.role is not Role.PATIENT,
        f=wording,
    )


def _list_of(actor: Actor, patient: UUID) -> str:
    return "/documents" if actor.role is Role.PATIENT else f"/patients/{patient}/documents"


@post(
    "/patients/{patient_id:uuid}/documents",
    opt=ADD,
    status_code=303,
    request_class=UploadRequest,
    request_max_body_size=MOST_READ,
)
async def add(request: UploadRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """All of what was chosen, or nothing and the form again; browsers let no page choose the files again."""
    typed = Typed.of(await request.form())
    sent = await request.files("files")
    said = read(typed, clock.day_in(i18n.ZONE, clock.now()), name_needed=False)
    code, problems = _unfit(sent), dict(said.problems)
    if code is None and actor.role is Role.PATIENT and not await within(A_DAY, str(actor.id), clock.now()):
        code = "file.too_many_today"
    if code is None and said.about is not None:
        uploads = [Upload(one.file_name or "", one.media_type, bytes(one.content)) for one in sent]
        try:
            kept = await keep_files(actor, patient_id, uploads, said.about, at=clock.now(), form=typed.form)
        except Refused as refusal:
            code = refusal.code
            problems["files"] = _problem_of(refusal, sent)
        else:
            return pages.go(request, f"{_list_of(actor, patient_id)}?added={len(kept)}")
    elif code is not None:
        problems["files"] = _named(code, sent)
    return await _adding(request, actor, patient_id, typed, problems, FAILED.get(code or "", 422))


def _unfit(sent: list[Sent]) -> str | None:
    """What is wrong with the files before anybody looks into them."""
    if not sent:
        return "file.missing"
    if len(sent) > MOST_AT_ONCE:
        return "file.too_many"
    large = [one for one in sent if one.too_large]
    if any(one.alone_too_large for one in large):
        return "file.too_large"
    return "file.too_large_together" if large else None


def _named(code: str, sent: list[Sent]) -> str:
    large = next((one for one in sent if one.alone_too_large), None)
    if code == "file.too_large" and large is not None and len(sent) > 1:
        return wording.named_problem(large.file_name or "", code)
    return wording.problem_words(code)


def _problem_of(refusal: Refused, sent: list[Sent]) -> str:
    """Which of several files it is, if it is one of them."""
    if isinstance(refusal, Unfit) and len(sent) > 1:
        return wording.named_problem(sent[refusal.nth].file_name or "", refusal.code)
    return wording.problem_words(refusal.code)


@get("/documents/{document_id:uuid}", opt=READ)
async def show(request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """One document: an image to look at closely, a PDF in the browser's viewer, or a text; and what is said of it."""
    file, scope = await _found(request, actor, document_id)
    text = await _text_of(actor, file, scope) if file.media_type.startswith("text/") else None
    person, former = await get_patient(scope.patient), await former_of(document_id)
    return pages.page(
        request,
        "portal/document",
        file=file,
        patient=person,
        text=text,
        former=former,
        names=await names_of({file.uploaded_by, *(one["changed_by"] for one in former)}),
        back=_list_of(actor, scope.patient),
        may_change=may_change(actor, scope) and file.removed_at is None,
        for_whom=person.full_name if scope.patient in actor.proxy_for else "",
        team=actor.role is not Role.PATIENT,
        f=wording,
    )


async def _text_of(actor: Actor, file: File, scope: FileScope) -> str | None:
    """The words of a text: reading the page is reading the document."""
    if file.state is not State.CHECKED:
        return None
    _, content = await open_file(file.id)
    await note_reading(actor, file.id, scope.patient, "document", at=clock.now())
    return content.decode()


async def _found(request: AnyRequest, actor: Actor, document: UUID) -> tuple[File, FileScope]:
    """The document; to patients what is not meant for them is not there, nor to a team what does not concern it."""
    scope: FileScope = granted(request)
    file = await find_file(document)
    if file is None or not may_read(actor, scope):
        raise NotFoundException
    if actor.role is not Role.PATIENT and document in await copies_untold(actor.organisation, scope):
        raise NotFoundException
    return file, scope


@get("/documents/{document_id:uuid}/content", opt=READ)
async def show_content(
    request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]
) -> Response[Any]:
    """What the document's page shows, or the browser alone."""
    return await _content(request, actor, document_id, download=False)


@get("/documents/{document_id:uuid}/download", opt=READ)
async def download(request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """The document as a file to keep."""
    return await _content(request, actor, document_id, download=True)


async def _content(request: AnyRequest, actor: Actor, document: UUID, *, download: bool) -> Response[Any]:
    file, scope = await _found(request, actor, document)
    if file.state is not State.CHECKED:
        raise Refused("file.not_checked")
    _, content = await open_file(document)
    away = download or not file.viewable
    await note_reading(actor, document, scope.patient, "document_download" if away else "document", at=clock.now())
    headers = headers_of(file, download=download)
    return Response(content, media_type=headers["Content-Type"], headers=headers)


@get("/documents/{document_id:uuid}/edit", opt=EDIT)
async def show_editing(
    request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]
) -> Response[Any]:
    file, scope = await _changeable(request, actor, document_id)
    return await _editing(request, actor, file, scope, Typed.from_about(file.about, file.revision), {})


async def _changeable(request: AnyRequest, actor: Actor, document: UUID) -> tuple[File, FileScope]:
    file, scope = await _found(request, actor, document)
    if not may_change(actor, scope):
        raise PermissionDeniedException
    if file.removed_at is not None:
        raise Refused("file.gone")
    return file, scope


async def _editing(
    request: AnyRequest,
    actor: Actor,
    file: File,
    scope: FileScope,
    typed: Typed,
    problems: dict[str, str],
    status: int = 200,
) -> Response[Any]:
    person = await get_patient(scope.patient)
    return pages.page(
        request,
        "portal/document_editing",
        status=status,
        file=file,
        patient=person,
        typed=typed,
        problems=problems,
        for_whom=person.full_name if scope.patient in actor.proxy_for else "",
        team=actor.role is not Role.PATIENT,
        f=wording,
    )


@post("/documents/{document_id:uuid}/edit", opt=EDIT, status_code=303)
async def edit(request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """What was typed stays, also where somebody else was faster: then both stand on the page."""
    file, scope = await _changeable(request, actor, document_id)
    typed = Typed.of(await request.form())
    said = read(typed, clock.day_in(i18n.ZONE, clock.now()), name_needed=True)
    if said.about is None:
        return await _editing(request, actor, file, scope, typed, dict(said.problems), 422)
    try:
        await edit_file(actor, document_id, said.about, typed.revision, at=clock.now())
    except Refused as refusal:
        if refusal.code != "file.changed":
            raise
        newest = await find_file(document_id)
        return await _editing(request, actor, newest or file, scope, typed, {}, 409)
    return pages.go(request, f"/documents/{document_id}")


HANDLERS: list[Any] = [list_own, show_form, add, show, show_content, download, show_editing, edit]
