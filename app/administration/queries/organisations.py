"""Centres as administrators list them: with how many people work there and how many patients are followed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.accounts.organisations.model import Organisation
from app.accounts.organisations.queries import COLUMNS, organisation_of
from app.lib import db

LIST = f"""
SELECT {COLUMNS},
  (SELECT count(DISTINCT m.account) FROM membership m JOIN account a ON a.id = m.account AND a.closed_at IS NULL
   WHERE m.organisation = o.id AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)) AS professionals,
  (SELECT count(DISTINCT f.root) FROM following f WHERE f.organisation = o.id) AS patients,
  (SELECT count(*) FROM invitation i WHERE i.organisation = o.id AND i.accepted_at IS NULL AND i.revoked_at IS NULL
   AND i.valid_until > now()) AS invitations,
  (SELECT count(DISTINCT s.account) FROM session s JOIN membership m ON m.id = s.membership AND m.organisation = o.id
   WHERE s.closed_at IS NULL AND s.idle_until > now()) AS signed_in
FROM organisation o WHERE ($1::uuid IS NULL OR o.id = $1)
"""
OPEN = " AND o.closed_at IS NULL"
CLOSED = " AND o.closed_at IS NOT NULL"
BY_CITY = " ORDER BY o.city, o.name, o.id"


@dataclass(frozen=True, slots=True)
class Line:
    """A centre with its counts. `invitations` wait for an answer; `signed_in` counts people at this moment."""

    organisation: Organisation
    professionals: int
    patients: int
    invitations: int
    signed_in: int


async def list_organisations(centre: UUID | None, day: date, *, closed: bool = False) -> list[Line]:
    """Open or closed ones: this centre alone, or all of the network."""
    return [_line(row) for row in await db.fetch(LIST + (CLOSED if closed else OPEN) + BY_CITY, centre, day)]


async def get_line(centre: UUID, day: date) -> Line:
    row = await db.fetch_row(LIST, centre, day)
    if row is None:
        raise LookupError(f"no organisation {centre}")
    return _line(row)


def _line(row: db.Row) -> Line:
    counts = (row["professionals"], row["patients"], row["invitations"], row["signed_in"])
    return Line(organisation_of(row), *counts)
