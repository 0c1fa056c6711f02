"""Reads about requests for a place."""

from datetime import date
from uuid import UUID

from app.access.policy import Scope
from app.accounts.break_glass.queries import administrators_of
from app.accounts.places.model import Request, State
from app.lib.db import Row, fetch, fetch_row, fetch_value
from app.lib.keys import ring

SEALED_AS = "membership_request.reason"
REQUESTS = """
SELECT r.id, coalesce(o.name, r.other_organisation) AS place, r.profession, r.created_at, r.decided_at, r.membership,
       r.reason, a.data_key
FROM membership_request r JOIN account a ON a.id = r.account LEFT JOIN organisation o ON o.id = r.organisation
WHERE r.account = $1 ORDER BY r.created_at DESC, r.id DESC LIMIT 50
"""


async def list_requests(account: UUID) -> list[Request]:
    """What somebody asked for, the newest first."""
    return [_request(account, row) for row in await fetch(REQUESTS, account)]


def _request(account: UUID, row: Row) -> Request:
    key = ring().open(row["data_key"], account)
    return Request(
        id=row["id"],
        state=state_of(row),
        place=row["place"],
        profession=row["profession"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        membership=row["membership"],
        reason=key.open_or_empty(row["reason"], row["id"], SEALED_AS),
    )


def state_of(row: Row) -> State:
    if row["decided_at"] is None:
        return State.WAITING
    return State.GRANTED if row["membership"] else State.REFUSED


async def lock_request(request: UUID) -> Row | None:
    """A request's row, held."""
    return await fetch_row("SELECT * FROM membership_request WHERE id = $1 FOR UPDATE", request)


async def scope_of_request(request: UUID) -> Scope | None:
    """Whose it is to decide: the centre's that is asked, else the network's."""
    row = await fetch_row("SELECT organisation FROM membership_request WHERE id = $1", request)
    if row is None:
        return None
    return Scope(None, frozenset({row["organisation"]}) if row["organisation"] else frozenset())


async def count_waiting(account: UUID) -> int:
    """How many requests of one person wait."""
    waiting = "SELECT count(*) FROM membership_request WHERE account = $1 AND decided_at IS NULL"
    found: int = await fetch_value(waiting, account)
    return found


async def is_waiting_for(account: UUID, organisation: UUID) -> bool:
    """Whether somebody has asked this centre already and waits."""
    waiting = (
        "SELECT EXISTS (SELECT FROM membership_request WHERE account = $1 AND organisation = $2 AND decided_at IS NULL)"
    )
    return bool(await fetch_value(waiting, account, organisation))


async def is_open(organisation: UUID) -> bool:
    """Whether a centre takes people."""
    return bool(
        await fetch_value("SELECT EXISTS (SELECT FROM organisation WHERE id = $1 AND closed_at IS NULL)", organisation)
    )


async def who_decides(organisation: UUID | None, day: date) -> list[UUID]:
    """The administrators of a centre; the network's where a centre was named freely or nobody administers it."""
    own = await administrators_of([organisation], day) if organisation else []
    if own:
        return own
    rows = await fetch("SELECT id FROM account WHERE kind = 'superadmin' AND closed_at IS NULL ORDER BY id")
    return [row["id"] for row in rows]
