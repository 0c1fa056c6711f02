"""The pages of a lent tablet: what remains, that answers were sent, and the way back for whoever lent it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.consent import Use, allowed
from app.access.guard import granted, requires
from app.access.policy import Actor, Lent, Permission, sees
from app.accounts.doors import DOORS
from app.lib import clock, i18n, pages
from app.patients.queries import get_patient
from app.questionnaires.model import text
from app.questionnaires.red_flags import raised
from app.responses import queries
from app.responses.model import ResponseScope, State
from app.responses.routes.parts import course_of
from app.trials.queries import acting_on_visit, find_visit
from app.trials.tablet.model import PATIENT, Task, minutes_of, waiting_of
from app.trials.tablet.queries import tasks_of

AnyRequest = Request[Any, Any, Any]
KEEP = requires(Permission.SESSION_KEEP)
ANSWER = requires(Permission.RESPONSE_ANSWER, "response_id", queries.scope_of_response)
LIST = "/tablet"


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the tablet was handed over for. `elsewhere`: begun by somebody else who answers in the same voice."""

    tasks: tuple[Task, ...]
    elsewhere: frozenset[UUID]

    @property
    def waiting(self) -> tuple[Task, ...]:
        return tuple(task for task in waiting_of(self.tasks) if task.assignment.id not in self.elsewhere)

    @property
    def minutes(self) -> int:
        return minutes_of(self.waiting)


async def _remaining(actor: Actor, lent: Lent) -> Remaining:
    """Nothing once the person closed their record, or the centre follows them no more."""
    scope = await acting_on_visit(lent.visit)
    here = scope is not None and actor.organisation in scope.organisations
    if scope is None or not here or not allowed(scope.withheld, Use.OPEN_RECORD):
        return Remaining((), frozenset())
    tasks = await tasks_of(lent.visit, lent.voice, clock.day_in(i18n.ZONE, clock.now()))
    elsewhere = set()
    for task in tasks:
        if task.begun and task.assignment.response is not None:
            begun = await queries.scope_of_response(task.assignment.response)
            if begun is None or not sees(actor, begun):
                elsewhere.add(task.assignment.id)
    return Remaining(tasks, frozenset(elsewhere))


async def _about(lent: Lent) -> str:
    """The given name of the patient, for a relative who answers about them; nothing for the patient."""
    visit = await find_visit(lent.visit) if lent.voice != PATIENT else None
    if visit is None:
        return ""
    patient = await get_patient(visit.patient)
    return patient.used_given_name or patient.given_names


def _title(task: Task) -> str:
    return text(task.questionnaire.file.title, i18n.locale.get())


@get(LIST, opt=KEEP)
async def show_remaining(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What remains to be answered; when nothing does, that the tablet may be given back."""
    if actor.lent is None:
        return Redirect(DOORS[actor.role], status_code=303)
    found = await _remaining(actor, actor.lent)
    about = await _about(actor.lent) if found.tasks else ""
    return pages.page(request, "tablet/list", found=found, about=about, title_of=_title)


@get("/tablet/responses/{response_id:uuid}/sent", opt=ANSWER)
async def show_sent(request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID]) -> Response[Any]:
    """That answers were sent, where to find help if one of them is worrying, and what comes next."""
    scope: ResponseScope = granted(request)
    if scope.state is State.DRAFT:
        return Redirect(f"/responses/{response_id}/resume", status_code=303)
    if actor.lent is None:
        return Redirect(f"/responses/{response_id}/sent", status_code=303)
    walk, language = await course_of(scope), i18n.locale.get()
    return pages.page(
        request,
        "tablet/sent",
        title=text(walk.questionnaire.file.title, language),
        safety=[text(flag.to_patient, language) for flag in raised(walk.questionnaire, walk.env) if flag.to_patient],
        found=await _remaining(actor, actor.lent),
        title_of=_title,
    )


@get("/tablet/return", opt=KEEP)
async def take_back(actor: NamedDependency[Actor]) -> Response[Any]:
    """Whoever lent it proves to be there, and goes on with the visit."""
    if actor.lent is None:
        return Redirect(DOORS[actor.role], status_code=303)
    return Redirect(f"/step-up?next=/visits/{actor.lent.visit}", status_code=303)


HANDLERS: list[Any] = [show_remaining, show_sent, take_back]
