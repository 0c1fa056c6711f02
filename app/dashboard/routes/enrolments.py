"""An enrolment afterwards: another day or arm, dates that visits count from, its end, an end that was an error."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import OWN_VOICE, Actor, Permission
from app.assignments.queries import list_of_visits
from app.consents import wording as consent_words
from app.dashboard.routes.enrolling import day_now, whole
from app.dashboard.routes.parts import AnyRequest
from app.lib import clock, pages
from app.lib.errors import Refused
from app.patients.actions import note_reading
from app.patients.queries import get_patient
from app.trials.enrolling import actions, wording
from app.trials.enrolling.arms import is_drawn
from app.trials.enrolling.forms import (
    ENDS,
    Ending,
    Fault,
    Faults,
    read_change,
    read_ending,
    read_events,
    read_why,
)
from app.trials.enrolling.queries import foresee_change
from app.trials.format.model import Trial
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.queries import acting_on_enrolment, find_enrolment, visits_of

EDIT = requires(Permission.ENROLMENT_EDIT, "enrolment_id", acting_on_enrolment)
ONE = "/enrolments/{enrolment_id:uuid}"


@dataclass(frozen=True, slots=True)
class Held:
    """An enrolment with the protocol that it follows."""

    enrolment: Enrolment
    trial: Trial


async def _held(enrolment: UUID, *, active: bool = True) -> Held:
    found = await find_enrolment(enrolment)
    if found is None:
        raise NotFoundException
    if active and not found.active:
        raise Refused("enrolment.ended")
    return Held(found, await trial_at(found.version))


async def _typed(request: AnyRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _page(name: str, actor: Actor, held: Held, typed: Mapping[str, str], faults: Faults, **more: Any) -> Any:
    await note_reading(actor, held.enrolment.patient, "trials", at=clock.now())
    return whole(
        name,
        status=more.pop("status", 422 if faults else 200),
        patient=await get_patient(held.enrolment.patient),
        held=held.enrolment,
        trial=held.trial,
        typed=typed,
        errors={field: wording.fault_words(fault) for field, fault in faults.items()},
        **more,
    )


def _back(request: AnyRequest, held: Held, done: str) -> Response[Any]:
    return pages.go(request, f"/patients/{held.enrolment.patient}/trials?done={done}")


# Another day or arm


@get(f"{ONE}/change", opt=EDIT)
async def show_change(actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """The day that visits count from, and the arm."""
    held = await _held(enrolment_id)
    return await _change(actor, held, _as_typed(held.enrolment), {})


def _as_typed(one: Enrolment) -> dict[str, str]:
    return {"included_on": one.included_on.isoformat(), "arm": one.arm or "", "revision": str(one.revision)}


async def _change(actor: Actor, held: Held, typed: Mapping[str, str], faults: Faults, **more: Any) -> Response[Any]:
    shown = {"changes": None, "seen": "", "theirs": False, "drawn": is_drawn(held.enrolment.key)} | more
    page: Response[Any] = await _page("enrolment_change", actor, held, typed, faults, **shown)
    return page


@post(f"{ONE}/change", opt=EDIT)
async def change(request: AnyRequest, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """First what becomes of the visits; written once that was seen."""
    held, typed = await _held(enrolment_id), await _typed(request)
    today, drawn = day_now(), is_drawn(held.enrolment.key)
    wanted, reason, faults = read_change(typed, held.trial, held.enrolment, today, drawn=drawn)
    if Fault.NOTHING_CHANGED in faults.values() and typed.get("seen"):
        return _back(request, held, "changed")  # the same form, sent twice
    if faults:
        return await _change(actor, held, typed, faults)
    if typed.get("revision", "") != str(held.enrolment.revision):
        typed["revision"] = str(held.enrolment.revision)
        return await _change(actor, held, typed, {}, theirs=True, status=409)
    seen = f"{wanted.included_on} {wanted.arm or ''}"
    if typed.get("seen") != seen:
        changed = replace(held.enrolment, included_on=wanted.included_on, arm=wanted.arm)
        changes = await foresee_change(held.trial, changed, today)
        return await _change(actor, held, typed, {}, changes=changes, seen=seen)
    revision = held.enrolment.revision
    await actions.change_enrolment(actor, enrolment_id, wanted, reason, at=clock.now(), revision=revision)
    return _back(request, held, "changed")


# Dates that visits count from


@get(f"{ONE}/events", opt=EDIT)
async def show_events(actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """The dates of the protocol: noted, or still to come."""
    held = await _held(enrolment_id)
    typed = {f"event-{name}": day.isoformat() for name, day in held.enrolment.events.items()}
    return await _events(actor, held, typed, {})


async def _events(actor: Actor, held: Held, typed: Mapping[str, str], faults: Faults, **more: Any) -> Response[Any]:
    page: Response[Any] = await _page(
        "enrolment_events", actor, held, typed, faults, **({"changes": None, "seen": ""} | more)
    )
    return page


@post(f"{ONE}/events", opt=EDIT)
async def note_events(
    request: AnyRequest, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]
) -> Response[Any]:
    """First what becomes of the visits; written once that was seen."""
    held, typed, faults = await _held(enrolment_id), await _typed(request), Faults()
    days = read_events(typed, held.trial, day_now(), faults)
    if faults:
        return await _events(actor, held, typed, faults)
    known = {name: day for name, day in days.items() if day is not None}
    seen = " ".join(f"{name}={day}" for name, day in sorted(known.items())) or "none"
    if typed.get("seen") != seen:
        changes = await foresee_change(held.trial, replace(held.enrolment, events=known), day_now())
        return await _events(actor, held, typed, {}, changes=changes, seen=seen)
    for name, day in days.items():
        await actions.note_event(actor, enrolment_id, name, day, at=clock.now())
    return _back(request, held, "events")


# The end


@get(f"{ONE}/end", opt=EDIT)
async def show_end(
    actor: NamedDependency[Actor], enrolment_id: FromPath[UUID], how: FromQuery[str] = ""
) -> Response[Any]:
    """How it ends, and what is asked no longer then."""
    held = await _held(enrolment_id)
    return await _end(actor, held, {"ended_on": day_now().isoformat(), "how": how}, {})


async def _end(actor: Actor, held: Held, typed: Mapping[str, str], faults: Faults) -> Response[Any]:
    left = await _not_over(held.enrolment.id)
    asked = [one for one in await list_of_visits([visit.id for visit in left]) if one.waiting]
    page: Response[Any] = await _page(
        "enrolment_end",
        actor,
        held,
        typed,
        faults,
        left=left,
        waiting=sum(one.response is None for one in asked),
        begun=sum(one.response is not None for one in asked),
        hows=[(one.value, wording.how_words(one)) for one in ENDS],
        after=consent_words.after_no_words(f"trial:{held.enrolment.key}"),
    )
    return page


async def _not_over(enrolment: UUID) -> list[Visit]:
    """Visits that neither took place nor were skipped."""
    return [one for one in await visits_of([enrolment]) if not one.completed_on and not one.skipped_on]


@post(f"{ONE}/end", opt=EDIT)
async def end(request: AnyRequest, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """Nothing more is asked; what was answered stays."""
    held, typed = await _held(enrolment_id, active=False), await _typed(request)
    ending, faults = read_ending(typed, held.enrolment, day_now())
    if _is_that(held.enrolment, ending):
        return _back(request, held, "ended")  # the same form, sent twice
    if not held.enrolment.active:
        raise Refused("enrolment.ended")
    if faults or ending.how is None or ending.on is None:
        return await _end(actor, held, typed, faults)
    await actions.end_enrolment(actor, enrolment_id, ending.how, ending.on, ending.note, at=clock.now())
    return _back(request, held, "ended")


def _is_that(held: Enrolment, ending: Ending) -> bool:
    return not held.active and (held.state, held.ended_on) == (ending.how, ending.on)


# An end that was an error


@get(f"{ONE}/reopen", opt=EDIT)
async def show_reopening(
    request: AnyRequest, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]
) -> Response[Any]:
    """Why the end was an error, and what is asked again."""
    held = await _held(enrolment_id, active=False)
    if held.enrolment.active:
        return _back(request, held, "reopened")
    return await _reopening(actor, held, {}, {})


async def _reopening(actor: Actor, held: Held, typed: Mapping[str, str], faults: Faults) -> Response[Any]:
    again, today = replace(held.enrolment, ended_on=None), day_now()
    left = [replace(one, ended_on=None) for one in await _not_over(again.id)]
    page: Response[Any] = await _page("enrolment_reopen", actor, held, typed, faults, left=left, due=_due(left, today))
    return page


def _due(visits: list[Visit], today: date) -> int:
    """Of how many visits something is asked at once of the person or a relative."""
    possible = [one for one in visits if one.window and one.window.permitted[0] <= today <= one.window.permitted[1]]
    return sum(any(asked.who in OWN_VOICE for asked in one.asked) for one in possible)


@post(f"{ONE}/reopen", opt=EDIT)
async def reopen(request: AnyRequest, actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """The person takes part after all."""
    held, typed = await _held(enrolment_id, active=False), await _typed(request)
    reason, faults = read_why(typed)
    if faults and not held.enrolment.active:
        return await _reopening(actor, held, typed, faults)
    await actions.reopen_enrolment(actor, enrolment_id, reason, at=clock.now())
    return _back(request, held, "reopened")


HANDLERS: list[Any] = [
    show_change,
    change,
    show_events,
    note_events,
    show_end,
    end,
    show_reopening,
    reopen,
]
