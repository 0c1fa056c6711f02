"""The Biology tab of a record, the course of one analyte, reports of laboratories: entered, corrected, removed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of, organisations_by_id
from app.biology import form_wording, forms, wording
from app.biology.actions import correct_report, enter_report, remove_report, restore_report
from app.biology.library import catalogue
from app.biology.model import LONGEST_REASON, Analyte, Report, ReportScope, all_series
from app.biology.queries import find_report, former_of, list_reports, scope_of_report
from app.dashboard.graphic.biology import lab_curve
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.lib.i18n import gettext as _
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.patients.queries import get_patient, scope_of_patient

READ = requires(Permission.LAB_READ, "patient_id", scope_of_patient)
ENTER = requires(Permission.LAB_EDIT, "patient_id", scope_of_patient)
READ_REPORT = requires(Permission.LAB_READ, "lab_report_id", scope_of_report)
EDIT_REPORT = requires(Permission.LAB_EDIT, "lab_report_id", scope_of_report)
COLUMNS = 8
"""So many reports beside each other in the table; the earlier ones are a page further."""


def whole(name: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """A page that has no parts to be asked for."""
    return pages.html(pages.render(f"{name}.html", lw=wording, **context, **words()), status)


@get("/patients/{patient_id:uuid}/biology", opt=READ)
async def show_biology(
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    panel: FromQuery[str] = "",
    before: FromQuery[int] = 0,
    removed: FromQuery[bool] = False,
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The latest value of each analyte, and all reports as a table by day; of one panel or all."""
    await note_reading(actor, patient_id, "biology", at=clock.now())
    reports, gone = await list_reports(actor, patient_id), await list_reports(actor, patient_id, removed=True)
    every = all_series(reports, catalogue().analytes)
    chosen = catalogue().panel(panel)
    shown = [one for one in every if chosen is None or one.analyte.panel == chosen.id]
    kept = {one.analyte.id for one in shown}
    rows = [one for one in reversed(reports) if any(result.analyte in kept for result in one.results)]
    start = max(0, min(before, (len(rows) - 1) // COLUMNS * COLUMNS))
    return whole(
        "dashboard/biology",
        record=await record_of(patient_id),
        here="biology",
        partial=False,
        series=shown,
        panels=[one for one in catalogue().panels if any(line.analyte.panel == one.id for line in every)],
        panel=chosen,
        reports=rows[start : start + COLUMNS],
        start=start,
        earlier=start + COLUMNS if start + COLUMNS < len(rows) else None,
        gone=gone,
        removed=removed,
        names=await names_of({one.removed_by for one in gone if one.removed_by}),
        done=done,
    )


@get("/patients/{patient_id:uuid}/biology/course/{analyte:str}", opt=READ)
async def show_course(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], analyte: FromPath[str]
) -> Response[Any]:
    """All values of one analyte, drawn and as a table."""
    known = catalogue().analytes.get(analyte)
    if known is None:
        raise NotFoundException
    await note_reading(actor, patient_id, "biology", at=clock.now())
    found = all_series(await list_reports(actor, patient_id), {known.id: known})
    return whole(
        "dashboard/lab_course",
        record=await record_of(patient_id),
        here="biology",
        partial=False,
        analyte=known,
        line=found[0] if found else None,
        curve=lab_curve(found[0]) if found else None,
    )


@get("/patients/{patient_id:uuid}/biology/new", opt=ENTER)
async def show_new(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], panel: FromQuery[list[str] | None] = None
) -> Response[Any]:
    """First which panels the report has, then its form."""
    await note_reading(actor, patient_id, "biology", at=clock.now())
    chosen = [one.id for one in catalogue().panels if one.id in (panel or [])]
    if not chosen:
        patient = await get_patient(patient_id)
        return whole("dashboard/lab_panels", patient=patient, panels=catalogue().panels, asked=panel is not None)
    typed = await _usual_units(actor, patient_id)
    return await _form(patient_id, typed | {"form": str(new_id())}, panels=chosen)


async def _usual_units(actor: Actor, patient: UUID) -> dict[str, str]:
    """The unit in which each analyte of this person was entered last."""
    found = all_series(await list_reports(actor, patient), catalogue().analytes)
    return {f"unit-{one.analyte.id}": one.last.result.entered_unit for one in found}


async def _form(
    patient: UUID,
    typed: dict[str, str],
    read: forms.Read | None = None,
    *,
    panels: Iterable[str] = (),
    report: Report | None = None,
    theirs: Report | None = None,
) -> Response[Any]:
    """`report`: the one that is corrected. `theirs`: what it says now, where somebody else corrected it meanwhile."""
    faults = read.faults if read else {}
    analytes = _asked(panels, report)
    shown = forms.typed_of(theirs, i18n.locale.get(), i18n.ZONE) if theirs else {}
    fields = [one for one in forms.fields_of(analytes) if one not in {"sure", "reason"}]
    return whole(
        "dashboard/lab_form",
        status=409 if theirs else 422 if faults else 200,
        patient=await get_patient(patient),
        report=report,
        typed=dict.fromkeys(forms.fields_of(analytes), "") | typed,
        panels=[(one, [each for each in analytes if each.panel == one.id]) for one in catalogue().panels],
        chosen=list(panels),
        errors=form_wording.all_fault_words(faults),
        doubted=read.doubted if read else "",
        doubts=form_wording.doubt_words(read.doubted) if read and "sure" in faults else [],
        differs=[(one, shown.get(one, "")) for one in fields if theirs and shown.get(one, "") != typed.get(one, "")],
        conflict=theirs is not None,
        fw=form_wording,
    )


def _asked(panels: Iterable[str], report: Report | None) -> list[Analyte]:
    """Of a correction: what the report has, and the rest of its panels."""
    measured = {one.analyte for one in report.results} if report else set()
    own = {one.panel for one in catalogue().analytes.values() if one.id in measured}
    return forms.shown_analytes(catalogue(), {*panels, *own}, measured)


async def _typed(request: AnyRequest, analytes: Iterable[Analyte]) -> dict[str, str]:
    form = await request.form()
    names = [*forms.fields_of(analytes), "form", "revision"]
    return {name: text if isinstance(text := form.get(name, ""), str) else "" for name in names}


@post("/patients/{patient_id:uuid}/biology/new", opt=ENTER, status_code=303)
async def enter(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Sent twice, it is kept once: the form carries the id of the report."""
    sent = (await request.form()).getall("panel", [])
    panels = [one.id for one in catalogue().panels if one.id in sent]
    analytes = _asked(panels, None)
    typed = await _typed(request, analytes)
    born = await _born(patient_id)
    read = forms.read_report(typed, analytes, _today(), i18n.ZONE, born=born)
    form = _uuid(typed["form"])
    if read.about is None or read.faults:
        await note_reading(actor, patient_id, "biology", at=clock.now())
        return await _form(patient_id, typed | {"form": str(form)}, read, panels=panels)
    await enter_report(actor, patient_id, form, read.about, read.entries, at=clock.now())
    return pages.go(request, f"/patients/{patient_id}/biology?done=entered")


def _today() -> Any:
    return clock.day_in(i18n.ZONE, clock.now())


async def _born(patient: UUID) -> Any:
    """The first day on which the person can have been born."""
    return (await get_patient(patient)).birth_date.earliest


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()


@get("/lab-reports/{lab_report_id:uuid}", opt=READ_REPORT)
async def show_report(
    request: AnyRequest, actor: NamedDependency[Actor], lab_report_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """A report as it stands, and what it said before."""
    scope: ReportScope = granted(request)
    await note_reading(actor, scope.patient, "lab_report", at=clock.now())
    report, former = await _standing(lab_report_id, removed=True), await former_of(lab_report_id)
    people = {report.entered_by, *(one.changed_by for one in former)}
    return whole(
        "dashboard/lab_report",
        patient=await get_patient(scope.patient),
        report=report,
        former=former,
        names=await names_of(people | ({report.removed_by} if report.removed_by else set())),
        centre=(await organisations_by_id({report.organisation}))[report.organisation].name,
        done=done,
    )


async def _standing(report: UUID, *, removed: bool = False) -> Report:
    found = await find_report(report)
    if found is None:
        raise NotFoundException
    if found.removed_at is not None and not removed:
        raise Refused("lab_report.gone")
    return found


@get("/lab-reports/{lab_report_id:uuid}/edit", opt=EDIT_REPORT)
async def show_edit(request: AnyRequest, actor: NamedDependency[Actor], lab_report_id: FromPath[UUID]) -> Response[Any]:
    scope: ReportScope = granted(request)
    await note_reading(actor, scope.patient, "lab_report", at=clock.now())
    report = await _standing(lab_report_id)
    typed = forms.typed_of(report, i18n.locale.get(), i18n.ZONE) | {"revision": str(report.revision)}
    return await _form(scope.patient, typed, report=report)


@post("/lab-reports/{lab_report_id:uuid}/edit", opt=EDIT_REPORT, status_code=303)
async def edit(request: AnyRequest, actor: NamedDependency[Actor], lab_report_id: FromPath[UUID]) -> Response[Any]:
    """Where somebody else corrected it meanwhile, both are shown and nothing typed is lost."""
    scope: ReportScope = granted(request)
    report = await _standing(lab_report_id)
    analytes = _asked((), report)
    typed = await _typed(request, analytes)
    born = await _born(scope.patient)
    read = forms.read_report(typed, analytes, _today(), i18n.ZONE, born=born, correcting=True)
    if typed["revision"] != str(report.revision):
        return await _both(actor, scope, typed, report)
    if read.about is None or read.faults:
        await note_reading(actor, scope.patient, "lab_report", at=clock.now())
        return await _form(scope.patient, typed, read, report=report)
    try:
        await correct_report(
            actor, lab_report_id, read.about, read.entries, read.reason, report.revision, at=clock.now()
        )
    except Refused as refusal:
        if refusal.code != "lab_report.changed":
            raise
        return await _both(actor, scope, typed, await _standing(lab_report_id))
    return pages.go(request, f"/lab-reports/{lab_report_id}?done=corrected")


async def _both(actor: Actor, scope: ReportScope, typed: dict[str, str], now: Report) -> Response[Any]:
    """What was typed, in the form, and what stands there now; saving again is then a choice."""
    await note_reading(actor, scope.patient, "lab_report", at=clock.now())
    return await _form(scope.patient, typed | {"revision": str(now.revision)}, report=now, theirs=now)


@get("/lab-reports/{lab_report_id:uuid}/remove", opt=EDIT_REPORT)
async def confirm_removing(
    request: AnyRequest, actor: NamedDependency[Actor], lab_report_id: FromPath[UUID]
) -> Response[Any]:
    """Asks why: whoever looks for the report finds the reason in its place."""
    scope: ReportScope = granted(request)
    await note_reading(actor, scope.patient, "lab_report", at=clock.now())
    return await _asking(lab_report_id, scope, "", "")


async def _asking(report: UUID, scope: ReportScope, reason: str, problem: str) -> Response[Any]:
    return whole(
        "dashboard/lab_removing",
        status=422 if problem else 200,
        report=await _standing(report),
        patient=await get_patient(scope.patient),
        reason=reason,
        problem=problem,
    )


@post("/lab-reports/{lab_report_id:uuid}/remove", opt=EDIT_REPORT, status_code=303)
async def remove(request: AnyRequest, actor: NamedDependency[Actor], lab_report_id: FromPath[UUID]) -> Response[Any]:
    scope: ReportScope = granted(request)
    typed = (await request.form()).get("reason", "")
    reason = typed.replace("\0", "").strip() if isinstance(typed, str) else ""
    if not reason or len(reason) > LONGEST_REASON:
        problem = _("Write why the report is taken out") if not reason else _("Say it in at most 500 characters")
        return await _asking(lab_report_id, scope, reason, problem)
    await remove_report(actor, lab_report_id, reason, at=clock.now())
    return pages.go(request, f"/patients/{scope.patient}/biology?done=removed")


@post("/lab-reports/{lab_report_id:uuid}/restore", opt=EDIT_REPORT, status_code=303)
async def restore(request: AnyRequest, actor: NamedDependency[Actor], lab_report_id: FromPath[UUID]) -> Response[Any]:
    scope: ReportScope = granted(request)
    await restore_report(actor, lab_report_id, at=clock.now())
    return pages.go(request, f"/patients/{scope.patient}/biology?done=restored")


HANDLERS = [
    show_biology,
    show_course,
    show_new,
    enter,
    show_report,
    show_edit,
    edit,
    confirm_removing,
    remove,
    restore,
]
