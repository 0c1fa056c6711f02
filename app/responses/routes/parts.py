"""What several pages of a response need: who, where, and what was posted. Serves no page itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from litestar import Request

from app.access.guard import requires
from app.access.policy import SPEAKING, Actor, Permission, Role
from app.accounts.doors import DOORS
from app.assignments.model import Assignment
from app.assignments.queries import list_of_response
from app.lib import clock, i18n
from app.lib.ids import new_id
from app.patients.queries import get_patient
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire, text
from app.questionnaires.red_flags import raised
from app.responses import queries
from app.responses.forms import number_of
from app.responses.model import NO_ROW, Answers, ResponseScope
from app.responses.rendering import Draft
from app.responses.screens import Course, Screen, course

AnyRequest = Request[Any, Any, Any]
ANSWER = requires(Permission.RESPONSE_ANSWER, "response_id", queries.scope_of_response)
TODAY_IN = i18n.ZONE


def home_of(actor: Actor, patient: UUID) -> str:
    """Where answering begins and ends: a patient's home, the list of a lent tablet, or a team's record of them."""
    at_home = DOORS[actor.role] if actor.role in SPEAKING else ""
    return at_home or f"/patients/{patient}/questionnaires"


def visit_of(actor: Actor, asked: Iterable[Assignment]) -> str:
    """The page of the visit that asked, for the team that holds it; "" for everybody else."""
    ours = (one.origin_id for one in asked if one.origin_kind == "visit" and one.organisation == actor.organisation)
    visit = None if actor.role in SPEAKING else next(ours, None)
    return f"/visits/{visit}" if visit else ""


async def way_back(actor: Actor, response: UUID, patient: UUID) -> str:
    """Where whoever answers goes on: a team to the visit that it holds, else as `home_of`."""
    return visit_of(actor, await list_of_response(response)) or home_of(actor, patient)


def after_sending(actor: Actor, response: UUID) -> str:
    """Where it is said that answers were sent."""
    return f"/tablet/responses/{response}/sent" if actor.lent else f"/responses/{response}/sent"


async def for_whom(actor: Actor, patient: UUID) -> str:
    """The person answered for, when it is not oneself: shown on every page."""
    if actor.lent:
        return (await get_patient(patient)).given_names if actor.lent.voice != "patient" else ""
    who = await get_patient(patient) if actor.role is not Role.PATIENT or len(actor.proxy_for) else None
    return who.full_name if who and (actor.role is not Role.PATIENT or patient in actor.proxy_for) else ""


async def course_of(scope: ResponseScope, answers: Answers | None = None) -> Course:
    """The response as it stands, or as it would with these answers."""
    q = library().find(scope.questionnaire, scope.version)
    answers = answers or await queries.answers_of(scope.response, q)
    return course(q, answers, await queries.facts_for(q, scope.patient, clock.day_in(TODAY_IN, clock.now())))


async def fields_of(request: AnyRequest) -> dict[str, list[str]]:
    form = await request.form()
    return {name: [str(value) for value in form.getall(name)] for name in form}


def page_load_of(fields: dict[str, list[str]]) -> UUID:
    found = uuid_or_nil(next(iter(fields.get("page_load", [])), ""))
    return new_id() if found == NO_ROW else found


def uuid_or_nil(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        return NO_ROW


def title_of(q: Questionnaire) -> str:
    return text(q.file.title, i18n.locale.get())


def screen_named(walk: Course, screen_id: str) -> Screen | None:
    return next((screen for screen in walk.screens() if screen.id == screen_id), None)


def summary_of(q: Questionnaire, draft: Draft) -> list[tuple[str, str]]:
    """The lines of the error summary: which question, and what to do."""
    lines = []
    for name, message in draft.errors.items():
        number = number_of(q, name)
        if number:
            where = i18n.gettext("Question %(number)s") % {"number": number}
            message = i18n.gettext("%(where)s: %(message)s") % {"where": where, "message": message}
        lines.append((name, message))
    return lines


def safety_words(walk: Course) -> list[str]:
    """What to say at once to somebody whose answers raise a flag."""
    language = i18n.locale.get()
    flags = raised(walk.questionnaire, walk.env)
    return [text(flag.to_patient, language) for flag in flags if flag.on == "save" and flag.to_patient]
