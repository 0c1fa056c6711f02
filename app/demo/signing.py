"""Two visits that were signed in the demonstration: one stands, under the other a value was exchanged."""

from datetime import timedelta
from uuid import UUID

from app.access.policy import Actor
from app.assignments.queries import list_of_visits
from app.demo.telling import HEADS, Stage
from app.lib import clock
from app.lib.i18n import ZONE
from app.patients.queries import list_patients
from app.responses.actions import correct_response, score_response
from app.responses.model import NO_ROW
from app.responses.queries import answers_of
from app.responses.reconciling import Posted
from app.trials.checks import hearing as hearing_checks
from app.trials.model import Visit
from app.trials.queries import find_enrolment, visits_of_patient
from app.trials.signing import hearing as hearing_signing
from app.trials.signing.actions import sign_visit
from app.trials.signing.queries import preflight

HEARS = (hearing_checks, hearing_signing)
"""A correction is heard here as it is in the product."""
WHO, TRIAL = "Sofia", "bipolar"
SIGNED = (("initial#0", 252), ("six_monthly#0", 74))
CORRECTED = ("six_monthly#0", 12)
A_MOMENT = timedelta(seconds=1)


async def sign_visits(stage: Stage) -> None:
    """Inès signs two visits of Sofia; weeks later two digits change places, and a data check asks."""
    head = stage.professional(HEADS["LYO"], "LYO")
    sofia = next(one for one in await list_patients(head, limit=200) if one.given_names == WHO)
    visits = {one.name: one for one in await visits_of_patient(sofia.id) if one.key == TRIAL}
    for name, days in SIGNED:
        await _sign(stage, head, visits[name], days)
    name, days = CORRECTED
    await _exchange(stage, visits[name].id, days)


async def _sign(stage: Stage, head: Actor, visit: Visit, days: int) -> None:
    at = stage.at - timedelta(days=days)
    enrolment = await find_enrolment(visit.enrolment)
    if enrolment is None:
        raise LookupError(f"no enrolment of {visit.id}")
    read = await preflight(visit, enrolment, clock.day_in(ZONE, at))
    if not await sign_visit(head, visit.id, read.seen, confirmed=True, at=at):
        raise RuntimeError(f"{visit.name} changed while it was signed")


async def _exchange(stage: Stage, visit: UUID, days: int) -> None:
    """The weight is copied from the sheet once more: 27.4 for 72.4."""
    at = stage.at - timedelta(days=days)
    marc = stage.professional("marc", "LYO")
    response = next(
        one.response for one in await list_of_visits([visit]) if one.questionnaire == "physical" and one.response
    )
    version = (await answers_of(response)).version(("weight", NO_ROW))
    posted = [Posted("weight", None, NO_ROW, 27.4, version)]
    await correct_response(marc, response, posted, "Recopié d’après la feuille de soins.", at=at)
    await score_response(response, at=at + A_MOMENT)
