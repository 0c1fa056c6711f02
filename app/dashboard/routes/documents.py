"""The Documents tab of a record, taking a document out of it and bringing it back."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.files import wording
from app.files.actions import remove_file, restore_file
from app.files.model import MOST_AT_ONCE, FileScope, Kind
from app.files.queries import find_file, list_files, scope_of_file
from app.lib import clock, pages
from app.lib.errors import Refused
from app.lib.i18n import gettext as _
from app.patients.actions import note_reading
from app.patients.queries import get_patient, scope_of_patient
from app.trials.sites.queries import copies_untold

READ = requires(Permission.PATIENT_READ, "patient_id", scope_of_patient)
REMOVE = requires(Permission.DOCUMENT_REMOVE, "document_id", scope_of_file)
LONGEST_REASON = 500


@get("/patients/{patient_id:uuid}/documents", opt=READ)
async def show_documents(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    kind: FromQuery[str] = "",
    removed: FromQuery[bool] = False,
    added: FromQuery[int] = 0,
) -> Response[Any]:
    """The newest first, all or of one kind; or those that were taken out."""
    await note_reading(actor, patient_id, "documents", at=clock.now())
    gone = await list_files(actor, patient_id, removed=True)
    untold = await copies_untold(actor.organisation, granted(request))
    there = [one for one in await list_files(actor, patient_id) if one.id not in untold]
    of_kind = [one for one in there if one.kind == kind] if kind in set(Kind) else there
    shown = gone if removed else of_kind
    return pages.page(
        request,
        "dashboard/documents",
        record=await record_of(patient_id),
        here="documents",
        files=shown,
        counts={None: len(there), **{one: sum(file.kind is one for file in there) for one in Kind}},
        kind=Kind(kind) if kind in set(Kind) else None,
        removed=removed,
        gone=len(gone),
        partial=pages.is_partial(request),
        added=max(0, min(added, MOST_AT_ONCE)),
        names=await names_of({one.uploaded_by for one in shown} | {one.removed_by for one in shown if one.removed_by}),
        f=wording,
        **words(),
    )


@get("/documents/{document_id:uuid}/remove", opt=REMOVE)
async def confirm_removing(
    request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]
) -> Response[Any]:
    """Asks why: whoever looks for the document finds the reason in its place."""
    scope: FileScope = granted(request)
    await note_reading(actor, scope.patient, "document_removing", at=clock.now())
    return await _asking(request, document_id, scope, "", "")


async def _asking(
    request: AnyRequest, document: UUID, scope: FileScope, reason: str, problem: str, status: int = 200
) -> Response[Any]:
    file = await find_file(document)
    if file is None or file.removed_at is not None:
        raise Refused("file.gone")
    if file.kind is Kind.CONSENT:
        raise Refused("file.signed")
    return pages.page(
        request,
        "dashboard/document_removing",
        status=status,
        file=file,
        patient=await get_patient(scope.patient),
        reason=reason,
        problem=problem,
        f=wording,
    )


@post("/documents/{document_id:uuid}/remove", opt=REMOVE, status_code=303)
async def remove(request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    scope: FileScope = granted(request)
    typed = (await request.form()).get("reason", "")
    reason = typed.replace("\0", "").strip() if isinstance(typed, str) else ""
    if not reason or len(reason) > LONGEST_REASON:
        problem = _("Write why the document is taken out") if not reason else _("Say it in at most 500 characters")
        return await _asking(request, document_id, scope, reason, problem, 422)
    await remove_file(actor, document_id, reason, at=clock.now())
    return pages.go(request, f"/patients/{scope.patient}/documents")


@post("/documents/{document_id:uuid}/restore", opt=REMOVE, status_code=303)
async def restore(request: AnyRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    scope: FileScope = granted(request)
    await restore_file(actor, document_id, at=clock.now())
    return pages.go(request, f"/patients/{scope.patient}/documents")
