"""Reading what people ask of centres: rows come in sealed, people go out."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.policy import Actor, Scope
from app.lib import db
from app.lib.keys import ring
from app.patients.asks.model import Ask, State
from app.patients.model import NewPatient

COLUMNS = """k.id, k.account, k.organisation, k.relationship, k.asked_at, k.data_key, k.typed, k.note, k.state,
k.decided_by, k.decided_at, k.reason, k.reply, k.patient"""
OF_ACCOUNT = f"SELECT {COLUMNS} FROM record_ask k WHERE k.account = $1 ORDER BY k.asked_at DESC, k.id LIMIT 50"
OF_CENTRE = f"""
SELECT {COLUMNS} FROM record_ask k WHERE k.organisation = $1 AND (k.state = 'asked' OR k.decided_at > $2)
AND k.state <> 'withdrawn' ORDER BY (k.state <> 'asked'), k.asked_at, k.id LIMIT 200
"""
FOR_CENTRE = """
SELECT (SELECT count(*) FROM record_ask WHERE organisation = $1 AND state = 'asked')
     + (SELECT count(*) FROM affiliation_request_record r WHERE r.state = 'pending'
        AND EXISTS (SELECT FROM followed f WHERE f.patient = r.patient AND f.organisation = $1))
     + (SELECT count(*) FROM leave_request l JOIN affiliation a ON a.id = l.affiliation
        WHERE l.state = 'asked' AND a.organisation = $1 AND a.valid_to IS NULL)
     + (SELECT count(DISTINCT r.id) FROM removal_request r
        JOIN following f ON f.patient = r.patient AND f.organisation = $1 WHERE r.state = 'asked')
"""
SHOWN_FOR = timedelta(days=90)


async def scope_of_ask(ask: UUID) -> Scope | None:
    """What is asked of a centre belongs to that centre."""
    organisation = await db.fetch_value("SELECT organisation FROM record_ask WHERE id = $1", ask)
    return None if organisation is None else Scope(None, frozenset({organisation}))


async def scope_of_own_ask(ask: UUID) -> Scope | None:
    """To whoever asked it is theirs alone."""
    account = await db.fetch_value("SELECT account FROM record_ask WHERE id = $1", ask)
    return None if account is None else Scope(None, account=account)


async def list_own(account: UUID) -> list[Ask]:
    """What somebody asked for, the latest first."""
    return [_ask(row) for row in await db.fetch(OF_ACCOUNT, account)]


async def list_of_centre(by: Actor, at: datetime) -> list[Ask]:
    """What people ask of the actor's centre, the longest waiting first, then what was decided lately."""
    return [_ask(row) for row in await db.fetch(OF_CENTRE, by.organisation, at - SHOWN_FOR)]


async def count_for_centre(by: Actor) -> int:
    """How many requests of all kinds wait for the actor's centre: of other centres, and of patients."""
    found: int = await db.fetch_value(FOR_CENTRE, by.organisation)
    return found


async def count_waiting(account: UUID) -> int:
    """How many of one person's wait anywhere."""
    sql = "SELECT count(*) FROM record_ask WHERE account = $1 AND state = 'asked'"
    found: int = await db.fetch_value(sql, account)
    return found


async def find_ask(ask: UUID) -> Ask | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM record_ask k WHERE k.id = $1", ask)
    return None if row is None else _ask(row)


async def lock_ask(ask: UUID) -> Ask | None:
    """One, held: it is decided once."""
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM record_ask k WHERE k.id = $1 FOR UPDATE", ask)
    return None if row is None else _ask(row)


def _ask(row: db.Row) -> Ask:
    parts, typed = dict(row), None
    wrapped, sealed = parts.pop("data_key"), parts.pop("typed")
    parts |= {"note": "", "reply": ""}
    if sealed is not None:  # else it was forgotten, and its key with it
        key = ring().open(wrapped, row["id"])
        typed = NewPatient.from_text(key.open(sealed, row["id"], "record_ask.typed"))
        parts |= {name: key.open_or_empty(row[name], row["id"], f"record_ask.{name}") for name in ("note", "reply")}
    return Ask(**{**parts, "state": State(parts["state"])}, typed=typed)
