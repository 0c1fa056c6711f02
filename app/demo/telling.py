"""Making the demonstration true: centres, people and stories, through the product's own actions at their time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Actor, Role
from app.access.rights import USUAL_RIGHTS
from app.accounts.actions.opening import create_account, note_training
from app.accounts.actions.places import add_membership, link_patient
from app.accounts.invitations.actions import invite
from app.accounts.invitations.model import NewInvitation
from app.accounts.model import NewAccount, NewPlace
from app.accounts.organisations.actions import create_organisation
from app.accounts.organisations.model import Details
from app.accounts.places.actions import request_place
from app.accounts.places.model import Wish
from app.accounts.professions import Access, place_of, role_of
from app.alerts.actions import acknowledge_alert, note_seen
from app.alerts.queries import alerts_of_patient
from app.assignments.actions import NewAssignment, assign_questionnaire
from app.audit.actions import NOBODY
from app.demo.accounts import (
    ANSWERERS,
    CENTRES,
    INVITED,
    TEAM,
    Answerer,
    Centre,
    answerer_account,
    known_secrets,
    team_account,
)
from app.demo.answering import answer, send
from app.demo.biology import measure
from app.demo.filing import file_documents
from app.demo.stories import Asked, Sent, Story, moment
from app.demo.treatments import prescribe_all
from app.lib import clock
from app.lib.i18n import ZONE
from app.patients.actions import create_patient
from app.patients.affiliations.actions.leaving import choose_practitioner
from app.patients.model import NewPatient

HEADS = {"LYO": "ines", "BRE": "zoe"}
SINCE = timedelta(days=700)
A_YEAR = timedelta(days=365)
ASKED_BEFORE = timedelta(days=4)
READING = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Stage:
    """The moment from which stories are dated, the centres by code, the team's accounts by key."""

    at: datetime
    centres: dict[str, UUID]
    team: dict[str, UUID]

    def professional(self, key: str, centre: str) -> Actor:
        return Actor(self.team[key], Role.PRACTITIONER, organisation=self.centres[centre])

    def day(self, days: int) -> date:
        return clock.day_in(ZONE, self.at) + timedelta(days=days)


async def set_stage(at: datetime) -> Stage:
    """The centres, the team with its places in them, and who is still on the way to one."""
    begun = at - SINCE
    centres = {centre.code: await create_organisation(NOBODY, _details(centre), at=begun) for centre in CENTRES}
    secrets, team = known_secrets(), {}
    for person in TEAM:
        team[person.key] = await create_account(NOBODY, team_account(person, secrets), at=begun)
        if person.centres and person.access is not Access.ACCOUNTS:
            await note_training(NOBODY, team[person.key], clock.day_in(ZONE, at + A_YEAR), at=begun)
        role, administers = place_of(person.profession, person.access)
        for code in person.centres:
            place = NewPlace(centres[code], person.profession, role, administers)
            await add_membership(NOBODY, team[person.key], place, since=clock.day_in(ZONE, begun), at=begun)
    stage = Stage(at, centres, team)
    await _on_the_way(stage)
    return stage


def _details(centre: Centre) -> Details:
    return Details(
        code=centre.code,
        name=centre.name,
        city=centre.city,
        phone=centre.phone,
        pathologies=centre.pathologies,
        controller=f"CHU de {centre.city}",
        data_owner="Fondation Exemple",
        data_protection_officer="dpo@example.org",
    )


async def _on_the_way(stage: Stage) -> None:
    """Somebody asks for a place in Lyon, and Lyon has invited somebody."""
    lyon = stage.centres["LYO"]
    await request_place(stage.team["lucie"], Wish("psychologist", lyon), at=stage.at - READING)
    odile = Actor(stage.team["odile"], Role.ADMINISTRATOR, organisation=lyon)
    given, family, email, profession = INVITED
    invitation = NewInvitation(
        organisation=lyon,
        email=email,
        given_name=given,
        family_name=family,
        language="fr",
        profession=profession,
        role=role_of(profession).value,
        administers=False,
    )
    await invite(odile, invitation, at=stage.at - READING)


async def tell(stage: Stage, story: Story) -> UUID:
    """Make one story true; the patient's id."""
    head, begun = stage.professional(HEADS[story.centre], story.centre), moment(story.followed_for, 0, 0, stage.at)
    new = NewPatient(
        given_names=story.given_names,
        family_name=story.family_name,
        birth_date=story.birth_date,
        sex=story.sex,
        birth_name=story.birth_name,
        phone=story.phone,
    )
    patient = await create_patient(head, new, at=begun)
    if story.sent:  # others have only just come; nobody in particular follows them yet
        await choose_practitioner(head, patient, head.id, at=begun)
    own = await _answerer(story, patient, begun)
    for nth, sent in enumerate(sorted(story.sent, key=lambda one: -one.days_ago)):
        by = stage.professional(sent.by, story.centre) if sent.by else own
        await _send(stage, story, sent, (head, by, patient), moment(sent.days_ago, story.minutes_ago, nth, stage.at))
    for asked in story.waiting:
        await _ask(stage, story, asked, (head, own, patient))
    await _take_up(stage, story, patient)
    await file_documents(story, patient, head, own, stage.at)
    await prescribe_all(story, patient, head, stage.at)
    await measure(story, patient, head, stage.at)
    return patient


async def _answerer(story: Story, patient: UUID, at: datetime) -> Actor:
    """The account of whoever answers; for somebody without one, an actor who never acts."""
    if not story.account:
        return Actor(NOBODY, Role.PATIENT)
    account = await create_account(NOBODY, _account_of(story), at=at)
    await link_patient(NOBODY, account, patient, story.relationship, since=clock.day_in(ZONE, at), at=at)
    answered_for = frozenset({patient})
    rights = {} if story.relationship == "self" else {patient: USUAL_RIGHTS}
    return Actor(account, Role.PATIENT, patients=answered_for, rights=rights)


def _account_of(story: Story) -> NewAccount:
    known = {person.key: person for person in ANSWERERS}
    own = Answerer(story.account, story.given_names, story.family_name, story.language, "")
    return answerer_account(known.get(story.account, own))


Players = tuple[Actor, Actor, UUID]
"""Who asks, who answers, and whose record it is."""


async def _send(stage: Stage, story: Story, sent: Sent, players: Players, at: datetime) -> None:
    head, by, patient = players
    new = NewAssignment(
        patient=patient,
        questionnaire=sent.questionnaire,
        answered_by=sent.answered_by,
        organisation=stage.centres[story.centre],
        opens_on=clock.day_in(ZONE, at - ASKED_BEFORE),
        due_on=clock.day_in(ZONE, at + ASKED_BEFORE),
    )
    assignment = await assign_questionnaire(head, new, at=at - ASKED_BEFORE)
    language = "fr" if sent.by else story.language
    response = await answer(by, assignment, sent.given, language, at=at - READING)
    await send(by, response, language, at=at)


async def _ask(stage: Stage, story: Story, asked: Asked, players: Players) -> None:
    head, by, patient = players
    new = NewAssignment(
        patient=patient,
        questionnaire=asked.questionnaire,
        answered_by=asked.answered_by,
        organisation=stage.centres[story.centre],
        opens_on=stage.day(asked.opens_in),
        due_on=None if asked.due_in is None else stage.day(asked.due_in),
    )
    assignment = await assign_questionnaire(head, new, at=stage.at + min(timedelta(days=asked.opens_in), -READING))
    if asked.given is not None:
        left = moment(asked.days_ago, story.minutes_ago, 0, stage.at)
        await answer(by, assignment, asked.given, story.language, at=left)


async def _take_up(stage: Stage, story: Story, patient: UUID) -> None:
    """Somebody saw the alerts of this story and took them up."""
    if story.taken_up is None:
        return
    by = stage.professional(story.taken_up.by, story.centre)
    for alert in await alerts_of_patient(patient):
        at = alert.raised_at + timedelta(minutes=story.taken_up.minutes_later)
        await note_seen(by, [alert.id], at=at - READING)
        await acknowledge_alert(by, alert.id, story.taken_up.note, at=at)
