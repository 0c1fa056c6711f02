"""The tablet of the demonstration: a visit that is being held, one questionnaire answered on it, two still waiting."""

from datetime import timedelta

from app.accounts import queries as accounts
from app.accounts import tokens
from app.accounts.actions.sessions import close_session, open_session
from app.accounts.lending.actions import lend, take_back
from app.accounts.lending.model import NewHandover
from app.assignments.queries import list_of_visits
from app.demo.answering import answer, send
from app.demo.telling import Stage
from app.patients.queries import list_patients
from app.trials.queries import enrolments_of, visits_of
from app.trials.visits.actions.holding import open_visit

WHO, TRIAL_KEY, VISIT = "Aminata", "french_minds", "week#2"
ON_TABLET = "pppvas"


async def hand_over(stage: Stage) -> None:
    """Inès opens the visit, gives Aminata the tablet for one questionnaire, and takes it back."""
    head = stage.professional("ines", "LYO")
    patient = next(one for one in await list_patients(head, limit=200) if one.given_names == WHO)
    enrolment = next(one for one in await enrolments_of(patient.id) if one.key == TRIAL_KEY)
    visit = next(one for one in await visits_of([enrolment.id]) if one.name == VISIT)
    at = stage.at - timedelta(minutes=20)
    await open_visit(head, visit.id, stage.day(0), at=at)
    asked = next(one for one in await list_of_visits([visit.id]) if one.questionnaire == ON_TABLET)
    signed_in = await open_session(head.id, method="demo", at=at)
    found = await accounts.find_session(tokens.hash_of(signed_in.token), at)
    if found is None:
        raise LookupError("the session that was just opened")
    session, _ = found
    await lend(head, session, NewHandover(visit=visit.id, voice="patient"), patient.id, at=at)
    held = await accounts.find_session(tokens.hash_of(signed_in.token), at)
    if held is None:
        raise LookupError("the session that was just lent")
    response = await answer(held[1], asked.id, {"q1": 4, "q2": 3, "q3": 1}, "fr", at=at + timedelta(minutes=1))
    await send(held[1], response, "fr", at=at + timedelta(minutes=2))
    await take_back(head.id, session.id, at=at + timedelta(minutes=3))
    await close_session(head, session.id, at=at + timedelta(minutes=4))
