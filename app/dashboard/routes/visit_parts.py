"""What the pages of a visit share: which visit, what was typed, the words. Serves no page itself."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.access.policy import Actor
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.dashboard.visits import wording
from app.dashboard.visits.forms import Faults, Typed
from app.lib import clock, i18n
from app.lib.ids import new_id
from app.patients.actions import note_reading
from app.trials import wording as trial_words
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.queries import find_enrolment, find_visit
from app.trials.visits import wording as visit_words

ONE = "/visits/{visit_id:uuid}"
FIELDS = ("on", "why", "note", "text", "reason", "revision", "id", "kind")


def today_here() -> date:
    return clock.day_in(i18n.ZONE, clock.now())


async def held(visit_id: UUID) -> tuple[Visit, Enrolment]:
    """The visit and its enrolment; not found where an amendment took it away."""
    visit = await find_visit(visit_id)
    enrolment = await find_enrolment(visit.enrolment) if visit else None
    if visit is None or enrolment is None:
        raise NotFoundException
    return visit, enrolment


async def typed_in(request: AnyRequest) -> Typed:
    form = await request.form()
    return Typed({name: said if isinstance(said := form.get(name, ""), str) else "" for name in FIELDS})


async def common_to(actor: Actor, visit: Visit, enrolment: Enrolment, page: str) -> dict[str, Any]:
    """What every page of a visit needs; that somebody reads it is written down."""
    await note_reading(actor, visit.patient, page, at=clock.now())
    trial, today = await trial_at(visit.version), today_here()
    return {
        "record": await record_of(visit.patient),
        "here": "trials",
        "partial": False,
        "visit": visit,
        "enrolment": enrolment,
        "trial": trial,
        "title": visit_words.visit_title(trial, visit),
        "state": visit.state(today),
        "tw": trial_words,
        "vw": visit_words,
        "dw": wording,
        **words(),
    }


def error_words(faults: Faults | None) -> dict[str, str]:
    return {name: wording.fault_words(fault) for name, fault in (faults or {}).items()}


def is_stale(visit: Visit, typed: Typed) -> bool:
    """Whether somebody has changed the visit since the form was drawn."""
    return typed["revision"] != str(visit.revision)


def uuid_or_new(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        return new_id()
