"""What is to be verified in a visit, and which visits of a trial are drawn in full."""

from app.lib import db
from app.patients.queries import patients_by_id
from app.responses.queries import answers_of, scores_of_response
from app.trials.checks.queries import sent_in
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.queries import visits_of
from app.trials.sdv.model import Drawn, Required, Value, is_drawn, required_in

ENROLMENTS = "SELECT e.id FROM enrolment e JOIN trial t ON t.id = e.trial WHERE t.key = $1"


async def required_of(visit: Visit) -> Required:
    """What the plan of the visit's own version wants verified: of the answers that were sent and are not empty, and of
    the scores that it names."""
    trial = await trial_at(visit.version)
    values = []
    for one in await sent_in(visit.id):
        q, answers = one.questionnaire, await answers_of(one.id, one.questionnaire)
        for item, row in answers.stamps:
            if answers.value(item, q.questions[item].group, row) is not None:
                values.append(Value(one.id, q.key, item, row))
        computed = [score for score in await scores_of_response(one.id) if score.status == "computed"]
        named = [score.score_id for score in computed if f"{q.key}.{score.score_id}" in trial.file.sdv.critical]
        values += [Value(one.id, q.key, score) for score in named]
    return required_in(trial.file.sdv, visit, values)


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
