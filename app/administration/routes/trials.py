"""The centres of a trial: opening it in one, how many people it hopes for, closing it. For the whole network."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.model import OrganisationName
from app.accounts.organisations.queries import list_open
from app.accounts.queries import organisations_by_id
from app.administration.routes.parts import AnyRequest, page, today, typed
from app.lib import clock
from app.lib.errors import Refused
from app.trials import protocol_wording as trials
from app.trials.library import Applied, find_trial
from app.trials.model import Site
from app.trials.queries import sites_of_trial
from app.trials.sites import actions, forms, wording
from app.trials.sites.forms import Fault, Typed
from app.trials.sites.model import Hope
from app.trials.sites.queries import enrolled_in, find_site, reasons_of, scope_of_site

READ = requires(Permission.TRIAL_MANAGE)
EDIT = requires(Permission.TRIAL_MANAGE, fresh=True)
ONE = requires(Permission.TRIAL_MANAGE, "site_id", scope_of_site, fresh=True)


@get("/administration/trials/{trial_key:str}/sites", opt=READ)
async def list_sites(trial_key: FromPath[str]) -> Response[Any]:
    """Every centre that takes part or did, with how many people it has enrolled."""
    applied = await _known(trial_key)
    sites = await sites_of_trial(applied.id)
    return page(
        "trial_sites",
        applied=applied,
        sites=[(one, one.state(today())) for one in sites],
        reopens=_reopenable(sites),
        centres=await organisations_by_id({one.organisation for one in sites}),
        enrolled=await enrolled_in(applied.id),
        reasons=await reasons_of(applied.id),
        t=trials,
    )


def _reopenable(sites: list[Site]) -> set[UUID]:
    """Of each centre that is closed everywhere in the list, the line it stands in last."""
    last = {one.organisation: one for one in sites}
    return {one.id for one in last.values() if one.closed_on is not None}


async def _known(key: str) -> Applied:
    found = await find_trial(key)
    if found is None:
        raise NotFoundException
    return found


@get("/administration/trials/{trial_key:str}/sites/new", opt=EDIT)
async def show_opening(trial_key: FromPath[str], centre: FromQuery[str] = "") -> Response[Any]:
    """An empty form, from today on; `centre` is chosen already where it is opened again."""
    applied = await _known(trial_key)
    return await _opening(applied, Typed(centre, str(today()), "", "", None, None, Hope(), {}))


async def _offered(applied: Applied) -> list[OrganisationName]:
    """The open centres in which the trial is not open."""
    taken = {one.organisation for one in await sites_of_trial(applied.id) if one.closed_on is None}
    return [one for one in await list_open() if one.id not in taken]


async def _opening(applied: Applied, read: Typed) -> Response[Any]:
    offered = [(str(one.id), f"{one.name} ({one.code})") for one in await _offered(applied)]
    return page("trial_site_new", 422 if read.faults else 200, offered=offered, **_words(applied, read))


def _words(applied: Applied, read: Typed) -> dict[str, Any]:
    errors = {field: wording.fault_words(fault) for field, fault in read.faults.items()}
    return {"applied": applied, "read": read, "errors": errors, "t": trials}


@post("/administration/trials/{trial_key:str}/sites", opt=EDIT)
async def open_one(request: AnyRequest, actor: NamedDependency[Actor], trial_key: FromPath[str]) -> Response[Any]:
    """The centre may enrol from that day on; or the form again with what is wrong."""
    applied, known = await _known(trial_key), [one.id for one in await list_open()]
    read = forms.read_opening(typed(await request.form(), forms.fields()), known)
    if read.faults or read.centre is None or read.on is None:
        return await _opening(applied, read)
    try:
        await actions.open_site(actor.id, trial_key, read.centre, read.on, read.hope, at=clock.now())
    except Refused as refusal:
        if refusal.code != "trial_site.open":
            raise
        again = Typed(
            "", read.opened, read.target, read.by, None, None, read.hope, {"organisation": Fault.OPEN_ALREADY}
        )
        return await _opening(applied, again)
    return _back(trial_key)


def _back(key: str) -> Response[Any]:
    return Redirect(f"/administration/trials/{key}/sites", status_code=303)


async def _site(site: UUID) -> tuple[Applied, Site]:
    found = await find_site(site)
    if found is None:
        raise NotFoundException
    return await _known(found.key), found


async def _one(name: str, site: UUID, read: Typed, status: int = 200, **more: Any) -> Response[Any]:
    applied, found = await _site(site)
    centre = (await organisations_by_id([found.organisation]))[found.organisation]
    return page(name, 422 if read.faults else status, site=found, centre=centre, **_words(applied, read), **more)


@get("/administration/trial-sites/{site_id:uuid}/target", opt=ONE)
async def show_target(site_id: FromPath[UUID]) -> Response[Any]:
    _applied, site = await _site(site_id)
    hope = Hope(site.target, site.target_by)
    read = Typed("", "", str(site.target or ""), str(site.target_by or ""), None, None, hope, {})
    return await _one("trial_site_target", site_id, read, theirs=False)


@post("/administration/trial-sites/{site_id:uuid}/target", opt=ONE)
async def change_target(request: AnyRequest, actor: NamedDependency[Actor], site_id: FromPath[UUID]) -> Response[Any]:
    """Keep the target, unless somebody else changed it meanwhile: then both are shown."""
    applied, site = await _site(site_id)
    values = typed(await request.form(), forms.fields())
    read = forms.read_hope(values, site.opened_on)
    if read.faults:
        return await _one("trial_site_target", site_id, read, theirs=False)
    seen = int(values["revision"]) if values["revision"].isdigit() else 0
    try:
        await actions.change_hope(actor.id, site_id, read.hope, seen, at=clock.now())
    except Refused as refusal:
        if refusal.code != "trial_site.changed":
            raise
        return await _one("trial_site_target", site_id, read, 409, theirs=True)
    return _back(applied.key)


@get("/administration/trial-sites/{site_id:uuid}/close", opt=ONE)
async def confirm_closing(site_id: FromPath[UUID]) -> Response[Any]:
    """Says what closing stops and what goes on, and asks why."""
    return await _closing(site_id, "", None)


async def _closing(site: UUID, reason: str, fault: Fault | None) -> Response[Any]:
    applied, found = await _site(site)
    _everybody, active = (await enrolled_in(applied.id)).get(found.organisation, (0, 0))
    read = Typed("", "", "", "", None, None, Hope(), {"reason": fault} if fault else {})
    return await _one("trial_site_close", site, read, reason=reason, active=active)


@post("/administration/trial-sites/{site_id:uuid}/close", opt=ONE)
async def close(request: AnyRequest, actor: NamedDependency[Actor], site_id: FromPath[UUID]) -> Response[Any]:
    written = typed(await request.form(), ("reason",))["reason"]
    reason, fault = forms.read_reason(written)
    if fault:
        return await _closing(site_id, written, fault)
    applied, _site_found = await _site(site_id)
    await actions.close_site(actor.id, site_id, reason, at=clock.now())
    return _back(applied.key)


HANDLERS: list[Any] = [list_sites, show_opening, open_one, show_target, change_target, confirm_closing, close]
