"""What other centres and patients ask of this one, and what it asks of others: `/patients/requests`."""

from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import list_memberships, names_of, organisations_by_id
from app.accounts.wording import profession_words
from app.dashboard.routes.parts import AnyRequest
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.affiliations import queries, wording
from app.patients.affiliations.actions import asking, deciding, leaving
from app.patients.affiliations.actions.reading import note_requests
from app.patients.affiliations.comparison import nir_same, side_by_side
from app.patients.affiliations.model import LONGEST_NOTE, Question, Refusal, State
from app.patients.asks import queries as asks
from app.patients.asks import wording as ask_wording
from app.patients.identity.actions import keep_entry, open_record
from app.patients.identity.queries import look_for
from app.patients.queries import get_patient, patients_by_id
from app.patients.removing.queries import list_removal_asks

HERE = "/patients/requests"
DECIDE = requires(Permission.AFFILIATION_DECIDE)
OURS = requires(Permission.AFFILIATION_REQUEST, "affiliation_request_id", queries.scope_of_request)
OPEN = requires(Permission.PATIENT_CREATE, "affiliation_request_id", queries.scope_of_request)
QUESTION = requires(Permission.AFFILIATION_DECIDE, "question_id", queries.scope_of_question)
LEAVE = requires(Permission.AFFILIATION_END, "leave_id", queries.scope_of_leave)


@get(HERE, opt=DECIDE)
async def show_requests(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    """What waits for the centre first, then what it asked for itself, then what was decided lately."""
    at = clock.now()
    questions, leaves = await queries.list_to_decide(actor), await queries.list_leaves(actor)
    asked, ours = await asks.list_of_centre(actor, at), await queries.list_ours(actor, at)
    decided = await queries.list_decided(actor, at)
    removals = await list_removal_asks(actor)
    people = {one.record for one in (*questions, *decided)} | {one.patient for one in leaves}
    people |= {one.patient for one in removals}
    await note_requests(actor, len(people) + len(asked), at=at)
    centres = {one.request.organisation for one in (*questions, *decided)}
    return _page(
        "dashboard/requests.html",
        questions=questions,
        leaves=leaves,
        asked=[one for one in asked if one.decided_at is None],
        ours=ours,
        decided=decided,
        removals=removals,
        answered=[one for one in asked if one.decided_at is not None],
        patients=await patients_by_id(people),
        closed=await queries.closed_among(people),
        centres=await organisations_by_id(centres),
        names=await names_of(
            {one.asked_by for one in ours}
            | {one.account for one in leaves}
            | {one.account for one in removals}
            | {one.account for one in asked}
        ),
        done=_done_words(done),
        a=ask_wording,
    )


def _done_words(done: str) -> str:
    return {
        "approved": i18n.gettext("The centre that asked follows the person from now on. It and the person are told."),
        "refused": i18n.gettext(
            "Your refusal is kept. The centre that asked reads the reason you chose, nothing else."
        ),
        "withdrawn": i18n.gettext("Your request is withdrawn."),
        "ended": i18n.gettext("The follow-up is over. Your centre no longer opens the record."),
        "sent": i18n.gettext("Your request was sent. We write to you when there is an answer."),
        "kept": i18n.gettext("Your answer was sent to the person."),
        "ask-accepted": i18n.gettext("The account is linked to the record. The person is told."),
        "ask-refused": i18n.gettext("Your answer was sent to the person."),
    }.get(done, "")


def _page(name: str, status: int = 200, **context: Any) -> Response[Any]:
    return pages.html(pages.render(name, f=wording, **context), status)


@get(f"{HERE}/ours/{{affiliation_request_id:uuid}}", opt=OURS)
async def show_ours(actor: NamedDependency[Actor], affiliation_request_id: FromPath[UUID]) -> Response[Any]:
    """What the centre typed and where it stands. Of what it matched nothing is known here."""
    found = await queries.find_request(affiliation_request_id)
    if found is None:
        raise NotFoundException
    names = await names_of([found.asked_by])
    return _page("dashboard/request_ours.html", asked=found, who=names.get(found.asked_by, ""))


@post(f"{HERE}/ours/{{affiliation_request_id:uuid}}/withdraw", opt=OURS)
async def withdraw(
    request: AnyRequest, actor: NamedDependency[Actor], affiliation_request_id: FromPath[UUID]
) -> Response[Any]:
    await asking.withdraw_request(actor, affiliation_request_id, at=clock.now())
    return pages.go(request, f"{HERE}?done=withdrawn")


@post(f"{HERE}/ours/{{affiliation_request_id:uuid}}/open", opt=OPEN)
async def open_own(
    request: AnyRequest, actor: NamedDependency[Actor], affiliation_request_id: FromPath[UUID]
) -> Response[Any]:
    """A record of one's own with what was typed, looked for once more before. Sent twice it is one record."""
    found, at = await queries.find_request(affiliation_request_id), clock.now()
    if found is None or found.typed is None or found.state is State.APPROVED:
        raise Refused("affiliation_request.decided")
    entry, close = uuid5(found.id, str(actor.id)), await look_for(actor, found.typed)
    if await keep_entry(actor, entry, found.typed, close, at=at) is None or close.nothing:
        return pages.go(request, f"/patients/{await open_record(actor, entry, '', at=at)}/created")
    return pages.go(request, f"/patients/new/{entry}")


@get(f"{HERE}/questions/{{question_id:uuid}}", opt=QUESTION)
async def show_question(actor: NamedDependency[Actor], question_id: FromPath[UUID]) -> Response[Any]:
    """What was typed beside the record, who asks, and the decision."""
    return await _question(actor, question_id)


async def _question(
    actor: Actor, question_id: UUID, problems: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> Response[Any]:
    found = await queries.find_question(question_id)
    if found is None:
        raise NotFoundException
    await note_reading(actor, found.record, "affiliation_request", at=clock.now())
    record = await get_patient(found.record)
    said = found.request.typed
    centres = await organisations_by_id([found.request.organisation])
    return _page(
        "dashboard/request_question.html",
        422 if problems else 200,
        question=found,
        record=record,
        lines=side_by_side(said, record) if said else [],
        nir=nir_same(said, record) if said else None,
        asker=await _asker(found),
        centre=centres[found.request.organisation],
        own=found.request.asked_by == actor.id,
        deciders=await names_of([found.decided_by] if found.decided_by else []),
        problems=problems or {},
        typed=typed or {},
    )


async def _asker(question: Question) -> tuple[str, str]:
    """Name and profession of whoever asks."""
    account, centre = question.request.asked_by, question.request.organisation
    places = await list_memberships(account, clock.day_in(i18n.ZONE, clock.now()))
    work = [place.profession for place in places if place.organisation == centre]
    return (await names_of([account])).get(account, ""), profession_words(work[0]) if work else ""


@post(f"{HERE}/questions/{{question_id:uuid}}/approve", opt=QUESTION)
async def approve(request: AnyRequest, actor: NamedDependency[Actor], question_id: FromPath[UUID]) -> Response[Any]:
    """The person was told and does not object: that is a condition, not a formality."""
    form = await request.form()
    if form.get("informed") != "yes":
        return await _question(actor, question_id, {"informed": wording.problem_words("informed")})
    await deciding.approve_request(actor, question_id, at=clock.now())
    return pages.go(request, f"{HERE}?done=approved")


@post(f"{HERE}/questions/{{question_id:uuid}}/refuse", opt=QUESTION)
async def refuse(request: AnyRequest, actor: NamedDependency[Actor], question_id: FromPath[UUID]) -> Response[Any]:
    """A reason of the list for the centre that asked; words of one's own for the own file."""
    typed = await texts_of(request, "why", "words")
    problems = {}
    if typed["why"] not in set(Refusal):
        problems["why"] = wording.problem_words("why")
    if len(typed["words"]) > LONGEST_NOTE:
        problems["words"] = wording.problem_words("long")
    if problems:
        return await _question(actor, question_id, problems, typed)
    await deciding.refuse_request(actor, question_id, Refusal(typed["why"]), typed["words"], at=clock.now())
    return pages.go(request, f"{HERE}?done=refused")


@get([f"{HERE}/questions/{{question_id:uuid}}/{step}" for step in ("approve", "refuse")], opt=QUESTION)
async def back_to_question(question_id: FromPath[UUID]) -> Redirect:
    """The address of a form that was sent back, opened again: the page itself."""
    return Redirect(f"{HERE}/questions/{question_id}", status_code=303)


async def texts_of(request: AnyRequest, *names: str) -> dict[str, str]:
    """These fields of a form as text, less what no text holds."""
    form = await request.form()
    values = {name: form.get(name, "") for name in names}
    return {name: value.replace("\0", "").strip() if isinstance(value, str) else "" for name, value in values.items()}


@get(f"{HERE}/leaves/{{leave_id:uuid}}", opt=LEAVE)
async def show_leave(actor: NamedDependency[Actor], leave_id: FromPath[UUID]) -> Response[Any]:
    """Somebody asks to be followed no more: agree, or say why not."""
    return await _leave(actor, leave_id)


async def _leave(
    actor: Actor, leave_id: UUID, problems: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> Response[Any]:
    found = await queries.find_leave(leave_id)
    if found is None:
        raise NotFoundException
    await note_reading(actor, found.patient, "leave_request", at=clock.now())
    return _page(
        "dashboard/request_leave.html",
        422 if problems else 200,
        leave=found,
        patient=await get_patient(found.patient),
        closed=bool(await queries.closed_among([found.patient])),
        who=(await names_of([found.account])).get(found.account, ""),
        problems=problems or {},
        typed=typed or {},
    )


@post(f"{HERE}/leaves/{{leave_id:uuid}}/keep", opt=LEAVE)
async def keep(request: AnyRequest, actor: NamedDependency[Actor], leave_id: FromPath[UUID]) -> Response[Any]:
    """Go on, with words to the person."""
    typed = await texts_of(request, "reply")
    if not typed["reply"] or len(typed["reply"]) > LONGEST_NOTE:
        problem = wording.problem_words("long" if typed["reply"] else "reply")
        return await _leave(actor, leave_id, {"reply": problem}, typed)
    await leaving.keep_following(actor, leave_id, typed["reply"], at=clock.now())
    return pages.go(request, f"{HERE}?done=kept")


@get(f"{HERE}/leaves/{{leave_id:uuid}}/keep", opt=LEAVE)
async def back_to_leave(leave_id: FromPath[UUID]) -> Redirect:
    return Redirect(f"{HERE}/leaves/{leave_id}", status_code=303)


HANDLERS: list[Any] = [
    back_to_question,
    back_to_leave,
    show_requests,
    show_ours,
    withdraw,
    open_own,
    show_question,
    approve,
    refuse,
    show_leave,
    keep,
]
