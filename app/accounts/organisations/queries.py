"""Reading centres."""

import json
from uuid import UUID

from app.access.policy import Scope
from app.accounts.model import OrganisationName
from app.accounts.organisations.model import Details, Organisation
from app.lib.db import Row, fetch, fetch_row, fetch_value

FOLLOWED = "SELECT count(DISTINCT f.root) FROM following f WHERE f.organisation = $1"
BY_NOBODY_ELSE = """ AND NOT EXISTS (
  SELECT FROM following e JOIN organisation o ON o.id = e.organisation AND o.closed_at IS NULL
  WHERE e.patient = f.root AND e.organisation <> $1)
"""
COLUMNS = """o.id, o.code, o.name, o.city, o.kind, o.time_zone, o.phone, o.pathologies, o.controller, o.data_owner,
o.data_protection_officer, o.created_at, o.closed_at, o.closed_reason"""


def organisation_of(row: Row) -> Organisation:
    """A row of COLUMNS as a value."""
    details = Details(
        code=row["code"],
        name=row["name"],
        city=row["city"],
        kind=row["kind"],
        phone=row["phone"],
        time_zone=row["time_zone"],
        pathologies=tuple(json.loads(row["pathologies"])),
        controller=row["controller"],
        data_owner=row["data_owner"],
        data_protection_officer=row["data_protection_officer"],
    )
    return Organisation(row["id"], details, row["created_at"], row["closed_at"], row["closed_reason"])


async def scope_of_organisation(organisation: UUID) -> Scope | None:
    """A centre belongs to itself; closed ones too, so that they can be opened again."""
    there = await fetch_value("SELECT EXISTS (SELECT FROM organisation WHERE id = $1)", organisation)
    return Scope(None, frozenset({organisation})) if there else None


async def find_organisation(organisation: UUID) -> Organisation | None:
    row = await fetch_row(f"SELECT {COLUMNS} FROM organisation o WHERE o.id = $1", organisation)
    return None if row is None else organisation_of(row)


async def get_organisation(organisation: UUID) -> Organisation:
    found = await find_organisation(organisation)
    if found is None:
        raise LookupError(f"no organisation {organisation}")
    return found


async def lock_organisation(organisation: UUID) -> Organisation:
    """The same, held until the transaction ends."""
    row = await fetch_row(f"SELECT {COLUMNS} FROM organisation o WHERE o.id = $1 FOR UPDATE", organisation)
    if row is None:
        raise LookupError(f"no organisation {organisation}")
    return organisation_of(row)


async def has_code(code: str, *, other_than: UUID | None = None) -> bool:
    """Whether a centre has this code, open or closed."""
    taken = "SELECT EXISTS (SELECT FROM organisation WHERE code = $1 AND id IS DISTINCT FROM $2)"
    return bool(await fetch_value(taken, code, other_than))


async def follows_patients(organisation: UUID) -> bool:
    """Whether the centre's team has anybody's answers to look after."""
    return bool(await fetch_value(FOLLOWED, organisation))


async def count_left_alone(organisation: UUID) -> int:
    """How many patients no open centre would follow if this one closed."""
    count: int = await fetch_value(FOLLOWED + BY_NOBODY_ELSE, organisation)
    return count


async def list_open() -> list[OrganisationName]:
    """The centres that people can work in, by city."""
    rows = await fetch("SELECT id, code, name, city FROM organisation WHERE closed_at IS NULL ORDER BY city, name, id")
    return [OrganisationName(*row) for row in rows]
