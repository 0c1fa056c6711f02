"""Who visits: patients with open sessions and half answered questionnaires, made through the product's own actions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.policy import Actor
from app.accounts import tokens
from app.accounts.actions import opening, places, sessions
from app.accounts.model import Kind, NewAccount, NewPlace
from app.accounts.organisations.actions import create_organisation
from app.accounts.organisations.model import Details
from app.accounts.queries import find_session
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.assignments.queries import find_assignment
from app.audit.actions import NOBODY
from app.lib import clock, csrf
from app.lib.ids import new_id
from app.patients.actions import create_patient
from app.patients.model import NewPatient
from app.questionnaires.library import library
from app.responses import actions as responses
from app.responses import queries
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from app.responses.screens import Screen, course, screens
from bench.sixty import KEY, an_answer, every_second

SINCE = date(2025, 1, 1)
LONG = "social"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A patient in a browser: a session, a form token, and a response of each measured questionnaire."""

    cookie: str
    form_token: str
    account: UUID
    actor: Actor
    sixty: UUID
    social: UUID


def largest_screen() -> Screen:
    """The page of the longest shipped questionnaire that asks most at once."""
    return max(screens(library().find(LONG)), key=lambda screen: len(screen.questions))


async def assemble(count: int) -> list[Visitor]:
    """So many visitors, of one centre."""
    at = clock.now()
    centre = await create_organisation(NOBODY, Details(code="LYO", name="Centre de Lyon", city="Lyon"), at=at)
    doctor = await _doctor(centre)
    return [await _visitor(doctor, centre, number) for number in range(count)]


async def _doctor(centre: UUID) -> Actor:
    at = clock.now()
    new = NewAccount(kind=Kind.PROFESSIONAL, email="doctor@example.org", given_name="Inès", family_name="Moreau")
    account = await opening.create_account(NOBODY, new, at=at)
    await opening.note_training(NOBODY, account, date(2100, 1, 1), at=at)
    await places.add_membership(NOBODY, account, NewPlace(centre, "psychiatrist"), since=SINCE, at=at)
    return await _actor((await sessions.open_session(account, at=at)).token)


async def _actor(token: str) -> Actor:
    found = await find_session(tokens.hash_of(token), clock.now())
    if found is None:
        raise LookupError("the session that was just opened")
    return found[1]


async def _visitor(doctor: Actor, centre: UUID, number: int) -> Visitor:
    at = clock.now()
    person = NewPatient(given_names="Paul", family_name=f"Lambert {number}", birth_date=date(1980, 5, 12), sex="male")
    patient = await create_patient(doctor, person, at=at)
    new = NewAccount(
        kind=Kind.PATIENT,
        email=f"paul{number}@example.org",
        given_name="Paul",
        family_name=f"Lambert {number}",
        language="en",
    )
    account = await opening.create_account(NOBODY, new, at=at)
    await places.link_patient(NOBODY, account, patient, "self", since=SINCE, at=at)
    session = await sessions.open_session(account, at=at)
    actor = await _actor(session.token)
    opened = [await _half_answered(doctor, actor, centre, patient, key) for key in (KEY, LONG)]
    return Visitor(f"__Host-cohorte_session={session.token}", csrf.token(session.csrf_secret), account, actor, *opened)


async def _half_answered(doctor: Actor, actor: Actor, centre: UUID, patient: UUID, key: str) -> UUID:
    """A response with every second shown question answered."""
    at = clock.now()
    new = NewAssignment(
        patient=patient, questionnaire=key, answered_by="patient", organisation=centre, opens_on=at.date()
    )
    assignment = await find_assignment(await assign_questionnaire(doctor, new, at=at))
    if assignment is None:
        raise LookupError("the assignment that was just made")
    response = await responses.open_response(actor, assignment, "en", at=at)
    q = library().find(key)
    shown = course(q, await queries.answers_of(response, q)).shown
    single = [name for name, question in q.questions.items() if question.group is None and name in shown]
    writing = responses.Writing(actor.id, response, new_id())
    for name in every_second(single):
        posted = Posted(name, None, NO_ROW, an_answer(q.questions[name], 1), 0)
        await responses.save_answer(writing, posted, at=at)
    return response
