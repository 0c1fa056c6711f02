"""What a record says of its patient, for them and for whoever answers for them; asking that it be removed."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import granted, requires
from app.access.policy import Actor, Permission, allows
from app.lib import clock, pages
from app.patients.identity import wording as identity
from app.patients.identity.model import LONGEST_REASON, read_reason
from app.patients.queries import get_patient, patients_by_id, scope_of_patient
from app.patients.removing import actions, wording
from app.patients.removing.model import State
from app.patients.removing.queries import asks_of

HERE = "/me/record"
ONE = f"{HERE}/{{patient_id:uuid}}"
READ = requires(Permission.OWN_RECORD)
READ_ONE = requires(Permission.OWN_RECORD, "patient_id", scope_of_patient)
ASK = requires(Permission.RECORD_ASK, "patient_id", scope_of_patient)


@get(HERE, opt=READ)
async def show_own(actor: NamedDependency[Actor]) -> Response[Any]:
    """The record of whoever there is; of several, a choice; of none, what to do."""
    if len(actor.patients) == 1:
        return Redirect(f"{HERE}/{next(iter(actor.patients))}", status_code=303)
    known = await patients_by_id(actor.patients)
    people = sorted(known.items(), key=lambda one: (one[0] in actor.proxy_for, one[1].full_name))
    return pages.html(pages.render("portal/record_choice.html", people=people, proxied=actor.proxy_for))


@get(ONE, opt=READ_ONE)
async def show_one(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    patient_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Who the record says one is, and where a request to remove it stands."""
    patient, asked = await get_patient(patient_id), await asks_of([patient_id])
    context = {
        "patient": patient,
        "known": patient.known,
        "asked": asked,
        "waiting": any(one.state is State.ASKED for one in asked),
        "proxied": patient_id in actor.proxy_for,
        "several": len(actor.patients) > 1,
        "done": done,
        "may_ask": allows(actor, Permission.RECORD_ASK, granted(request)),
        "i": identity,
        "r": wording,
    }
    return pages.html(pages.render("portal/record.html", **context))


@get(f"{ONE}/remove", opt=ASK)
async def confirm_asking(actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """What removing means, before one asks."""
    proxied = patient_id in actor.proxy_for
    page = pages.render("portal/record_remove.html", patient=await get_patient(patient_id), proxied=proxied)
    return pages.html(page)


@post(f"{ONE}/remove", opt=ASK)
async def ask_removal(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], patient_id: FromPath[UUID]
) -> Response[Any]:
    """Ask the centres. A reason is nobody's duty."""
    reason = read_reason(str((await request.form()).get("reason", "")))[:LONGEST_REASON]
    await actions.ask_removal(actor, patient_id, reason, at=clock.now())
    return pages.go(request, f"{HERE}/{patient_id}?done=asked")


@post(f"{ONE}/withdraw", opt=ASK)
async def withdraw(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], patient_id: FromPath[UUID]
) -> Response[Any]:
    """One asks no longer."""
    await actions.withdraw_removal(actor, patient_id, at=clock.now())
    return pages.go(request, f"{HERE}/{patient_id}?done=withdrawn")


HANDLERS: list[Any] = [show_own, show_one, confirm_asking, ask_removal, withdraw]
