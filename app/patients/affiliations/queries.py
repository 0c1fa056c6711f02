"""Reading requests between centres and who follows whom: rows come in sealed, people go out."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.policy import Actor, Scope
from app.lib import db
from app.lib.keys import ring
from app.patients.affiliations.model import Following, Leave, Orphan, Question, Request, State
from app.patients.matching.model import Match, Person
from app.patients.matching.queries import candidates
from app.patients.model import NewPatient

REQUEST = """q.id, q.organisation, q.asked_by, q.asked_at, q.valid_until, q.data_key, q.typed, q.note, q.state,
q.reason, q.closed_at"""
# Whose record it became: what the asking centre sees from then on.
OPENED = """(SELECT p.root FROM affiliation_request_record o JOIN patient p ON p.id = o.patient
WHERE o.request = q.id AND o.state = 'approved') AS opened"""
OURS = f"""
SELECT {REQUEST}, {OPENED} FROM affiliation_request q
WHERE q.organisation = $1 AND (q.state = 'pending' OR q.closed_at > $2)
ORDER BY (q.state <> 'pending'), q.asked_at DESC, q.id LIMIT 100
"""
QUESTION = f"""
SELECT {REQUEST}, r.id AS question, p.root, r.data_key AS key_of_words, r.reasons,
       r.state AS decision, r.reason AS decision_reason, r.words, r.decided_by, r.decided_at, r.objected_at
FROM affiliation_request_record r JOIN affiliation_request q ON q.id = r.request
JOIN patient w ON w.id = r.patient JOIN patient p ON p.id = w.root AND p.removed_at IS NULL
"""
OF_CENTRE = """WHERE EXISTS (SELECT FROM followed f WHERE f.patient = r.patient AND f.organisation = $1)"""
TO_DECIDE = f"{QUESTION} {OF_CENTRE} AND r.state = 'pending' ORDER BY q.asked_at, r.id"
DECIDED = f"""
{QUESTION} {OF_CENTRE} AND r.decided_organisation = $1 AND r.decided_at > $2 ORDER BY r.decided_at DESC, r.id LIMIT 50
"""
OF_PATIENT = f"{QUESTION} WHERE p.id = $1 ORDER BY q.asked_at DESC, r.id"
# About records that nobody follows any more: the network decides, by code.
ORPHANS = """
SELECT r.id, p.code, p.id AS patient, q.organisation, q.asked_by, q.asked_at, r.reasons, r.objected_at
FROM affiliation_request_record r JOIN affiliation_request q ON q.id = r.request
JOIN patient w ON w.id = r.patient JOIN patient p ON p.id = w.root AND p.removed_at IS NULL
WHERE r.state = 'pending' AND NOT EXISTS (SELECT FROM following f WHERE f.patient = r.patient)
"""
SCOPE_OF_QUESTION = """
SELECT s.root, s.organisations, s.withheld FROM affiliation_request_record r
JOIN patient_scope s ON s.patient = r.patient WHERE r.id = $1
"""
FOLLOWINGS = """
SELECT a.id, a.organisation, a.valid_from, a.valid_to, a.grounds, a.granted_by, a.practitioner, a.ended_reason
FROM affiliation a JOIN patient w ON w.id = a.patient
WHERE w.root = $1 ORDER BY (a.valid_to IS NOT NULL), a.valid_from, a.id
"""
LEAVE = """l.id, l.data_key, p.root AS patient, l.affiliation, a.organisation, l.account, l.asked_at, l.note, l.state,
l.decided_at, l.reply"""
LEAVES = f"""
SELECT {LEAVE} FROM leave_request l JOIN affiliation a ON a.id = l.affiliation
JOIN patient w ON w.id = l.patient JOIN patient p ON p.id = w.root AND p.removed_at IS NULL
"""
SCOPE_OF_LEAVE = """
SELECT s.root, a.organisation FROM leave_request l JOIN affiliation a ON a.id = l.affiliation
JOIN patient_scope s ON s.patient = l.patient WHERE l.id = $1 AND a.organisation = ANY(s.organisations)
"""
WORDS = "affiliation_request_record.words"
SHOWN_FOR = timedelta(days=90)


async def records_elsewhere(by: Actor, typed: NewPatient) -> list[tuple[UUID, Match]]:
    """Records that may be this person's and that the actor's centre does not follow, the likeliest first."""
    found = await candidates(Person.of(typed))
    ours = await _followed_by(by.organisation, [record for record, _ in found])
    return [(record, match) for record, match in found if record not in ours]


async def _followed_by(organisation: UUID | None, records: Collection[UUID]) -> set[UUID]:
    sql = "SELECT DISTINCT root FROM following WHERE organisation = $1 AND patient = ANY($2)"
    return {row["root"] for row in await db.fetch(sql, organisation, list(records))}


async def followers_of(patient: UUID) -> list[UUID]:
    """The centres that follow this person now, whatever consent says."""
    rows = await db.fetch("SELECT DISTINCT organisation FROM following WHERE patient = $1", patient)
    return sorted(row["organisation"] for row in rows)


async def closed_among(records: Collection[UUID]) -> set[UUID]:
    """Of these records those that their owners closed: pages show their code, and nobody's name."""
    sql = """SELECT m.id FROM patient m JOIN patient p ON p.id = m.root
             WHERE m.id = ANY($1) AND 'care' = ANY (p.withheld)"""
    return {row["id"] for row in await db.fetch(sql, list(records))}


async def waiting_like(organisation: UUID, fingerprint: bytes) -> UUID | None:
    """The request of this centre about the same person that still waits."""
    sql = "SELECT id FROM affiliation_request WHERE organisation = $1 AND fingerprint = $2 AND state = 'pending'"
    found: UUID | None = await db.fetch_value(sql, organisation, fingerprint)
    return found


async def scope_of_request(request: UUID) -> Scope | None:
    """A request belongs to the centre that asks: to it alone."""
    organisation = await db.fetch_value("SELECT organisation FROM affiliation_request WHERE id = $1", request)
    return None if organisation is None else Scope(None, frozenset({organisation}))


async def scope_of_question(question: UUID) -> Scope | None:
    """What is asked about a record belongs to the centres that follow it."""
    row = await db.fetch_row(SCOPE_OF_QUESTION, question)
    if row is None:
        return None
    return Scope(row["root"], frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


async def scope_of_orphan(question: UUID) -> Scope | None:
    """What is asked about a record that nobody follows belongs to the network, which sees nobody's name in it."""
    found = await db.fetch_row(f"{ORPHANS} AND r.id = $1", question)
    return None if found is None else Scope(None)


async def record_asked_about(question: UUID) -> UUID | None:
    """The record that somebody asks about, as it stands now."""
    sql = "SELECT w.root FROM affiliation_request_record r JOIN patient w ON w.id = r.patient WHERE r.id = $1"
    found: UUID | None = await db.fetch_value(sql, question)
    return found


async def list_orphans() -> list[Orphan]:
    """What is asked about records that nobody follows, the longest waiting first."""
    rows = await db.fetch(f"{ORPHANS} ORDER BY q.asked_at, r.id LIMIT 200")
    return [Orphan(**{**dict(row), "reasons": tuple(row["reasons"])}) for row in rows]


async def scope_of_leave(leave: UUID) -> Scope | None:
    """A wish to be followed no more belongs to the centre that it names, while that follows."""
    row = await db.fetch_row(SCOPE_OF_LEAVE, leave)
    return None if row is None else Scope(row["root"], frozenset({row["organisation"]}))


async def list_ours(by: Actor, at: datetime) -> list[Request]:
    """What the actor's centre asked for: what waits, then what was decided lately."""
    return [_request(row) for row in await db.fetch(OURS, by.organisation, at - SHOWN_FOR)]


async def find_request(request: UUID) -> Request | None:
    row = await db.fetch_row(f"SELECT {REQUEST}, {OPENED} FROM affiliation_request q WHERE q.id = $1", request)
    return None if row is None else _request(row)


async def lock_request(request: UUID) -> Request | None:
    """The request, held: one decision at a time."""
    held = "SELECT id FROM affiliation_request WHERE id = $1 FOR UPDATE"
    return None if await db.fetch_value(held, request) is None else await find_request(request)


def _request(row: db.Row) -> Request:
    request, typed, note = row["id"], None, ""
    if row["typed"] is not None:  # else it was forgotten, and its key with it
        key = ring().open(row["data_key"], request)
        typed = NewPatient.from_text(key.open(row["typed"], request, "affiliation_request.typed"))
        note = key.open_or_empty(row["note"], request, "affiliation_request.note")
    return Request(
        request,
        row["organisation"],
        row["asked_by"],
        row["asked_at"],
        row["valid_until"],
        typed,
        note,
        State(row["state"]),
        row["reason"],
        row["closed_at"],
        row.get("opened"),
    )


async def list_to_decide(by: Actor) -> list[Question]:
    """What other centres ask about people whom the actor's centre follows, the longest waiting first."""
    return [_question(row) for row in await db.fetch(TO_DECIDE, by.organisation)]


async def list_decided(by: Actor, at: datetime) -> list[Question]:
    """What the actor's centre decided lately."""
    return [_question(row) for row in await db.fetch(DECIDED, by.organisation, at - SHOWN_FOR)]


async def list_questions_about(patient: UUID) -> list[Question]:
    """Everything that centres asked about one person, for that person."""
    return [_question(row) for row in await db.fetch(OF_PATIENT, patient)]


async def find_question(question: UUID) -> Question | None:
    row = await db.fetch_row(f"{QUESTION} WHERE r.id = $1", question)
    return None if row is None else _question(row)


def _question(row: db.Row) -> Question:
    words, question = "", row["question"]
    if row["words"] is not None:
        words = ring().open(row["key_of_words"], question).open(row["words"], question, WORDS)
    return Question(
        question,
        _request(row),
        row["root"],
        tuple(row["reasons"]),
        row["decision"],
        row["decision_reason"],
        words,
        row["decided_by"],
        row["decided_at"],
        row["objected_at"],
    )


async def list_followings(patient: UUID) -> list[Following]:
    """Every centre that follows or followed this person, those that do first."""
    return [Following(*row) for row in await db.fetch(FOLLOWINGS, patient)]


async def following_of(organisation: UUID | None, patient: UUID) -> Following | None:
    """By what one centre follows a person now."""
    found = await list_followings(patient)
    return next((one for one in found if one.active and one.organisation == organisation), None)


async def list_leaves(by: Actor) -> list[Leave]:
    """Who asks the actor's centre to follow them no more, the longest waiting first."""
    sql = f"{LEAVES} WHERE a.organisation = $1 AND a.valid_to IS NULL AND l.state = 'asked' ORDER BY l.asked_at, l.id"
    return [_leave(row) for row in await db.fetch(sql, by.organisation)]


async def leaves_of(patient: UUID) -> list[Leave]:
    """What one person asked so, the latest first."""
    rows = await db.fetch(f"{LEAVES} WHERE p.id = $1 ORDER BY l.asked_at DESC, l.id", patient)
    return [_leave(row) for row in rows]


async def find_leave(leave: UUID) -> Leave | None:
    row = await db.fetch_row(f"{LEAVES} WHERE l.id = $1", leave)
    return None if row is None else _leave(row)


async def lock_leave(leave: UUID) -> Leave | None:
    """One, held."""
    row = await db.fetch_row(f"{LEAVES} WHERE l.id = $1 FOR UPDATE OF l", leave)
    return None if row is None else _leave(row)


def _leave(row: db.Row) -> Leave:
    parts: dict[str, Any] = dict(row)
    key = ring().open(parts.pop("data_key"), row["id"])
    for name in ("note", "reply"):
        parts[name] = key.open_or_empty(row[name], row["id"], f"leave_request.{name}")
    return Leave(**parts)
