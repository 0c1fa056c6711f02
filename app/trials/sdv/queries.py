"""What is to be verified in a visit, and which visits of a trial are drawn in full."""

from uuid import UUID

from app.lib import db
from app.patients.queries import patients_by_id
from app.questionnaires.model import Questionnaire
from app.responses.queries import places_given, scores_of_response
from app.trials.checks.queries import sent_in
from app.trials.format.shapes import Sdv
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.queries import visits_of
from app.trials.sdv.model import Drawn, Required, Value, is_drawn, required_in

ENROLMENTS = "SELECT e.id FROM enrolment e JOIN trial t ON t.id = e.trial WHERE t.key = $1"


async def required_of(visit: Visit) -> Required:
    """What the plan of the visit's own version wants verified: of the answers that were sent and are not empty, and of
    the scores that it names."""
    sdv = (await trial_at(visit.version)).file.sdv
    sent = {one.id: one.questionnaire for one in await sent_in(visit.id)}
    places = await places_given(sent)
    values = [Value(one, sent[one].key, item, row) for one, item, row in places if item in sent[one].questions]
    return required_in(sdv, visit, [*values, *await _named_scores(sdv, sent)])


async def _named_scores(sdv: Sdv, sent: dict[UUID, Questionnaire]) -> list[Value]:
    """The computed scores that the plan names."""
    named = {one.partition(".")[0] for one in sdv.critical}
    return [
        Value(response, q.key, score.score_id)
        for response, q in sent.items()
        if q.key in named
        for score in await scores_of_response(response)
        if score.status == "computed" and f"{q.key}.{score.score_id}" in sdv.critical
    ]


async def drawn_in(key: str) -> tuple[list[Drawn], int]:
    """The visits of a trial that are verified in full, by code and day; and how many visits it has in all."""
    rows = await db.fetch(ENROLMENTS, key)
    visits = await visits_of([row["id"] for row in rows])
    people = await patients_by_id({one.patient for one in visits})
    drawn = [
        Drawn(people[one.patient].code, one)
        for one in visits
        if one.patient in people and is_drawn((await trial_at(one.version)).file.sdv, one)
    ]
    return sorted(drawn, key=lambda one: (one.code, one.visit.key, str(one.visit.target), one.visit.name)), len(visits)
