"""Centres: the list, one of them, opening, changing and closing."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.organisations import actions, wording
from app.accounts.organisations.forms import Fault, Read, read_all, read_own, read_reason, tidy
from app.accounts.organisations.model import (
    OF_THE_CENTRE,
    PATHOLOGIES,
    TIME_ZONES,
    Details,
    OrganisationKind,
    changed,
    fingerprint,
)
from app.accounts.organisations.queries import count_left_alone, get_organisation, scope_of_organisation
from app.administration.queries import organisations as queries
from app.administration.routes.parts import AnyRequest, centre_of, looks_after_all, page, today, typed
from app.lib import clock
from app.lib.errors import Refused
from app.lib.i18n import gettext as _

LIST = requires(Permission.ORGANISATION_READ)
READ = requires(Permission.ORGANISATION_READ, "organisation_id", scope_of_organisation)
EDIT = requires(Permission.ORGANISATION_EDIT, "organisation_id", scope_of_organisation, fresh=True)
CREATE = requires(Permission.ORGANISATION_CREATE, fresh=True)
CLOSE = requires(Permission.ORGANISATION_CREATE, "organisation_id", scope_of_organisation, fresh=True)
FIELDS = ("name", "city", "code", "kind", "phone", "time_zone", "controller", "data_owner", "data_protection_officer")
NOTHING = Details(code="", name="", city="")


@get("/administration/organisations", opt=LIST)
async def list_organisations(actor: NamedDependency[Actor], show: FromQuery[str] = "") -> Response[Any]:
    """The open ones, or those that are closed."""
    closed = show == "closed"
    lines = await queries.list_organisations(centre_of(actor), today(), closed=closed)
    return page("organisations", lines=lines, closed=closed, network=looks_after_all(actor), o=wording)


@get("/administration/organisations/new", opt=CREATE)
async def show_new(name: FromQuery[str] = "") -> Response[Any]:
    """An empty form; `name` fills in what somebody who asks for a place has written."""
    details = Details(code="", name=tidy(name)[:120], city="")
    return _form(None, Read(details, {}), fields=frozenset(FIELDS) | OF_THE_CENTRE)


@post("/administration/organisations", opt=CREATE)
async def create(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """A new centre, or the form again with what is wrong."""
    form = await request.form()
    read = read_all(typed(form, FIELDS), form.getall("pathologies", []))
    everything = frozenset(FIELDS) | OF_THE_CENTRE
    if read.faults:
        return _form(None, read, fields=everything)
    try:
        made = await actions.create_organisation(actor.id, read.details, at=clock.now())
    except Refused as refusal:
        if refusal.code != "organisation.code_taken":
            raise
        return _form(None, Read(read.details, {"code": Fault.CODE_TAKEN}), fields=everything)
    return Redirect(f"/administration/organisations/{made}", status_code=303)


@get("/administration/organisations/{organisation_id:uuid}", opt=READ)
async def show_one(actor: NamedDependency[Actor], organisation_id: FromPath[UUID]) -> Response[Any]:
    """All that is known of it."""
    line = await queries.get_line(organisation_id, today())
    return page("organisation", line=line, network=looks_after_all(actor), o=wording)


@get("/administration/organisations/{organisation_id:uuid}/edit", opt=EDIT)
async def show_edit(actor: NamedDependency[Actor], organisation_id: FromPath[UUID]) -> Response[Any]:
    found = await get_organisation(organisation_id)
    seen = fingerprint(found.details)
    return _form(organisation_id, Read(found.details, {}), fields=_fields_of(actor), seen=seen)


@post("/administration/organisations/{organisation_id:uuid}/edit", opt=EDIT)
async def change(request: AnyRequest, actor: NamedDependency[Actor], organisation_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was typed, unless somebody else changed the centre meanwhile."""
    form = await request.form()
    kept, fields = await get_organisation(organisation_id), _fields_of(actor)
    values, chosen, seen = typed(form, FIELDS), form.getall("pathologies", []), typed(form, ("seen",))["seen"]
    read = read_all(values, chosen) if looks_after_all(actor) else read_own(values, chosen, kept.details)
    if read.faults:
        return _form(organisation_id, read, fields=fields, seen=seen)
    try:
        await actions.change_organisation(actor.id, organisation_id, read.details, seen=seen, at=clock.now())
    except Refused as refusal:
        if refusal.code == "organisation.code_taken":
            return _form(organisation_id, Read(read.details, {"code": Fault.CODE_TAKEN}), fields=fields, seen=seen)
        if refusal.code != "organisation.changed":
            raise
        return await _collision(organisation_id, read, fields)
    return Redirect(f"/administration/organisations/{organisation_id}", status_code=303)


def _fields_of(actor: Actor) -> frozenset[str]:
    """What somebody may change: those of a centre keep some of it up to date."""
    return frozenset(FIELDS) | OF_THE_CENTRE if looks_after_all(actor) else OF_THE_CENTRE


async def _collision(organisation: UUID, read: Read, fields: frozenset[str]) -> Response[Any]:
    """Somebody else was faster: both are shown, and saving again keeps what stands in the form."""
    kept = (await get_organisation(organisation)).details
    names = [name for name in changed(kept, read.details) if name in fields]
    theirs = [(wording.field_words(name), _shown(kept, name)) for name in names]
    return _form(organisation, read, fields=fields, seen=fingerprint(kept), theirs=theirs)


def _shown(details: Details, name: str) -> str:
    value = getattr(details, name)
    if name == "pathologies":
        return ", ".join(wording.pathology_words(one) for one in value) or _("none")
    words = {"kind": wording.kind_words, "time_zone": wording.zone_words}.get(name)
    return (words(value) if words else value) or _("nothing")


def _form(
    organisation: UUID | None,
    read: Read,
    *,
    fields: frozenset[str],
    seen: str = "",
    theirs: list[tuple[str, str]] | None = None,
) -> Response[Any]:
    errors = {field: wording.fault_words(fault) for field, fault in read.faults.items()}
    return page(
        "organisation_form",
        409 if theirs is not None else 422 if errors else 200,
        organisation=organisation,
        details=read.details,
        errors=errors,
        fields=fields,
        seen=seen,
        theirs=theirs,
        kinds=[(kind.value, wording.kind_words(kind)) for kind in OrganisationKind],
        zones=[(zone, wording.zone_words(zone)) for zone in TIME_ZONES],
        pathologies=[(one, wording.pathology_words(one)) for one in PATHOLOGIES],
        o=wording,
    )


@get("/administration/organisations/{organisation_id:uuid}/close", opt=CLOSE)
async def confirm_closing(organisation_id: FromPath[UUID]) -> Response[Any]:
    """Says what closing stops, and asks why."""
    return await _closing(organisation_id)


async def _closing(organisation: UUID, reason: str = "", faults: dict[str, Fault] | None = None) -> Response[Any]:
    line = await queries.get_line(organisation, today())
    if not line.organisation.is_open:
        raise Refused("organisation.closed")
    alone = await count_left_alone(organisation)
    errors = {field: wording.fault_words(fault) for field, fault in (faults or {}).items()}
    return page("organisation_close", 422 if errors else 200, line=line, alone=alone, reason=reason, errors=errors)


@post("/administration/organisations/{organisation_id:uuid}/close", opt=CLOSE)
async def close(request: AnyRequest, actor: NamedDependency[Actor], organisation_id: FromPath[UUID]) -> Response[Any]:
    values = typed(await request.form(), ("reason", "alone"))
    reason, ticked = read_reason(values["reason"]), values["alone"] == "yes"
    faults = {} if reason else {"reason": Fault.REASON_MISSING}
    if not ticked and await count_left_alone(organisation_id):
        faults["alone"] = Fault.ALONE_UNTICKED
    if faults:
        return await _closing(organisation_id, reason, faults)
    await actions.close_organisation(actor.id, organisation_id, reason, leaves_patients=ticked, at=clock.now())
    return Redirect(f"/administration/organisations/{organisation_id}", status_code=303)


@post("/administration/organisations/{organisation_id:uuid}/reopen", opt=CLOSE)
async def reopen(actor: NamedDependency[Actor], organisation_id: FromPath[UUID]) -> Response[Any]:
    await actions.reopen_organisation(actor.id, organisation_id, at=clock.now())
    return Redirect(f"/administration/organisations/{organisation_id}", status_code=303)


HANDLERS: list[Any] = [
    list_organisations,
    show_new,
    create,
    show_one,
    show_edit,
    change,
    confirm_closing,
    close,
    reopen,
]
