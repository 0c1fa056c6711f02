"""`/me/record/new`: asking a centre for a record, for oneself or somebody else; `/me/record/asks`: what came of it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.organisations.queries import list_open
from app.accounts.own.queries import get_profile
from app.accounts.queries import organisations_by_id
from app.lib import clock, i18n, pages
from app.lib.errors import Refused
from app.patients.asks import actions, queries, wording
from app.patients.asks.model import NewAsk
from app.patients.identity import wording as identity
from app.patients.identity.forms import ORDER, Typed, blank, read_form, shown
from app.patients.model import NewPatient
from app.portal.centres.forms import centre_in, matching, note_fits, relationship_in
from app.portal.centres.routes.parts import AnyRequest, texts_of

HERE, ASKS = "/me/record/new", "/me/record/asks"
ASK = requires(Permission.RECORD_ASK)
OWN_ASK = requires(Permission.RECORD_ASK, "own_ask_id", queries.scope_of_own_ask)
SHOWN_AT_ONCE = 8
"""So many centres are shown without asking for a part of a name."""


@get(HERE, opt=ASK)
async def show_form(actor: NamedDependency[Actor], who: FromQuery[str] = "") -> Response[Any]:
    """First for whom; then who that is, and which centre is asked."""
    if who not in {"self", "other"}:
        asks, own = len(await queries.list_own(actor.id)), bool(actor.patients - actor.proxy_for)
        page = pages.render("portal/record_ask_who.html", asks=asks, own=own)
        return pages.html(page)
    typed = await _prefilled(actor) if who == "self" else blank(i18n.locale.get())
    return await _form(actor, who, typed, {})


async def _prefilled(actor: Actor) -> Typed:
    """What the account knows of its owner."""
    known = await get_profile(actor.id, clock.now())
    if known.birth_date is None:
        typed = blank(i18n.locale.get())
        typed.values |= {"birth_name": known.family_name, "given_names": known.given_name}
        return typed
    return shown(
        NewPatient(
            given_names=known.given_name,
            family_name=known.family_name,
            birth_date=known.birth_date,
            sex=known.sex,
            email=known.email,
            phone=known.phone,
            language=known.language,
        )
    )


async def _form(
    actor: Actor, who: str, typed: Typed, said: dict[str, str], problems: dict[str, str] | None = None
) -> Response[Any]:
    centres = await list_open()
    few = len(centres) <= SHOWN_AT_ONCE
    asked, chosen = said.get("find", ""), said.get("organisation", "")
    page = pages.render(
        "portal/record_ask.html",
        who=who,
        values=typed.values,
        said=said,
        few=few,
        centres=centres if few else matching(centres, asked, chosen) if asked or chosen else [],
        asked=asked,
        problems=problems or {},
        order=(*ORDER, "relationship", "organisation", "note"),
        a=wording,
    )
    return pages.html(page, 422 if problems else 200)


@post(HERE, opt=ASK)
async def ask(request: AnyRequest, actor: NamedDependency[Actor], who: FromQuery[str] = "") -> Response[Any]:
    """Looking for a centre by a part of its name loses nothing of what was typed."""
    said, who = await texts_of(request), "self" if who == "self" else "other"
    typed = read_form({"language": i18n.locale.get(), **said}, clock.day_in(i18n.ZONE, clock.now()))
    if said.get("looking") == "yes":
        return await _form(actor, who, typed, said)
    centre = centre_in(said, [one.id for one in await list_open()])
    relationship = relationship_in(said, for_self=who == "self")
    problems = _problems(typed, centre, relationship, said)
    if problems or typed.known is None or centre is None or relationship is None:
        return await _form(actor, who, typed, said, problems)
    new = NewAsk(organisation=centre, relationship=relationship, typed=typed.known, note=said.get("note", ""))
    try:
        await actions.ask_for_record(actor, new, at=clock.now())
    except Refused as refused:
        return await _form(actor, who, typed, said, {"organisation": wording.refusal_beside(refused.code)})
    return pages.go(request, f"{ASKS}?done=asked")


def _problems(typed: Typed, centre: UUID | None, relationship: str | None, said: dict[str, str]) -> dict[str, str]:
    found = {field: identity.fault_words(fault) for field, fault in typed.faults.items()}
    if relationship is None:
        found["relationship"] = wording.problem_words("relationship")
    if centre is None:
        found["organisation"] = wording.problem_words("organisation")
    if not note_fits(said):
        found["note"] = wording.problem_words("note")
    return found


@get(ASKS, opt=ASK)
async def show_asks(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    """What was asked, of which centre, and what became of it."""
    asks = await queries.list_own(actor.id)
    page = pages.render(
        "portal/record_asks.html",
        asks=asks,
        centres=await organisations_by_id({one.organisation for one in asks}),
        open_records=actor.patients,
        done={
            "asked": i18n.gettext(
                "Your request was sent. The centre may call you. We write to you when it has decided."
            ),
            "withdrawn": i18n.gettext("Your request is withdrawn."),
        }.get(done, ""),
        a=wording,
    )
    return pages.html(page)


@post(f"{ASKS}/{{own_ask_id:uuid}}/withdraw", opt=OWN_ASK)
async def withdraw(request: AnyRequest, actor: NamedDependency[Actor], own_ask_id: FromPath[UUID]) -> Response[Any]:
    await actions.withdraw_ask(actor, own_ask_id, at=clock.now())
    return pages.go(request, f"{ASKS}?done=withdrawn")


HANDLERS: list[Any] = [show_form, ask, show_asks, withdraw]
