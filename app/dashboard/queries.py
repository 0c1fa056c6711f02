"""Reads across packages for a team's pages: the day, the list of patients, what a record holds."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.access.policy import OWN_VOICE, Actor
from app.accounts.break_glass import queries as break_glass
from app.accounts.break_glass.model import Opening
from app.accounts.queries import names_of
from app.alerts import queries as alerts
from app.alerts.model import Alert
from app.assignments import queries as assignments
from app.assignments.model import Assignment, State
from app.dashboard.red_flags import Behind, Flagged, flagged
from app.dashboard.series import Outcome, versions_compare
from app.lib import db
from app.questionnaires import shapes
from app.questionnaires.library import library
from app.responses import queries as responses
from app.responses.model import NO_ROW, Response
from app.responses.model import State as ResponseState

FOLLOWED = "EXISTS (SELECT FROM followed f WHERE f.patient = {patient} AND f.organisation = $1)"
# Less what another centre wrote, where sharing is withheld.
SHARED = """EXISTS (SELECT FROM followed f WHERE f.patient = {row}.patient AND f.organisation = $1
AND (NOT 'sharing' = ANY (f.withheld) OR {row}.organisation = $1))"""
RECEIVED = f"""
SELECT {responses.COLUMNS} FROM response r
WHERE r.submitted_at >= $2 AND {SHARED.format(row="r")}
ORDER BY r.submitted_at DESC, r.id LIMIT $3
"""
WAITING = f"""
SELECT {assignments.COLUMNS} FROM assignment s
WHERE s.state IN ('to_do', 'in_progress') AND s.origin_kind <> 'visit' AND {SHARED.format(row="s")}
"""
OVERDUE = f"{WAITING} AND s.answered_by = ANY($2) AND s.due_on < $3 ORDER BY s.due_on, s.id LIMIT $4"
FOR_TEAM = f"{WAITING} AND s.answered_by <> ALL($2) AND s.opens_on <= $3 ORDER BY s.due_on NULLS LAST, s.id LIMIT $4"
OPENED = f"""
SELECT {break_glass.COLUMNS} FROM break_glass g
WHERE g.opened_at >= $2 AND {FOLLOWED.format(patient="g.patient")}
ORDER BY g.opened_at DESC, g.id LIMIT $3
"""
ANSWERS = 'SELECT response, item, value, version FROM answer WHERE response = ANY($1) AND "row" = $2'
REPLACED = 'SELECT response, item, value, version FROM answer_history WHERE response = ANY($1) AND "row" = $2'
SCORES = """
SELECT response, score_id, value, band, stale FROM score WHERE response = ANY($1) AND superseded_at IS NULL
"""
LATELY = timedelta(days=14)
MOST = 20


async def list_received(by: Actor, at: datetime) -> list[Response]:
    """What was sent lately, the latest first."""
    return [_response(row) for row in await db.fetch(RECEIVED, by.organisation, at - LATELY, MOST)]


def _response(row: db.Row) -> Response:
    parts = dict(row)
    parts["questionnaire"] = library().find(parts["questionnaire"], parts.pop("version"))
    return Response(**{**parts, "state": ResponseState(parts["state"])})


async def list_opened(by: Actor, at: datetime) -> list[Opening]:
    """Of which patients of the actor's centre somebody of the network opened the identity lately."""
    return [break_glass.opening_of(row) for row in await db.fetch(OPENED, by.organisation, at - LATELY, MOST)]


async def list_overdue(by: Actor, today: date) -> list[Assignment]:
    """What patients or relatives have not sent in time, the longest due first; visits tell what they ask themselves."""
    rows = await db.fetch(OVERDUE, by.organisation, sorted(OWN_VOICE), today, MOST)
    return [_assignment(row) for row in rows]


async def list_for_team(by: Actor, today: date) -> list[Assignment]:
    """What the team itself has to fill in, the nearest due date first."""
    rows = await db.fetch(FOR_TEAM, by.organisation, sorted(OWN_VOICE), today, MOST)
    return [_assignment(row) for row in rows]


def _assignment(row: db.Row) -> Assignment:
    return Assignment(**{**dict(row), "state": State(row["state"])})


async def outcomes_of(found: Collection[Response]) -> dict[UUID, Outcome]:
    """The first score of each response, the one its questionnaire names first."""
    rows = await db.fetch(SCORES, [one.id for one in found])
    scores = {(row["response"], row["score_id"]): row for row in rows}
    outcomes = {}
    for one in found:
        told = [score.score for score in one.questionnaire.scores if "team" in score.score.shown_to]
        if told:
            row = scores.get((one.id, told[0].id))
            outcomes[one.id] = _outcome(told[0], len(told) > 1, row)
    return outcomes


def _outcome(score: shapes.Score, several: bool, row: db.Row | None) -> Outcome:
    if row is None:
        return Outcome(score, several, pending=True)
    return Outcome(score, several, _read(row["value"]), row["band"], row["stale"])


def _read(value: str | None) -> Any:
    return None if value is None else msgspec.json.decode(value)


async def flagged_of(found: Collection[Alert], language: str) -> list[Flagged]:
    """These alerts with the answers behind them, then and now, and who was told, in the same order."""
    ids = list({one.response for one in found})
    rows = await db.fetch(f"SELECT {responses.COLUMNS} FROM response WHERE id = ANY($1)", ids)
    given = {row["id"]: _response(row) for row in rows}
    answers = {response: Behind() for response in ids}
    for row in await db.fetch(REPLACED, ids, NO_ROW):
        answers[row["response"]].keep(row["item"], row["version"], _read(row["value"]))
    for row in await db.fetch(ANSWERS, ids, NO_ROW):
        answers[row["response"]].keep(row["item"], row["version"], _read(row["value"]))
    receipts = await alerts.receipts_of([one.id for one in found])
    return [flagged(one, given[one.response], answers[one.response], receipts[one.id], language) for one in found]


async def names_behind(found: Collection[Flagged]) -> dict[UUID, str]:
    """The names of everybody who was told of these alerts or took them up."""
    told = {receipt.account for one in found for receipt in one.receipts}
    takers = {one.alert.acknowledged_by for one in found if one.alert.acknowledged_by}
    return await names_of(told | takers) if told or takers else {}


def versions_comparable(key: str, one: str, other: str) -> bool:
    """Whether scores of two versions in the library mean the same."""
    found = library()
    return versions_compare([found.find(key, version) for version in found.versions(key)], one, other)
