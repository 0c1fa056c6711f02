"""Reading what data checks found, and the values of a visit as they read them."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from app.assignments.model import State as Asked
from app.assignments.queries import list_of_visits
from app.lib import clock, db
from app.lib.i18n import ZONE
from app.patients.queries import keys_of
from app.questionnaires.visibility import environment, visible
from app.responses.facts.queries import facts_of_response
from app.responses.model import Response
from app.responses.queries import answers_of, get_responses, scope_of_response, scores_of_response
from app.trials.checks.model import Finding, Read, State, day_of, found_in, values_for, waits
from app.trials.format.data_checks import checks_of
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.visits.queries import facts_of

COLUMNS = """id, patient, visit, check_id, state, inputs_hash, raised_at, explained_at, explained_by, resolved_at"""
OPEN_COUNTS = "SELECT visit, count(*) AS open FROM finding WHERE visit = ANY($1) AND state = 'open' GROUP BY visit"


def _finding(row: db.Row, note: str = "") -> Finding:
    parts = {**dict(row), "state": State(row["state"]), "inputs_hash": bytes(row["inputs_hash"])}
    return Finding(**{**parts, "note": note})


async def standing_findings(visit: UUID) -> list[Finding]:
    """What is open or explained in a visit, the oldest first."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM finding WHERE visit = $1 AND state <> 'resolved' ORDER BY raised_at, id", visit
    )
    return [_finding(row) for row in rows]


async def findings_of(visit: UUID) -> list[Finding]:
    """Everything that was ever found in a visit, explanations in words; what is open first, then the newest."""
    rows = await db.fetch(
        f"SELECT {COLUMNS}, note FROM finding WHERE visit = $1 ORDER BY state <> 'open', raised_at DESC, id", visit
    )
    keys = await keys_of({row["patient"] for row in rows})
    return [_finding(row, keys[row["patient"]].open_or_empty(row["note"], row["id"], "finding.note")) for row in rows]


async def open_counts(visits: Collection[UUID]) -> dict[UUID, int]:
    """How many findings wait in each of these visits; those without any are not there."""
    return {row["visit"]: row["open"] for row in await db.fetch(OPEN_COUNTS, list(visits))}


async def _seen_at(response: UUID, organisation: UUID) -> bool:
    scope = await scope_of_response(response)
    return scope is not None and organisation in scope.organisations


async def sent_in(visit: UUID) -> list[Response]:
    """The responses that count for a visit and were sent, each once."""
    asked = await list_of_visits([visit])
    ids = dict.fromkeys(one.response for one in asked if one.state is Asked.DONE and one.response is not None)
    return [one for one in await get_responses(ids) if one.submitted_at is not None]


async def read_in(visit: Visit, keys: Iterable[str]) -> dict[str, Read]:
    """The newest sent answer of a visit to each of these questionnaires; not what its centre may not see."""
    wanted, newest = frozenset(keys), {}
    for one in sorted(await sent_in(visit.id), key=lambda one: (one.submitted_at or one.opened_at, one.id)):
        if one.questionnaire.key in wanted and await _seen_at(one.id, visit.organisation):
            newest[one.questionnaire.key] = one
    return {key: await _read(one) for key, one in newest.items()}


async def _read(response: Response) -> Read:
    q = response.questionnaire
    day = clock.day_in(ZONE, response.submitted_at or response.opened_at)
    answers = await answers_of(response.id, q)
    env = environment(q, answers.values, await facts_of_response(response, day), day)
    visible(q, env)
    scores = {one.score_id: one for one in await scores_of_response(response.id)}
    return Read(response.id, q, answers, env, scores)


async def found_now(visit: Visit, enrolment: Enrolment, today: date) -> tuple[dict[str, bytes], frozenset[str]]:
    """The checks of the visit's protocol that are true of its values, each with the hash of what it read; and those
    that wait for a score to be computed."""
    trial = await trial_at(visit.version)
    checks = checks_of(trial, visit.visit) if visit.visit in trial.modules else []
    if not checks:
        return {}, frozenset()
    read = await read_in(visit, {key for one in checks for key, _ in one.uses.values()})
    waiting = frozenset(one.check.id for one in checks if waits(one, read))
    day = day_of(visit, today)
    env = (await facts_of(enrolment, day)).on(day, first_time=visit.number == 0)
    found = found_in(trial, visit.visit, values_for(checks, read), env)
    return {check: inputs for check, inputs in found.items() if check not in waiting}, waiting
