"""A PHQ-9 answered through the product's own actions, for tests of what follows from it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.assignments.actions import NewAssignment
from app.demo.answering import answer_and_send
from tests.people import Cast

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CALM = {f"q{n}": 0 for n in range(1, 10)}
SUFFERING = {"q1": 2, "q2": 2, "q3": 1, "q4": 2, "q5": 1, "q6": 2, "q7": 1, "q8": 0, "q9": 1, "q10": 1}


async def phq9(people: Cast, given: dict[str, int], at: datetime = AT, *, who: str = "paul") -> UUID:
    """Paul (or Yann, in Brest) answers and sends; the response."""
    patient, team = {
        "paul": (people.paul_patient, people["ines"]),
        "yann": (people.yann_patient, people["zoe"]),
    }[who]
    assert team.actor.organisation is not None
    ask = NewAssignment(
        patient=patient,
        questionnaire="phq9",
        answered_by="patient",
        organisation=team.actor.organisation,
        opens_on=at.date() - timedelta(days=3),
    )
    return await answer_and_send(people[who].actor, team.actor, ask, given, at=at)
