"""Reading records that are out of sight, and what patients ask about theirs."""

from collections.abc import Collection
from uuid import UUID

from app.access.policy import Actor, Scope
from app.lib import db
from app.patients.queries import ids_of, keys_of
from app.patients.removing.model import RemovalAsk, Removed, State

COLUMNS = """r.id, r.patient, r.account, r.asked_at, r.reason, r.state, r.decided_by, r.decided_at, r.organisation,
r.words"""
WAITING = f"""
SELECT DISTINCT {COLUMNS} FROM removal_request r
JOIN following f ON f.patient = r.patient AND f.organisation = $1
WHERE r.state = 'asked' ORDER BY r.asked_at, r.id
"""
# Who may bring a record back: whoever looks after a centre that would follow it again.
REMOVED = """
SELECT p.id, p.code, p.removed_kind AS kind, p.removed_by, p.removed_at FROM patient p
WHERE p.removed_at IS NOT NULL AND p.root = p.id AND ($1::uuid IS NULL OR EXISTS (
    SELECT FROM patient m JOIN affiliation a ON a.patient = m.id AND a.status = 'active' AND a.valid_to IS NULL
    WHERE m.root = p.id AND a.organisation = $1))
ORDER BY p.removed_at DESC, p.id LIMIT $2
"""
SCOPE = """
SELECT ARRAY(SELECT DISTINCT a.organisation FROM patient m
             JOIN affiliation a ON a.patient = m.id AND a.status = 'active' AND a.valid_to IS NULL
             WHERE m.root = p.id) AS organisations
FROM patient p WHERE p.id = $1 AND p.removed_at IS NOT NULL
"""


async def scope_of_removed(patient: UUID) -> Scope | None:
    """A record that is out of sight, as something of the centres that followed it: nobody sees the patient in it."""
    row = await db.fetch_row(SCOPE, patient)
    return None if row is None else Scope(None, frozenset(row["organisations"]))


async def list_removed(centre: UUID | None, most: int) -> list[Removed]:
    """Records out of sight that a centre followed, or all, the latest first."""
    return [Removed(**dict(row)) for row in await db.fetch(REMOVED, centre, most)]


async def find_removed(patient: UUID) -> Removed | None:
    sql = "SELECT id, code, removed_kind AS kind, removed_by, removed_at FROM patient WHERE id = $1"
    row = await db.fetch_row(f"{sql} AND removed_at IS NOT NULL", patient)
    return None if row is None else Removed(**dict(row))


async def asks_of(patients: Collection[UUID]) -> list[RemovalAsk]:
    """What was asked about these records, by any of their ids, the latest first."""
    ids = [one for patient in patients for one in await ids_of(patient)]
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM removal_request r WHERE r.patient = ANY($1) ORDER BY r.asked_at DESC, r.id", ids
    )
    return await _opened(rows)


async def list_removal_asks(by: Actor) -> list[RemovalAsk]:
    """What waits for the actor's centre to decide, the longest waiting first."""
    return await _opened(await db.fetch(WAITING, by.organisation))


async def waiting_ask(patient: UUID) -> RemovalAsk | None:
    """What waits to be decided about this record."""
    return next((one for one in await asks_of([patient]) if one.state is State.ASKED), None)


async def _opened(rows: list[db.Row]) -> list[RemovalAsk]:
    keys = await keys_of({row["patient"] for row in rows})
    return [
        RemovalAsk(
            **{
                **dict(row),
                "state": State(row["state"]),
                **{
                    name: keys[row["patient"]].open_or_empty(row[name], row["id"], f"removal_request.{name}")
                    for name in ("reason", "words")
                },
            }
        )
        for row in rows
    ]
