"""Two trials that ask for the same: one in Lyon, one in Brest, and Paul in both."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.assignments.model import Assignment
from app.assignments.queries import find_assignment, list_of_visits
from app.lib import clock
from app.lib.db import fetch_value
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients.affiliations.actions import ask_affiliation
from app.patients.affiliations.actions.deciding import approve_request
from app.patients.queries import get_patient
from app.responses import queries
from app.responses.actions import correct_response, open_response, save_page, submit_response
from app.responses.fingerprints import digest
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from app.trials import hearing
from app.trials.enrolling.actions import Joining, Screening, enrol
from tests.alerts.stories import CALM
from tests.consents.stories import says
from tests.people import Cast
from tests.trials.stories import applied, opened, text_of, visit_named

HEARS = (hearing,)
"""What is done in this process is heard, as by every process of the product that acts."""

OTHER = text_of("small").replace("key: small", "key: other").replace("Small trial", "Other trial")


async def follows_in_brest(people: Cast) -> None:
    """Brest follows Paul too, as Lyon agreed."""
    at = clock.now()
    known = (await get_patient(people.paul_patient)).known
    request = await ask_affiliation(people["zoe"].actor, known, "", at=at)
    question = await fetch_value("SELECT id FROM affiliation_request_record WHERE request = $1", request)
    await approve_request(people["ines"].actor, question, at=at)


async def in_trial(people: Cast, text: str, *, by: str = "ines", days_ago: int = 0) -> UUID:
    """Paul in the trial of this text at the centre of whoever enrols him; the enrolment."""
    trial = await applied(text)
    centre = people.lyon if by == "ines" else people.brest
    await opened(trial.key, centre)
    await says(people, "paul", f"trial:{trial.key}", yes=True)
    on = clock.day_in(ZONE, clock.now()) - timedelta(days=days_ago)
    screening = Screening(patient=people.paul_patient, trial=trial.key, answers={})
    return await enrol(people[by].actor, screening, Joining(included_on=on), at=clock.now())


async def asked_of(enrolment: UUID, name: str, questionnaire: str = "phq9") -> Assignment:
    """What one visit of an enrolment asks."""
    visit = await visit_named(enrolment, name)
    return next(one for one in await list_of_visits([visit.id]) if one.questionnaire == questionnaire)


async def begin(by: Actor, assignment: Assignment, *, at: datetime | None = None) -> UUID:
    """Open it as it stands now; the response."""
    fresh = await find_assignment(assignment.id)
    assert fresh is not None
    return await open_response(by, fresh, "fr", at=at or clock.now())


async def send(by: Actor, response: UUID, answers: dict[str, Any] = CALM, *, at: datetime | None = None) -> None:
    """Answer all of it and send it."""
    posted = [Posted(item, None, NO_ROW, value, 0) for item, value in answers.items()]
    await save_page(by, response, posted, new_id(), at=at or clock.now())
    seen = digest(await queries.answers_of(response))
    assert await submit_response(by, response, seen, "fr", at=at or clock.now())


async def correct(by: Actor, response: UUID, item: str, value: int) -> None:
    """Change one answer that was sent."""
    version = (await queries.answers_of(response)).version((item, NO_ROW))
    await correct_response(by, response, [Posted(item, None, NO_ROW, value, version)], "Misread.", at=clock.now())
