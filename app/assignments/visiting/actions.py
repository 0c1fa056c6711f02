"""Asking for what a visit asks, letting one answer count for several, and closing what is no longer asked."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.assignments.model import State
from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction
from app.lib.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAsk:
    """One questionnaire of one visit. `patient` is the record under which the visit stands.

    `response`: an answer that is there already and counts for it; `sent`: whether that one was sent.
    """

    patient: UUID
    visit: UUID
    questionnaire: str
    answered_by: str
    organisation: UUID
    opens_on: date
    due_on: date | None
    position: int
    required: bool = True
    version: str | None = None
    reuse_days: int | None = None
    response: UUID | None = None
    sent: bool = False

    @property
    def state(self) -> State:
        if self.response is None:
            return State.TO_DO
        return State.DONE if self.sent else State.IN_PROGRESS


INSERT = """
INSERT INTO assignment (id, patient, questionnaire, answered_by, origin_kind, origin_id, organisation, opens_on, due_on,
                        state, response, created_at, closed_at, position, required, version, reuse_days)
SELECT r.id, r.patient, r.questionnaire, r.answered_by, 'visit', r.visit, r.organisation, r.opens_on, r.due_on,
       r.state, r.response, $1::timestamptz, CASE WHEN r.state = 'done' THEN $1::timestamptz END, r.position,
       r.required, r.version, r.reuse_days
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::date[], $9::date[], $10::text[],
            $11::uuid[], $12::smallint[], $13::bool[], $14::text[], $15::int[])
     AS r(id, patient, questionnaire, answered_by, visit, organisation, opens_on, due_on, state, response, position,
          required, version, reuse_days)
ON CONFLICT (origin_id, questionnaire, answered_by) WHERE origin_kind = 'visit' AND state <> 'cancelled' DO NOTHING
RETURNING id, origin_id, patient, organisation, response
"""
# Waiting ones of the same record for which an answer that was just begun or sent counts too. What a team has begun is
# continued by nobody elsewhere: for other centres it counts once it is sent.
JOINING = """
SELECT a.id, a.patient, a.origin_id FROM assignment a
WHERE a.patient = $1 AND a.questionnaire = $2 AND a.answered_by = $3 AND a.state = 'to_do'
  AND a.origin_kind = 'visit' AND a.reuse_days IS NOT NULL AND a.opens_on <= $4
  AND (a.version IS NULL OR a.version = $5)
  AND (a.organisation = $6 OR ($7 AND ($8 OR a.answered_by IN ('patient', 'proxy'))))
ORDER BY a.id FOR UPDATE
"""
JOIN = """
UPDATE assignment SET state = $3, response = $2, closed_at = CASE WHEN $3 = 'done' THEN $4::timestamptz END
WHERE id = $1
"""


COLUMNS = (
    "patient",
    "questionnaire",
    "answered_by",
    "visit",
    "organisation",
    "opens_on",
    "due_on",
    "state",
    "response",
    "position",
    "required",
    "version",
    "reuse_days",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """How many assignments were made, and the visits for which an answer was there already."""

    made: int = 0
    answered: frozenset[UUID] = frozenset()


async def ask_for_visits(by: UUID, asks: Sequence[VisitAsk], *, at: datetime) -> Asked:
    """Make what is not there yet. Of the same visit nothing is ever asked twice."""
    if not asks:
        return Asked()
    async with transaction():
        columns = [[getattr(ask, name) for ask in asks] for name in COLUMNS]
        made = await db.fetch(INSERT, at, [new_id() for _ in asks], *columns)
        counts = Counter((row["origin_id"], row["patient"], row["organisation"]) for row in made)
        shared = Counter(row["origin_id"] for row in made if row["response"] is not None)
        for (visit, patient, organisation), count in counts.items():
            await audit.record(
                audit.Action.VISITS_PREPARED,
                by=by,
                at=at,
                subject=visit,
                patient=patient,
                organisation=organisation,
                questionnaires=count,
                shared=shared[visit],
            )
        return Asked(len(made), frozenset(shared))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A response that was just begun, or sent: assignments that wait for the same may take it for theirs.

    `patient`: the record under which it was written. `elsewhere`: whether other centres may see it.
    """

    response: UUID
    sent: bool
    patient: UUID
    questionnaire: str
    version: str
    answered_by: str
    organisation: UUID
    elsewhere: bool
    day: date


async def let_count(by: UUID, answering: Answering, *, at: datetime) -> list[UUID]:
    """Let an answer that was begun or sent count for the visits that wait for the same; the ids of those visits."""
    one, state = answering, State.DONE if answering.sent else State.IN_PROGRESS
    async with transaction():
        waiting = await db.fetch(
            JOINING,
            one.patient,
            one.questionnaire,
            one.answered_by,
            one.day,
            one.version,
            one.organisation,
            one.elsewhere,
            one.sent,
        )
        for row in waiting:
            await db.execute(JOIN, row["id"], one.response, state.value, at)
            await audit.record(
                audit.Action.ANSWER_SHARED,
                by=by,
                at=at,
                subject=row["id"],
                patient=row["patient"],
                response=str(one.response),
            )
        return [row["origin_id"] for row in waiting]


# What somebody is opening at this very moment is begun, and stays theirs.
CLOSE = """
UPDATE assignment SET state = $2, closed_at = $3
WHERE id IN (SELECT a.id FROM assignment a
             WHERE a.origin_kind = 'visit' AND a.origin_id = ANY($1) AND a.state = 'to_do'
               AND ($4::text[] IS NULL OR a.questionnaire || ':' || a.answered_by <> ALL ($4))
             FOR UPDATE SKIP LOCKED)
RETURNING id, patient, origin_id
"""
REOPEN = """
UPDATE assignment SET state = 'to_do', closed_at = NULL
WHERE origin_kind = 'visit' AND origin_id = ANY($1) AND state = 'expired' AND response IS NULL
RETURNING id, patient, questionnaire
"""
# Whoever opens one at this moment waits for the enrolment, which is held here: neither may wait for the other.
MOVE = """
UPDATE assignment SET opens_on = $2, due_on = $3
WHERE id IN (SELECT a.id FROM assignment a
             WHERE a.origin_kind = 'visit' AND a.origin_id = ANY($1) AND a.state IN ('to_do', 'in_progress')
             FOR UPDATE SKIP LOCKED)
"""


async def close_waiting(
    by: UUID,
    visits: Collection[UUID],
    state: State,
    *,
    at: datetime,
    keep: Collection[str] | None = None,
    window: tuple[date, date | None] | None = None,
) -> int:
    """Close what these visits still wait for and nobody has begun, but for `keep` (`questionnaire:who`); how many.

    What was begun stays open: nobody's answers are lost. `window`: the days of what stays follow a visit that moved.
    """
    async with transaction():
        closed = await db.fetch(CLOSE, list(visits), state.value, at, None if keep is None else list(keep))
        for row in closed:
            await audit.record(
                audit.Action.ASSIGNMENT_CANCELLED,
                by=by,
                at=at,
                subject=row["id"],
                patient=row["patient"],
                visit=str(row["origin_id"]),
            )
        if window is not None:
            await db.execute(MOVE, list(visits), *window)
        return len(closed)


async def reopen_asked(by: UUID, visits: Collection[UUID], *, at: datetime) -> int:
    """What these visits asked and gave up is asked again: they are held after all; how many."""
    async with transaction():
        opened = await db.fetch(REOPEN, list(visits))
        for row in opened:
            await audit.record(
                audit.Action.ASSIGNMENT_CREATED,
                by=by,
                at=at,
                subject=row["id"],
                patient=row["patient"],
                questionnaire=row["questionnaire"],
            )
        return len(opened)
