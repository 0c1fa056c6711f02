"""A PHQ-9 answered through the product's own actions, for tests of what follows from it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.assignments.actions import NewAssignment, assign_questionnaire
from app.assignments.queries import find_assignment
from app.lib.ids import new_id
from app.responses import actions, queries
from app.responses.fingerprints import digest
from app.responses.model import NO_ROW
from app.responses.reconciling import Posted
from tests.people import Cast

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CALM = {f"q{n}": 0 for n in range(1, 10)}
SUFFERING = {"q1": 2, "q2": 2, "q3": 1, "q4": 2, "q5": 1, "q6": 2, "q7": 1, "q8": 0, "q9": 1, "q10": 1}
READING = timedelta(minutes=4)
LATER = AT + timedelta(minutes=30)


async def draft(people: Cast, given: dict[str, int], *, who: str = "paul", record: UUID | None = None) -> UUID:
    """Paul (or Yann, in Brest) answers four minutes before AT, in his record or this one; the response, not sent."""
    patient, centre, team = {
        "paul": (people.paul_patient, people.lyon, "ines"),
        "yann": (people.yann_patient, people.brest, "zoe"),
    }[who]
    asked = NewAssignment(
        patient=record or patient, questionnaire="phq9", answered_by="patient", organisation=centre, opens_on=AT.date()
    )
    assignment = await find_assignment(await assign_questionnaire(people[team].actor, asked, at=AT - READING))
    assert assignment is not None
    by = people[who].actor
    response = await actions.open_response(by, assignment, "fr", at=AT - READING)
    posted = [Posted(item, None, NO_ROW, value, 0) for item, value in given.items()]
    await actions.save_page(by, response, posted, new_id(), at=AT - READING)
    return response


async def phq9(people: Cast, given: dict[str, int], *, who: str = "paul", response: UUID | None = None) -> UUID:
    """The same, sent at AT; or this draft, as it is."""
    response = response or await draft(people, given, who=who)
    seen = digest(await queries.answers_of(response))
    assert await actions.submit_response(people[who].actor, response, seen, "fr", at=AT)
    return response


async def answer(people: Cast, response: UUID, item: str, *values: int | None) -> None:
    """Paul changes an answer of his draft, several times one after the other."""
    for version, value in enumerate(values, 1):
        posted = [Posted(item, None, NO_ROW, value, version)]
        await actions.save_page(people["paul"].actor, response, posted, new_id(), at=LATER)
