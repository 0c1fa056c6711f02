"""`/treatments`: what one takes and when, in plain words; on paper too. Only the team changes it."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, may
from app.access.rights import Right
from app.lib import clock, i18n, pages
from app.patients.actions import note_reading
from app.patients.queries import get_patient, patients_by_id, scope_of_patient
from app.treatments import wording
from app.treatments.model import Prescription, Rhythm
from app.treatments.queries import list_prescriptions

HERE = "/treatments"
READ = requires(Permission.OWN_RECORD)
READ_ONE = requires(Permission.OWN_RECORD, "patient_id", scope_of_patient)


@get(HERE, opt=requires(Permission.HOME_READ))
async def show_own(actor: NamedDependency[Actor]) -> Response[Any]:
    """The list of whoever there is; of several, a choice."""
    seen = [patient for patient in actor.patients if may(actor, patient, Right.VIEW)]
    if len(seen) == 1:
        return Redirect(f"{HERE}/{seen[0]}", status_code=303)
    known = await patients_by_id(seen)
    people = sorted(known.items(), key=lambda one: (one[0] in actor.proxy_for, one[1].full_name))
    return pages.html(pages.render("portal/treatments_choice.html", people=people, proxied=actor.proxy_for))


@get(f"{HERE}/{{patient_id:uuid}}", opt=READ_ONE)
async def show_one(actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Today by time of day, then each treatment, then what was taken before."""
    now = clock.now()
    await note_reading(actor, patient_id, "treatments", at=now)
    today = clock.day_in(i18n.ZONE, now)
    known = await list_prescriptions(actor, patient_id)
    current = [one for one in known if one.is_current(today)]
    page = pages.render(
        "portal/treatments.html",
        patient=await get_patient(patient_id),
        proxied=patient_id in actor.proxy_for,
        several=len(actor.patients) > 1,
        daily=wording.by_time([one for one in current if is_for(one, today)]),
        other=[one for one in current if one.plan.rhythm in {Rhythm.NEEDED, Rhythm.EVERY}],
        current=current,
        past=[one for one in known if not one.is_current(today)],
        today=today,
        tw=wording,
    )
    return pages.html(page)


def is_for(one: Prescription, today: date) -> bool:
    """Whether it is surely taken today. Every so many days is told apart."""
    if one.plan.started.earliest > today:
        return False
    if one.plan.rhythm is Rhythm.WEEKDAYS:
        return today.isoweekday() in one.plan.weekdays
    return one.plan.rhythm is Rhythm.DAILY


HANDLERS: list[Any] = [show_own, show_one]
