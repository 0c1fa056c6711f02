"""Signing a visit after reading what stands in the way, and withdrawing a signature."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, is_fresh
from app.accounts.queries import list_memberships
from app.accounts.wording import profession_words
from app.dashboard.routes.parts import AnyRequest, words
from app.dashboard.routes.visit_parts import held, today_here, uuid_or_new
from app.dashboard.signing import wording
from app.dashboard.signing.queries import points_of, signed_of
from app.dashboard.visits.forms import Fault, words_fault
from app.dashboard.visits.wording import fault_words
from app.lib import clock, pages
from app.patients.actions import note_reading
from app.patients.queries import get_patient
from app.trials import wording as trial_words
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.queries import acting_on_visit
from app.trials.signing.actions import Undoing, sign_visit, unsign_visit
from app.trials.signing.model import Cause
from app.trials.visits import wording as visit_words

SIGN = "/visits/{visit_id:uuid}/sign"
UNDO = "/visits/{visit_id:uuid}/sign/withdraw"
READ = requires(Permission.VISIT_SIGN, "visit_id", acting_on_visit)
ACT = requires(Permission.VISIT_SIGN, "visit_id", acting_on_visit, fresh=True)


async def about(actor: Actor, visit: Visit) -> dict[str, Any]:
    """What the pages around a visit need to say which one; that somebody reads them is written down."""
    await note_reading(actor, visit.patient, "visit", at=clock.now())
    trial = await trial_at(visit.version)
    return {
        "visit": visit,
        "trial": trial,
        "title": visit_words.visit_title(trial, visit),
        "patient": await get_patient(visit.patient),
        "state": visit.state(today_here()),
        "gw": wording,
        "tw": trial_words,
        **words(),
    }


@get(SIGN, opt=READ)
async def show_signing(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """What stands in the way, what must be confirmed, and what the signature means; of a signed one its page."""
    visit, _enrolment = await held(visit_id)
    if visit.locked:
        return Redirect(f"/visits/{visit_id}", status_code=303)
    return await _page(actor, visit_id)


async def _page(actor: Actor, visit_id: UUID, *, unconfirmed: bool = False, changed: bool = False) -> Response[Any]:
    visit, enrolment = await held(visit_id)
    places = await list_memberships(actor.id, today_here())
    own = next((one for one in places if one.organisation == visit.organisation), None)
    points = await points_of(actor, visit, enrolment)
    refused = unconfirmed or changed or None
    page = pages.render(
        "dashboard/sign.html",
        **await about(actor, visit),
        points=points,
        signer=actor.name,
        profession=profession_words(own.profession if own else "other").lower(),
        centre=actor.organisation_name,
        fresh=is_fresh(actor, clock.now()),
        unconfirmed=unconfirmed and not points.preflight.blocking,
        changed=changed,
    )
    return pages.html(page, 409 if changed else 422 if refused else 200)


@post(SIGN, opt=ACT, status_code=303)
async def sign(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Signed as it was read; else the page says what changed, stands in the way or is to be confirmed."""
    visit, enrolment = await held(visit_id)
    form = await request.form()
    seen, confirmed = str(form.get("seen", "")), form.get("confirmed") == "yes"
    known = await signed_of(visit)
    if known is not None and known.stands and known.signature.signed_by == actor.id:
        return pages.go(request, f"/visits/{visit_id}?done=signed")
    found = (await points_of(actor, visit, enrolment)).preflight
    if found.seen != seen:
        return await _page(actor, visit_id, changed=True)
    if found.blocking or (found.to_confirm and not confirmed):
        return await _page(actor, visit_id, unconfirmed=True)
    if not await sign_visit(actor, visit_id, seen, confirmed=confirmed, at=clock.now()):
        return await _page(actor, visit_id, changed=True)
    return pages.go(request, f"/visits/{visit_id}?done=signed")


@get(UNDO, opt=READ)
async def show_withdrawing(actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    return await _withdrawing(actor, visit_id)


async def _withdrawing(
    actor: Actor, visit_id: UUID, reason: str = "", fault: Fault | None = None, *, changed: bool = False
) -> Response[Any]:
    visit, _enrolment = await held(visit_id)
    known = await signed_of(visit)
    if known is None or not known.stands:
        return Redirect(f"/visits/{visit_id}", status_code=303)
    page = pages.render(
        "dashboard/sign_withdraw.html",
        **await about(actor, visit),
        signed=known,
        others=known.signature.signed_by != actor.id,
        reason=reason,
        fresh=is_fresh(actor, clock.now()),
        errors={"reason": fault_words(fault)} if fault else {},
        changed=changed,
    )
    return pages.html(page, 409 if changed else 422 if fault else 200)


@post(UNDO, opt=ACT, status_code=303)
async def withdraw(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """The visit is signed no longer and may be taken up again; whoever signed is told."""
    form = await request.form()
    reason = str(form.get("reason", ""))
    fault = words_fault(reason, Fault.REASON)
    if fault is not None:
        return await _withdrawing(actor, visit_id, reason, fault)
    meant = Undoing(Cause.BY_HAND, reason, uuid_or_new(str(form.get("signature", ""))))
    if not await unsign_visit(actor.id, visit_id, meant, at=clock.now()):
        return await _withdrawing(actor, visit_id, reason, changed=True)
    return pages.go(request, f"/visits/{visit_id}?done=unsigned")


HANDLERS: list[Any] = [show_signing, sign, show_withdrawing, withdraw]
