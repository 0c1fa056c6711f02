"""A person asks the centre for a record: which one it is, or a new one, or no."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.access.rights import Right, is_paused
from app.accounts.queries import get_email, names_of
from app.dashboard.routes.parts import AnyRequest
from app.dashboard.routes.requests import HERE, texts_of
from app.lib import clock, i18n, pages
from app.lib.db import transaction
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.affiliations import wording
from app.patients.affiliations.actions import ask_affiliation
from app.patients.asks import actions
from app.patients.asks import wording as ask_wording
from app.patients.asks.model import LONGEST_NOTE, Ask, Refusal, State, usual_rights
from app.patients.asks.queries import find_ask, scope_of_ask
from app.patients.contacts.wording import right_words
from app.patients.dates import PartialDate
from app.patients.identity.actions import keep_entry, open_record
from app.patients.identity.model import LONGEST_REASON, Found, is_reason, read_reason
from app.patients.identity.queries import look_for
from app.patients.identity.wording import reason_fault
from app.patients.invitations.forms import rights_for
from app.patients.invitations.wording import Fault, fault_words
from app.patients.queries import patients_by_id

ASK = requires(Permission.RECORD_DECIDE, "ask_id", scope_of_ask)
NEW, AFFILIATION = "new", "affiliation"


async def _look(actor: Actor, found: Ask) -> Found:
    """The records that may be this person's, while there is something to decide."""
    if found.typed is None or found.state is not State.ASKED:
        return Found()
    return await look_for(actor, found.typed)


@get(f"{HERE}/asks/{{ask_id:uuid}}", opt=ASK)
async def show_ask(actor: NamedDependency[Actor], ask_id: FromPath[UUID]) -> Response[Any]:
    """Who asks for whom, the records that may be this person's, and the decision."""
    return await _page(actor, ask_id)


async def _page(
    actor: Actor,
    ask_id: UUID,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    rights: Collection[Right] | None = None,
) -> Response[Any]:
    found = await find_ask(ask_id)
    if found is None:
        raise NotFoundException
    close = await _look(actor, found)
    people = await patients_by_id([one.patient for one in close.own if not one.closed])
    for patient in people:
        await note_reading(actor, patient, "record_ask", at=clock.now())
    names = await names_of([found.account, *([found.decided_by] if found.decided_by else [])])
    page = pages.render(
        "dashboard/request_ask.html",
        ask=found,
        who=names.get(found.account, ""),
        address=await get_email(found.account),
        decider=names.get(found.decided_by, "") if found.decided_by else "",
        close=close,
        own=[(people[one.patient], one) for one in close.own if one.patient in people],
        longest=LONGEST_REASON,
        problems=problems or {},
        typed=typed or {},
        offered=[(right.value, right_words(right)) for right in rights_for(of_age=_is_of_age(found))],
        rights=usual_rights(found.relationship) if rights is None else rights,
        of_age=_is_of_age(found),
        f=wording,
        a=ask_wording,
    )
    return pages.html(page, 422 if problems else 200)


def _is_of_age(ask: Ask) -> bool:
    """Whether the person of the request is of age, as it was typed."""
    born = PartialDate.on(ask.typed.birth_date).text if ask.typed else ""
    return is_paused(born, "", clock.day_in(i18n.ZONE, clock.now()))


async def _rights(request: AnyRequest, ask: Ask) -> frozenset[Right]:
    ticked = (await request.form()).getall("rights", [])
    return frozenset(right for right in rights_for(of_age=_is_of_age(ask)) if right in ticked)


@post(f"{HERE}/asks/{{ask_id:uuid}}/accept", opt=ASK)
async def accept(request: AnyRequest, actor: NamedDependency[Actor], ask_id: FromPath[UUID]) -> Response[Any]:
    """One of the records that were shown, or a new one; looked for again here, so that no other id is taken."""
    typed = await texts_of(request, "record", "reason")
    found = await find_ask(ask_id)
    if found is None or found.typed is None or found.state is not State.ASKED:
        raise Refused("record_ask.decided")
    close = await _look(actor, found)
    if typed["record"] == AFFILIATION and close.elsewhere:
        asked = await ask_affiliation(actor, found.typed, "", at=clock.now())
        return pages.go(request, f"{HERE}/ours/{asked}")
    known = {str(one.patient): one.patient for one in close.own if not one.closed}
    rights, problems = await _rights(request, found), _problems(typed, close, known)
    if not (rights or found.for_self):
        problems["rights"] = fault_words(Fault.RIGHTS_MISSING)
    if problems:
        return await _page(actor, ask_id, problems, typed, rights)
    await _accept(actor, found, close, known.get(typed["record"]), read_reason(typed["reason"]), rights)
    return pages.go(request, f"{HERE}?done=ask-accepted")


def _problems(typed: dict[str, str], close: Found, known: Collection[str]) -> dict[str, str]:
    if typed["record"] not in {NEW, *known}:
        return {"record": wording.problem_words("record")}
    if typed["record"] == NEW and close.needs_reason and not is_reason(read_reason(typed["reason"])):
        return {"reason": reason_fault()}
    return {}


async def _accept(
    actor: Actor, found: Ask, close: Found, patient: UUID | None, reason: str, rights: frozenset[Right]
) -> None:
    """Open the record if it is a new one, and link the account: both or neither."""
    at = clock.now()
    async with transaction():
        if patient is None and found.typed is not None:
            await keep_entry(actor, found.id, found.typed, close, at=at)
            patient = await open_record(actor, found.id, reason, at=at)
        if patient is not None:
            await actions.accept_ask(actor, found.id, patient, rights, at=at)


@post(f"{HERE}/asks/{{ask_id:uuid}}/refuse", opt=ASK)
async def refuse(request: AnyRequest, actor: NamedDependency[Actor], ask_id: FromPath[UUID]) -> Response[Any]:
    """A reason that the person reads, and what the centre adds."""
    typed = await texts_of(request, "why", "reply")
    problems = {}
    if typed["why"] not in set(Refusal):
        problems["why"] = wording.problem_words("why")
    if len(typed["reply"]) > LONGEST_NOTE:
        problems["reply"] = wording.problem_words("long")
    if problems:
        return await _page(actor, ask_id, problems, typed)
    await actions.refuse_ask(actor, ask_id, Refusal(typed["why"]), typed["reply"], at=clock.now())
    return pages.go(request, f"{HERE}?done=ask-refused")


@get([f"{HERE}/asks/{{ask_id:uuid}}/{step}" for step in ("accept", "refuse")], opt=ASK)
async def back_to_ask(ask_id: FromPath[UUID]) -> Redirect:
    """The address of a form that was sent back, opened again: the page itself."""
    return Redirect(f"{HERE}/asks/{ask_id}", status_code=303)


HANDLERS: list[Any] = [back_to_ask, show_ask, accept, refuse]
