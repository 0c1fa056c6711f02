"""Reading responses: whole, or just what the guard, the page or the worker needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from app.lib import db
from app.patients import queries as patients
from app.questionnaires.library import library
from app.questionnaires.model import FACTS, Questionnaire
from app.questionnaires.red_flags import reach
from app.questionnaires.scoring import Reason
from app.responses.model import (
    NO_ROW,
    Answers,
    DatedScore,
    Kept,
    PastValue,
    Place,
    Response,
    ResponseScope,
    Stamp,
    State,
    StoredScore,
)

SCOPE = """
SELECT s.root, r.answered_by, r.questionnaire, r.version, r.state, r.author, s.withheld,
       seen_by(s.organisations, s.withheld, r.organisation) AS organisations, r.handover,
       ARRAY(SELECT a.origin_id FROM assignment a
             WHERE a.response = r.id AND a.origin_kind = 'visit' AND a.state <> 'cancelled') AS visits
FROM response r JOIN patient_scope s ON s.patient = r.patient
WHERE r.id = $1
"""
# Under which record it was written: what is written with it must stand there too. To read, whose it is now.
OWN = """id, patient, questionnaire, version, answered_by, language, author, organisation, state, revision,
opened_at, submitted_at, handover"""
COLUMNS = OWN.replace("patient", "(SELECT p.root FROM patient p WHERE p.id = patient) AS patient")
ANSWERS = """SELECT item, "row", value, version, page_load, answered_by, answered_at FROM answer WHERE response = $1"""
ROWS = """SELECT id, group_id FROM response_row WHERE response = $1 AND removed_at IS NULL ORDER BY added_at, id"""
SCORES = "response, score_id, status, value, band, reason, stale, computed_at"

_read = msgspec.json.decode


def json_text(value: Any) -> str:
    """A value as the database takes it."""
    return msgspec.json.encode(value).decode()


async def scope_of_response(response: UUID) -> ResponseScope | None:
    row = await db.fetch_row(SCOPE, response)
    if row is None:
        return None
    return ResponseScope(
        row["root"],
        frozenset(row["organisations"]),
        row["answered_by"],
        withheld=frozenset(row["withheld"]),
        author=row["author"],
        visits=frozenset(row["visits"]),
        handover=row["handover"],
        response=response,
        questionnaire=row["questionnaire"],
        version=row["version"],
        state=State(row["state"]),
    )


def _response(row: db.Row) -> Response:
    parts = dict(row)
    parts["questionnaire"] = library().find(row["questionnaire"], parts.pop("version"))
    return Response(**{**parts, "state": State(row["state"])})


async def get_response(response: UUID) -> Response:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM response WHERE id = $1", response)
    if row is None:
        raise LookupError(f"no response {response}")
    return _response(row)


async def get_responses(responses: Iterable[UUID]) -> list[Response]:
    """Those of these responses that are there, in the order in which they were opened."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM response WHERE id = ANY($1) ORDER BY opened_at, id", list(responses))
    return [_response(row) for row in rows]


async def lock_response(response: UUID) -> Response:
    """The response, held until the transaction ends: nobody saves an answer meanwhile.

    `patient` is the record under which it was written, for what is written with it. Rows that name the response may
    come meanwhile: a visit that takes it for its answer does not wait for whoever sends it.
    """
    row = await db.fetch_row(f"SELECT {OWN} FROM response WHERE id = $1 FOR NO KEY UPDATE", response)
    if row is None:
        raise LookupError(f"no response {response}")
    return _response(row)


async def list_responses_of_patient(patient: UUID) -> list[Response]:
    """All responses of one patient, the latest first."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM response WHERE patient = ANY($1) ORDER BY coalesce(submitted_at, opened_at) DESC, id",
        await patients.ids_of(patient),
    )
    return [_response(row) for row in rows]


async def answers_of(response: UUID, questionnaire: Questionnaire | None = None) -> Answers:
    """The current answers; the questionnaire, if the caller has it, spares a look-up."""
    q = questionnaire or (await get_response(response)).questionnaire
    found = await db.fetch(ANSWERS, response)
    groups = await db.fetch(ROWS, response) if q.groups else []
    return assemble(q, found, groups)


def assemble(q: Questionnaire, found: Iterable[Any], groups: Iterable[Any]) -> Answers:
    """Answers from rows of `answer` and `response_row`; an item that this version does not know stays out of sight."""
    rows: dict[str, list[UUID]] = {name: [] for name in q.groups}
    for entry in groups:
        if entry["group_id"] in rows:
            rows[entry["group_id"]].append(entry["id"])
    values: dict[str, Any] = {name: [{} for _ in ids] for name, ids in rows.items() if ids}
    stamps: dict[Place, Stamp] = {}
    for item, row, text, version, page_load, answered_by, answered_at in found:
        question = q.questions.get(item)
        if question is None:
            continue
        value = None if text is None else _read(text)
        if question.group is None:
            values[item] = value
        elif row in rows[question.group]:
            values[question.group][rows[question.group].index(row)][item] = value
        else:
            continue
        stamps[item, row] = Stamp(version, page_load, answered_by, answered_at)
    return Answers(values, {name: tuple(ids) for name, ids in rows.items()}, stamps)


@cache
def reads_facts(q: Questionnaire) -> bool:
    """Whether anything shown, required, checked or flagged depends on facts about the person, be it through a score."""
    shown = [page.show for page in q.pages if page.show] + [node for block in q.every_block() for node in block.show]
    shown += [node for question in q.questions.values() for node in question.show]
    required = [one.required for one in q.questions.values() if not isinstance(one.required, bool)]
    judged = [node for _, node in (*q.checks, *q.flags)]
    return not reach(q, [*shown, *required, *judged]).isdisjoint(FACTS)


async def facts_for(q: Questionnaire, patient: UUID, day: Any) -> dict[str, Any]:
    """What conditions may know of the person on this day; nothing where the questionnaire does not ask."""
    return {**await patients.facts_of_patient(patient, day), "today": day} if reads_facts(q) else {}


async def history_of(response: UUID, item: str, row: UUID = NO_ROW) -> list[PastValue]:
    """Former values of one answer, the latest first."""
    found = await db.fetch(
        """SELECT value, version, answered_by, answered_at FROM answer_history
           WHERE response = $1 AND item = $2 AND "row" = $3 ORDER BY version DESC""",
        response,
        item,
        row,
    )
    return [PastValue(_read(r["value"] or "null"), r["version"], r["answered_by"], r["answered_at"]) for r in found]


KEPT = """
SELECT a.id, a.response, a.item, a."row", a.version, a.value,
       EXISTS (SELECT FROM response_row w WHERE w.id = a."row" AND w.removed_at IS NOT NULL) AS gone
FROM answer a WHERE a.response = ANY($1) ORDER BY a.id
"""


async def answers_as_kept(responses: Iterable[UUID]) -> list[Kept]:
    """Every answer of these responses as it lies there, also of questions that are no longer shown."""
    return [Kept(*row) for row in await db.fetch(KEPT, list(responses))]


GIVEN = """
SELECT a.response, a.item, a."row" FROM answer a
WHERE a.response = ANY($1) AND a.value IS NOT NULL
  AND NOT EXISTS (SELECT FROM response_row w WHERE w.id = a."row" AND w.removed_at IS NOT NULL)
ORDER BY a.response, a.item, a."row"
"""


async def places_given(responses: Iterable[UUID]) -> list[tuple[UUID, str, UUID]]:
    """Which questions of these responses have an answer: (response, item, row), rows that were removed left out."""
    return [(row["response"], row["item"], row["row"]) for row in await db.fetch(GIVEN, list(responses))]


async def past_values(response: UUID) -> dict[tuple[str, UUID, int], Any]:
    """Every replaced value of a response by (item, row, version)."""
    rows = await db.fetch('SELECT item, "row", version, value FROM answer_history WHERE response = $1', response)
    return {(r["item"], r["row"], r["version"]): _read(r["value"] or "null") for r in rows}


def _score(row: db.Row) -> StoredScore:
    value, reason = row["value"], row["reason"]
    return StoredScore(
        row["response"],
        row["score_id"],
        row["status"],
        None if value is None else _read(value),
        row["band"],
        None if reason is None else _read(reason, type=Reason),
        row["stale"],
        row["computed_at"],
    )


async def scores_of_response(response: UUID) -> list[StoredScore]:
    """The current scores of a response; empty until the worker has been there."""
    rows = await db.fetch(
        f"SELECT {SCORES} FROM score WHERE response = $1 AND superseded_at IS NULL ORDER BY score_id",
        response,
    )
    return [_score(row) for row in rows]


async def input_hashes(response: UUID) -> dict[str, tuple[UUID, bytes, bool]]:
    """Of each current score: its row, the hash of what it was computed from, and whether it is stale."""
    rows = await db.fetch(
        "SELECT score_id, id, input_hash, stale FROM score WHERE response = $1 AND superseded_at IS NULL",
        response,
    )
    return {row["score_id"]: (row["id"], bytes(row["input_hash"]), row["stale"]) for row in rows}


async def scores_of_patient(patient: UUID) -> list[DatedScore]:
    """All current scores of a patient's sent responses, the earliest first."""
    rows = await db.fetch(
        f"""SELECT {", ".join("s." + name for name in SCORES.split(", "))}, r.questionnaire, r.version, r.submitted_at
            FROM score s JOIN response r ON r.patient = s.patient AND r.id = s.response
            WHERE s.patient = ANY($1) AND s.superseded_at IS NULL AND r.submitted_at IS NOT NULL
            ORDER BY r.submitted_at, s.score_id""",
        await patients.ids_of(patient),
    )
    return [DatedScore(_score(row), row["questionnaire"], row["version"], row["submitted_at"]) for row in rows]


async def list_unscored(patient: UUID) -> list[UUID]:
    """The sent responses of a person that have no current score, or a stale one."""
    sql = """SELECT r.id FROM response r WHERE r.patient = ANY($1) AND r.submitted_at IS NOT NULL AND NOT EXISTS (
             SELECT FROM score s WHERE s.response = r.id AND s.superseded_at IS NULL AND NOT s.stale)"""
    return [row["id"] for row in await db.fetch(sql, await patients.ids_of(patient))]


async def pinned_versions() -> set[tuple[str, str]]:
    """Every questionnaire version that some response needs: (key, version)."""
    rows = await db.fetch("SELECT DISTINCT questionnaire, version FROM response")
    return {(row["questionnaire"], row["version"]) for row in rows}


async def corrections_of(response: UUID) -> list[db.Row]:
    """Why and when a sent response was changed: revision, reason, made_by, made_at; the latest first."""
    return await db.fetch(
        "SELECT revision, reason, made_by, made_at FROM correction WHERE response = $1 ORDER BY revision DESC",
        response,
    )


# For each thing asked, the newest answer that may count for it: one that was sent, else one that was begun. What other
# centres wrote counts where they may see it, and nobody continues what a team elsewhere began. Of two records that
# were merged each keeps its own: should they come apart, an answer must not stand for somebody else.
COUNTING = """
SELECT DISTINCT ON (a.n) a.n, r.id, r.state
FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[], $7::uuid[])
     AS a(n, patient, questionnaire, answered_by, since, version, organisation)
JOIN patient m ON m.id = a.patient
JOIN patient root ON root.id = m.root
JOIN response r ON r.patient = a.patient AND r.questionnaire = a.questionnaire AND r.answered_by = a.answered_by
WHERE (a.version IS NULL OR r.version = a.version)
  AND (r.organisation = a.organisation OR NOT 'sharing' = ANY (root.withheld))
  AND CASE WHEN r.state = 'draft'
           THEN (r.organisation = a.organisation OR a.answered_by IN ('patient', 'proxy'))
                AND EXISTS (SELECT FROM assignment s WHERE s.response = r.id AND s.state = 'in_progress')
           ELSE (r.submitted_at AT TIME ZONE $8)::date >= a.since END
ORDER BY a.n, r.state = 'draft', r.submitted_at DESC NULLS LAST, r.opened_at DESC
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """An answer somebody would take: to what, in whose voice, sent on which day at the earliest, for which centre.

    `patient`: the record under which the asking stands.
    """

    patient: UUID
    questionnaire: str
    answered_by: str
    since: date
    version: str | None
    organisation: UUID


async def counting_for(sought: Sequence[Sought], zone: str) -> dict[int, tuple[UUID, State]]:
    """By position, the response that counts for each, where there is one."""
    if not sought:
        return {}
    columns = [
        [getattr(one, name) for one in sought]
        for name in ("patient", "questionnaire", "answered_by", "since", "version", "organisation")
    ]
    rows = await db.fetch(COUNTING, list(range(len(sought))), *columns, zone)
    return {row["n"]: (row["id"], State(row["state"])) for row in rows}
