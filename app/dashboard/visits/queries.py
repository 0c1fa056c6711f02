"""Reading for the page of a visit and for what shows visits elsewhere: across packages, as the reader's centre may."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.access.consent import Use, allowed
from app.access.policy import Actor
from app.assignments import queries as assignments
from app.assignments.model import Assignment, State
from app.assignments.queries import list_of_visits
from app.dashboard.visits.model import Known, Part, VisitLine, parts_of
from app.lib import db
from app.lib.i18n import locale
from app.patients.queries import facts_of_patient, scope_of_patient
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire, text
from app.responses import queries as responses
from app.responses.model import Answers, Response
from app.responses.model import State as ResponseState
from app.responses.screens import course
from app.trials.format.states import VisitState
from app.trials.library import trial_at
from app.trials.model import Visit
from app.trials.queries import VISIT, visit_of, visits_of_patient
from app.trials.visits.queries import visits_by_id
from app.trials.visits.wording import visit_title

SERVING = f"SELECT {assignments.COLUMNS} FROM assignment WHERE response = ANY($1) ORDER BY created_at, id"
GIVEN = f"SELECT {responses.COLUMNS} FROM response WHERE id = ANY($1)"
ANSWERS = """
SELECT response, item, "row", value, version, page_load, answered_by, answered_at FROM answer WHERE response = ANY($1)
"""
ROWS = """
SELECT response, id, group_id FROM response_row WHERE response = ANY($1) AND removed_at IS NULL ORDER BY added_at, id
"""
# Those that may want something this week; where each stands is said by the one definition, in Python.
AT_CENTRE = f"""
{VISIT}
WHERE v.removed_at IS NULL AND v.completed_on IS NULL AND v.skipped_on IS NULL AND v.organisation = $1
  AND e.state = 'active' AND (v.permitted_from <= $2 OR v.started_on IS NOT NULL)
  AND EXISTS (SELECT FROM followed f WHERE f.patient = v.patient AND f.organisation = $1
              AND NOT f.withheld && ARRAY['care', 'trial:' || t.key])
ORDER BY v.permitted_to NULLS FIRST, v.id LIMIT $3
"""
WEEK = timedelta(days=7)
MOST = 200
WANTED = {VisitState.OVERDUE, VisitState.IN_PROGRESS, VisitState.CLOSING, VisitState.DUE}


async def parts_of_visit(by: Actor, visit: Visit, today: date) -> list[Part]:
    """What a visit asks and how far it is; answers that the reader may not see are not among them."""
    asked = await list_of_visits([visit.id])
    given = await _given(by, visit.patient, [one.response for one in asked if one.response])
    wanted = {(one.key, one.version) for one in visit.asked} | {(one.questionnaire, one.version) for one in asked}
    questionnaires = {(key, version): library().find(key, version) for key, version in wanted}
    facts = await facts_of_patient(visit.patient, today)
    known = Known(
        questionnaires,
        given,
        await _progress(list(given.values()), {**facts, "today": today}),
        {which: _walked(q, Answers(), {**facts, "today": today})[1] for which, q in questionnaires.items()},
        await _others(by, visit.patient, given),
    )
    return parts_of(visit, asked, known)


async def _given(by: Actor, patient: UUID, wanted: Collection[UUID]) -> dict[UUID, Response]:
    seen = await _sees(by, patient)
    found = [_response(row) for row in await db.fetch(GIVEN, list(wanted))]
    return {one.id: one for one in found if seen(one.organisation)}


def _response(row: db.Row) -> Response:
    parts = dict(row)
    parts["questionnaire"] = library().find(parts["questionnaire"], parts.pop("version"))
    return Response(**{**parts, "state": ResponseState(parts["state"])})


async def _sees(by: Actor, patient: UUID) -> Any:
    """Whether what a centre wrote is there for this reader."""
    scope = await scope_of_patient(patient)
    shared = scope is not None and allowed(scope.withheld, Use.SEE_OTHER_CENTRES)
    return lambda organisation: shared or organisation == by.organisation


async def _others(by: Actor, patient: UUID, given: Collection[UUID]) -> dict[UUID, tuple[Assignment, ...]]:
    """Everything that each of these answers counts for."""
    seen, found = await _sees(by, patient), defaultdict(list)
    for row in await db.fetch(SERVING, list(given)):
        if seen(row["organisation"]):
            found[row["response"]].append(Assignment(**{**dict(row), "state": State(row["state"])}))
    return {response: tuple(several) for response, several in found.items()}


async def _progress(given: Sequence[Response], facts: dict[str, Any]) -> dict[UUID, tuple[int, int]]:
    """(answered, asked) of each, in two statements for all of them."""
    ids = [one.id for one in given]
    answers, rows = defaultdict(list), defaultdict(list)
    for row in await db.fetch(ANSWERS, ids):
        answers[row["response"]].append(tuple(row)[1:])
    for row in await db.fetch(ROWS, ids):
        rows[row["response"]].append(row)
    return {
        one.id: _walked(one.questionnaire, responses.assemble(one.questionnaire, answers[one.id], rows[one.id]), facts)
        for one in given
    }


def _walked(q: Questionnaire, answers: Answers, facts: dict[str, Any]) -> tuple[int, int]:
    return course(q, answers, facts if responses.reads_facts(q) else {}).progress()


async def titles_of(parts: Collection[Part]) -> dict[UUID, str]:
    """Trial and visit, by the id of each visit for which an answer of these modules counts too."""
    wanted = {one.origin_id for part in parts for row in part.rows for one in row.others if one.origin_id}
    titles = {}
    for one in await visits_by_id(wanted):
        trial = await trial_at(one.version)
        titles[one.id] = f"{text(trial.file.title, locale.get())}, {visit_title(trial, one)}"
    return titles


async def visits_seen(by: Actor, patient: UUID) -> list[Visit]:
    """The visits of one person that the reader's centre may know of, the earliest first."""
    seen = await _sees(by, patient)
    return [one for one in await visits_of_patient(patient) if seen(one.organisation)]


async def lines_of(by: Actor, patient: UUID) -> list[VisitLine]:
    """The same with the words that name them."""
    return [await _line(one) for one in await visits_seen(by, patient)]


async def _line(visit: Visit) -> VisitLine:
    trial = await trial_at(visit.version)
    return VisitLine(visit, visit_title(trial, visit), text(trial.file.title, locale.get()))


async def list_due(by: Actor, today: date) -> list[VisitLine]:
    """Visits of the actor's centre that are late, in progress, or to be held within a week; the most pressing first."""
    rows = await db.fetch(AT_CENTRE, by.organisation, today + WEEK, MOST)
    return [await _line(one) for one in map(visit_of, rows) if _wanted(one, today)]


def _wanted(visit: Visit, today: date) -> bool:
    """Late, in progress, to be held now; or, at the centre, its best days begin within a week."""
    state = visit.state(today)
    soon = visit.place == "site" and visit.window is not None and visit.window.best[0] <= today + WEEK
    return state in WANTED or (soon and state in {VisitState.OPEN, VisitState.PLANNED})
