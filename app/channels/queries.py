"""What became of what was sent. Addresses and words are not kept, so they cannot be read here."""

from collections.abc import Collection
from uuid import UUID

from app.channels.model import Channel, Delivery, State
from app.lib.db import Row, fetch, fetch_row

COLUMNS = "id, account, channel, purpose, subject, state, error, created_at, updated_at"
MOST = 200


def _delivery(row: Row) -> Delivery:
    read = dict(row)
    return Delivery(**read | {"channel": Channel(row["channel"]), "state": State(row["state"])})


async def last_delivery(subject: UUID) -> Delivery | None:
    """The last message about this thing, such as an invitation or an attempt to sign in."""
    row = await fetch_row(
        f"SELECT {COLUMNS} FROM delivery WHERE subject = $1 ORDER BY created_at DESC, id DESC LIMIT 1", subject
    )
    return _delivery(row) if row else None


async def last_deliveries(subjects: Collection[UUID]) -> dict[UUID, Delivery]:
    """The last message about each of these things that there was one about."""
    rows = await fetch(
        f"SELECT DISTINCT ON (subject) {COLUMNS} FROM delivery WHERE subject = ANY($1)"
        " ORDER BY subject, created_at DESC, id DESC",
        list(subjects),
    )
    return {row["subject"]: _delivery(row) for row in rows}


async def list_deliveries(
    *, accounts: Collection[UUID] = (), subjects: Collection[UUID] = (), most: int = MOST
) -> list[Delivery]:
    """What was sent to these accounts or about these things, the newest first."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM delivery WHERE account = ANY($1) OR subject = ANY($2)"
        " ORDER BY created_at DESC, id DESC LIMIT $3",
        list(accounts),
        list(subjects),
        most,
    )
    return [_delivery(row) for row in rows]
