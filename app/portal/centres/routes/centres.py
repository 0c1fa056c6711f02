"""`/me/centres`: which centres follow the person and why, who asks to, and saying no; for oneself and for others."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission, may
from app.access.rights import Right
from app.accounts.queries import names_of, organisations_by_id
from app.lib import clock, i18n, pages
from app.patients.affiliations import queries, wording
from app.patients.affiliations.actions import deciding, leaving
from app.patients.affiliations.model import LONGEST_NOTE, Following, Leave, Question
from app.patients.model import Patient
from app.patients.queries import patients_by_id, scope_of_patient
from app.portal.centres.routes.parts import AnyRequest, text_of

HERE = "/me/centres"
READ = requires(Permission.OWN_RECORD)
QUESTION = requires(Permission.OWN_RECORD_MANAGE, "question_id", queries.scope_of_question)
PATIENT = requires(Permission.OWN_RECORD_MANAGE, "patient_id", scope_of_patient)
LEAVE = requires(Permission.OWN_RECORD_MANAGE, "leave_id", queries.scope_of_leave)


@dataclass(frozen=True, slots=True)
class Followed:
    """One person and who follows them. `wishes`: what was asked of which affiliation, the latest."""

    patient: Patient
    followings: list[Following]
    questions: list[Question]
    wishes: dict[UUID, Leave]


@get(HERE, opt=READ)
async def show_centres(actor: NamedDependency[Actor], done: FromQuery[str] = "") -> Response[Any]:
    """Of oneself first, then of those one answers for."""
    people = await patients_by_id([one for one in actor.patients if may(actor, one, Right.VIEW)])
    found = [await _followed(one) for one in sorted(people.values(), key=lambda one: one.id in actor.proxy_for)]
    centres = {one.organisation for each in found for one in each.followings}
    centres |= {one.request.organisation for each in found for one in each.questions}
    seen = {one.practitioner for each in found for one in each.followings if one.practitioner}
    page = pages.render(
        "portal/centres.html",
        found=found,
        proxied=actor.proxy_for,
        deciding=[one for one in actor.patients if may(actor, one, Right.CONSENT)],
        centres=await organisations_by_id(centres),
        names=await names_of(seen),
        done=_done_words(done),
        longest=LONGEST_NOTE,
        f=wording,
    )
    return pages.html(page)


async def _followed(patient: Patient) -> Followed:
    wishes: dict[UUID, Leave] = {}
    for one in await queries.leaves_of(patient.id):
        wishes.setdefault(one.affiliation, one)
    return Followed(
        patient, await queries.list_followings(patient.id), await queries.list_questions_about(patient.id), wishes
    )


def _done_words(done: str) -> str:
    return {
        "objected": i18n.gettext("Your centre reads that you object. The request cannot be accepted."),
        "agreed": i18n.gettext("Your centre reads that you no longer object."),
        "asked": i18n.gettext("Your request was sent to the centre. It answers here."),
        "withdrawn": i18n.gettext("Your request is withdrawn."),
    }.get(done, "")


@post(f"{HERE}/objections/{{question_id:uuid}}", opt=QUESTION)
async def object_to(request: AnyRequest, actor: NamedDependency[Actor], question_id: FromPath[UUID]) -> Response[Any]:
    """Say that another centre shall not follow, or that it may after all."""
    objects = await text_of(request, "objects") == "yes"
    await deciding.note_objection(actor, question_id, objects=objects, at=clock.now())
    return pages.go(request, f"{HERE}?done={'objected' if objects else 'agreed'}")


@post(f"{HERE}/of/{{patient_id:uuid}}/leave", opt=PATIENT)
async def ask_to_leave(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """Ask one of the centres to follow no more; which one is among those that do."""
    chosen, note = await text_of(request, "affiliation"), await text_of(request, "note")
    held = {str(one.id): one.id for one in await queries.list_followings(patient_id) if one.active}
    if chosen not in held:
        return pages.go(request, HERE)
    await leaving.ask_to_leave(actor, patient_id, held[chosen], note, at=clock.now())
    return pages.go(request, f"{HERE}?done=asked")


@post(f"{HERE}/leaves/{{leave_id:uuid}}/withdraw", opt=LEAVE)
async def withdraw(request: AnyRequest, actor: NamedDependency[Actor], leave_id: FromPath[UUID]) -> Response[Any]:
    await leaving.withdraw_leave(actor, leave_id, at=clock.now())
    return pages.go(request, f"{HERE}?done=withdrawn")


HANDLERS: list[Any] = [show_centres, object_to, ask_to_leave, withdraw]
