"""Handing the tablet to the patient or to somebody close, for the questionnaires of one visit."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Role
from app.accounts.doors import DOORS
from app.accounts.lending.actions import lend
from app.accounts.lending.model import NewHandover
from app.accounts.queries import factors_of
from app.accounts.routes.parts import note_lent, session_of, text_of
from app.dashboard.routes.parts import AnyRequest, title_of, words
from app.lib import clock, i18n, pages
from app.patients.actions import note_reading
from app.patients.queries import get_patient
from app.questionnaires.model import text
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.queries import acting_on_visit, find_visit
from app.trials.tablet.model import Offer, may_lend
from app.trials.tablet.queries import offers_of
from app.trials.tablet.wording import holder_words

HERE = "/visits/{visit_id:uuid}/tablet"
LEND = requires(Permission.VISIT_LEND, "visit_id", acting_on_visit)


@get(HERE, opt=LEND)
async def show_handover(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """Who takes the tablet, what they can do with it, and how it comes back."""
    visit = await _visit(visit_id)
    return await _page(request, actor, visit, await _offers(actor, visit))


@post(HERE, opt=LEND)
async def hand_over(request: AnyRequest, actor: NamedDependency[Actor], visit_id: FromPath[UUID]) -> Response[Any]:
    """From now on this session answers for one visit."""
    visit = await _visit(visit_id)
    offers = await _offers(actor, visit)
    who = text_of(await request.form(), "who")
    chosen = next((one.holder for one in offers if one.holder.key == who), None)
    if chosen is None:
        return await _page(request, actor, visit, offers, status=422 if offers else 409)
    session = session_of(request)
    if session is None:
        raise NotAuthorizedException
    new = NewHandover(visit=visit.id, voice=chosen.voice, relative=chosen.relative, relative_account=chosen.account)
    handover = await lend(actor, session, new, visit.patient, at=clock.now())
    reply = Redirect(DOORS[Role.TABLET], status_code=303)
    note_lent(reply, handover)
    return reply


async def _visit(visit: UUID) -> Visit:
    found = await find_visit(visit)
    if found is None:
        raise NotFoundException
    return found


async def _offers(actor: Actor, visit: Visit) -> list[Offer]:
    if not may_lend(visit):
        return []
    return await offers_of(visit, actor.organisation, clock.day_in(i18n.ZONE, clock.now()))


async def _page(
    request: AnyRequest, actor: Actor, visit: Visit, offers: list[Offer], *, status: int = 200
) -> Response[Any]:
    await note_reading(actor, visit.patient, "tablet", at=clock.now())
    trial, language = await trial_at(visit.version), i18n.locale.get()
    return pages.page(
        request,
        "dashboard/lending",
        status=status,
        patient=await get_patient(visit.patient),
        visit=visit,
        trial=text(trial.file.title, language),
        visit_title=text(trial.visit(visit.visit).title, language),
        offers=offers,
        factors=await factors_of(actor.id),
        problem=i18n.gettext("Choose who takes the tablet") if status == 422 else "",
        holder_words=holder_words,
        **words() | {"title_of": title_of},
    )


HANDLERS: list[Any] = [show_handover, hand_over]
