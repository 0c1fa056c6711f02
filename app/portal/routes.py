"""A patient's home and sent answers, a response read back or printed, and the blank questionnaires."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.consent import Use
from app.access.consent import allowed as consent_allows
from app.access.guard import granted, requires
from app.access.policy import Actor, Permission, Role, Scope, allows, may, sees, voices
from app.access.rights import Right
from app.accounts.queries import get_email, names_of, organisations_by_id
from app.assignments.queries import list_of_patient
from app.consents import wording as consent_words
from app.lib import clock, i18n, pages
from app.lib.watching import watch
from app.patients.contacts.queries import speakers_of
from app.patients.contacts.wording import answered_words, speaker_words
from app.patients.model import Patient
from app.patients.queries import get_patient, scope_of_patient
from app.portal import browsing
from app.portal.access import routes as access
from app.portal.centres import routes as centres
from app.portal.consents import routes as consents
from app.portal.consents.queries import list_to_decide
from app.portal.documents import routes as documents
from app.portal.home import Home, arrange
from app.portal.record import routes as record
from app.portal.relatives import routes as relatives
from app.portal.relatives.queries import paused_for, waiting_for_agreement
from app.portal.reminders import routes as reminders
from app.portal.reminders.queries import coming_reminders
from app.portal.tablet import routes as tablet
from app.portal.treatments import routes as treatments
from app.portal.visits import routes as visits
from app.portal.visits import wording as visit_words
from app.portal.visits.model import Line
from app.portal.visits.queries import visits_for
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire, text
from app.questionnaires.red_flags import raised
from app.questionnaires.wording import kinds
from app.responses import actions, presenting, queries
from app.responses.model import Answers, ResponseScope, State, may_read
from app.responses.model import Response as GivenResponse
from app.responses.rendering import Mode, draw
from app.responses.routes.parts import way_back
from app.responses.screens import Course, course, screens
from app.trials.reminders import wording as reminder_words
from app.trials.tablet import wording as tablet_words
from app.trials.tablet.queries import said_on_tablets

AnyRequest = Request[Any, Any, Any]
READ = requires(Permission.RESPONSE_READ, "response_id", queries.scope_of_response)
HOME = requires(Permission.HOME_READ)
LIBRARY = requires(Permission.QUESTIONNAIRE_READ)
ZONE = "Europe/Paris"
LATELY = 3


@get("/home", opt=HOME)
async def show_home(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits, for oneself and for each person one answers for."""
    homes = [(await get_patient(patient), await _home(actor, patient)) for patient in sorted(actor.patients)]
    homes.sort(key=lambda pair: pair[0].id in actor.proxy_for)
    asking = {task.assignment.organisation for _, home in homes for task in (*home.to_do, *home.coming)}
    asking |= {response.organisation for _, home in homes for response in home.done}
    return pages.page(
        request,
        "portal/home",
        homes=homes,
        proxied=actor.proxy_for,
        waiting=sum(len(home.to_do) for _, home in homes),
        today=clock.day_in(ZONE, clock.now()),
        centres=list((await organisations_by_id(asking)).values()),
        lately=LATELY,
        address="" if homes or actor.paused else await get_email(actor.id),
        paused=await paused_for(actor, clock.day_in(ZONE, clock.now())),
        asking=await waiting_for_agreement(actor, clock.now()),
        deciding=await list_to_decide(actor, clock.day_in(ZONE, clock.now())),
        consent_words=consent_words,
        reminders=await coming_reminders(actor, clock.now()),
        rw=reminder_words,
        visits=await _next_visits(actor, homes),
        v=visit_words,
    )


async def _next_visits(actor: Actor, homes: list[tuple[Patient, Home]]) -> list[tuple[Patient, Line | None]]:
    """Of everybody who has visits and whose record may be looked at, the next one; None where all are past."""
    today, found = clock.day_in(ZONE, clock.now()), []
    for patient, _home in homes:
        visits = await visits_for(patient.id, today) if may(actor, patient.id, Right.VIEW) else None
        if visits is not None and not visits.empty:
            found.append((patient, next(iter(visits.coming), None)))
    return found


async def _home(actor: Actor, patient: UUID) -> Home:
    today, answers = clock.day_in(ZONE, clock.now()), may(actor, patient, Right.ANSWER)
    assignments = [
        one for one in await list_of_patient(patient) if answers and one.answered_by in voices(actor, patient)
    ]
    known = {one.id: library().find(one.questionnaire, one.version) for one in assignments}
    given = await queries.list_responses_of_patient(patient)
    sent = [one for one in given if one.submitted_at and _sees(actor, one)]
    drafts = {one.id: one for one in given if one.state is State.DRAFT}
    progress = {}
    for one in assignments:
        if one.response in drafts:
            draft = drafts[one.response]
            known[one.id] = draft.questionnaire
            progress[one.id] = (await _walk(draft)).progress()
    scope = await scope_of_patient(patient)
    shared = scope is not None and consent_allows(scope.withheld, Use.SEE_OTHER_CENTRES)
    return arrange(assignments, known, sent, progress, today, shared=shared)


def _sees(actor: Actor, response: GivenResponse) -> bool:
    return sees(actor, Scope(response.patient, answered_by=response.answered_by, author=response.author))


async def _walk(response: GivenResponse) -> Course:
    q = response.questionnaire
    at = response.submitted_at or clock.now()
    facts = await queries.facts_for(q, response.patient, clock.day_in(ZONE, at))
    return course(q, await queries.answers_of(response.id, q), facts)


@get("/answers", opt=HOME)
async def list_sent(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Everything that was sent, for oneself and for others."""
    lists = []
    for patient in sorted(actor.patients):
        given = await queries.list_responses_of_patient(patient)
        sent = [one for one in given if one.submitted_at and _sees(actor, one)]
        lists.append((await get_patient(patient), sent))
    return pages.page(request, "portal/answers", lists=lists, proxied=actor.proxy_for)


@get("/responses/{response_id:uuid}", opt=READ)
async def read_response(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    response_id: FromPath[UUID],
    corrected: FromQuery[bool] = False,
) -> Response[Any]:
    """One response read back: a draft goes on being answered by whom it belongs to."""
    scope = _readable(request, actor)
    mine = allows(actor, Permission.RESPONSE_ANSWER, scope)
    if scope.state is State.DRAFT:
        return Redirect(f"/responses/{response_id}/resume", status_code=303)
    return pages.html(
        pages.render(
            "portal/response.html",
            corrected=corrected,
            may_correct=mine,
            team=actor.role is not Role.PATIENT,
            back="/answers" if actor.role is Role.PATIENT else f"/patients/{scope.patient}/questionnaires",
            **await _reading(actor, response_id, "answers"),
        )
    )


def _readable(request: AnyRequest, actor: Actor) -> ResponseScope:
    """What the guard found; to others than those who answer it, a draft is not there."""
    scope: ResponseScope = granted(request)
    if not may_read(actor, scope):
        raise NotFoundException
    return scope


async def _reading(actor: Actor, response_id: UUID, page: str) -> dict[str, Any]:
    """What the reading page and the print share. Looking at somebody's answers is written down."""
    response = await queries.get_response(response_id)
    await actions.note_reading(actor, response_id, response.patient, page, at=clock.now())
    walk = await _walk(response)
    language = i18n.locale.get()
    corrections = await queries.corrections_of(response_id)
    stamps = walk.answers.stamps.values()
    authors = {
        response.author,
        *(row["made_by"] for row in corrections),
        *(one.answered_by for one in stamps),
    }
    patient = await get_patient(response.patient)
    said_at = response.submitted_at or response.opened_at
    speaker = (await speakers_of([(response.id, response.patient, response.author, said_at)]))[response.id]
    answered, answerer = (
        answered_words(speaker.name, speaker.kind, patient.full_name),
        speaker_words(speaker.name, speaker.kind),
    )
    for on_tablet in (await said_on_tablets([response])).values():
        answered, answerer = tablet_words.answered_words(on_tablet), tablet_words.said_words(on_tablet)
    return {
        "answered": answered,
        "answerer": answerer,
        "response": response,
        "patient": patient,
        "for_whom": patient.full_name if response.patient in actor.proxy_for else "",
        "title": text(response.questionnaire.file.title, language),
        "sections": presenting.sections(walk, language),
        "progress": walk.progress(),
        "corrections": corrections,
        "names": await names_of(authors),
        "printed_at": clock.now(),
    }


@get("/responses/{response_id:uuid}/sent", opt=READ)
async def show_sent(
    request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID], since: FromQuery[str] = ""
) -> Response[Any]:
    """The confirmation: when it was sent, what comes next, and where to find help if an answer is worrying."""
    _readable(request, actor)
    response = await queries.get_response(response_id)
    if response.submitted_at is None:
        return Redirect(f"/responses/{response_id}/resume", status_code=303)
    walk = await _walk(response)
    language = i18n.locale.get()
    scores = await queries.scores_of_response(response_id)
    told = [one for one in response.questionnaire.scores if "patient" in one.score.shown_to]
    pending = bool(told) and (not scores or any(score.stale for score in scores))
    if not (pending and pages.is_partial(request)):
        await actions.note_reading(actor, response_id, response.patient, "sent", at=clock.now())
    centre = await organisations_by_id([response.organisation])
    return pages.page(
        request,
        "portal/sent",
        response=response,
        title=text(response.questionnaire.file.title, language),
        scores=[(one.score, next((s for s in scores if s.score_id == one.id), None)) for one in told],
        pending=pending,
        watching=watch("", since, clock.now(), pending=pending, waiting=False),
        safety=[text(flag.to_patient, language) for flag in raised(walk.questionnaire, walk.env) if flag.to_patient],
        centre=centre[response.organisation],
        back=await way_back(actor, response_id, response.patient),
        for_whom=await _proxied(actor, response.patient),
        team=actor.role is not Role.PATIENT,
    )


async def _proxied(actor: Actor, patient: UUID) -> str:
    return (await get_patient(patient)).full_name if patient in actor.proxy_for else ""


@get("/responses/{response_id:uuid}/print", opt=READ)
async def print_response(
    request: AnyRequest, actor: NamedDependency[Actor], response_id: FromPath[UUID]
) -> Response[Any]:
    """The filled questionnaire on paper; unanswered questions show a dash, never a no."""
    _readable(request, actor)
    return pages.html(
        pages.render(
            "portal/print.html",
            back=f"/responses/{response_id}",
            team=actor.role is not Role.PATIENT,
            **await _reading(actor, response_id, "print"),
        )
    )


@get("/questionnaires", opt=LIBRARY)
async def list_questionnaires(
    request: AnyRequest, kind: FromQuery[str] = "", find: FromQuery[str] = ""
) -> Response[Any]:
    """Every questionnaire, of one `kind` or of all; `find`: those with these words in their names."""
    language, words = i18n.locale.get(), kinds(i18n.gettext)
    found = browsing.found(library().current(), find)
    shown = [q for q in found if kind not in words or q.file.category == kind]
    return pages.page(
        request,
        "portal/questionnaires",
        questionnaires=sorted(shown, key=lambda q: text(q.file.title, language).casefold()),
        counts=browsing.counts(found),
        kinds=words,
        kind=kind if kind in words else "",
        find=find.strip(),
        narrowed=urlencode({"find": find.strip()}) if find.strip() else "",
    )


@get("/questionnaires/{key:str}", opt=LIBRARY)
async def show_questionnaire(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    """The blank instrument, every question of it, to look at and to print; and what it computes."""
    q = _known(key)
    language = i18n.locale.get()
    blank = Course(q, Answers(), dict(q.blank), frozenset())
    return pages.page(
        request,
        "portal/questionnaire",
        q=q,
        title=text(q.file.title, language),
        language=language,
        screens=[
            (presenting.screen_title(blank, one, language), one, draw(blank, one, Mode.BLANK)) for one in screens(q)
        ],
        printed_at=clock.now(),
    )


def _known(key: str) -> Questionnaire:
    try:
        return library().find(key)
    except KeyError:
        raise NotFoundException from None


HANDLERS = [
    show_home,
    list_sent,
    read_response,
    show_sent,
    print_response,
    list_questionnaires,
    show_questionnaire,
    *access.HANDLERS,
    *consents.HANDLERS,
    *relatives.HANDLERS,
    *record.HANDLERS,
    *documents.HANDLERS,
    *centres.HANDLERS,
    *treatments.HANDLERS,
    *reminders.HANDLERS,
    *visits.HANDLERS,
    *tablet.HANDLERS,
]
