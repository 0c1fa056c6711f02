"""Reading who opened whose identity, and whom to tell."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from app.accounts.break_glass.model import Opening
from app.lib.db import fetch, fetch_row

COLUMNS = "g.id, g.account, g.patient, g.reason, g.opened_at, g.valid_until"
# Of a centre: those who look after its accounts.
ADMINISTRATORS = """
SELECT DISTINCT m.account FROM membership m JOIN account a ON a.id = m.account AND a.closed_at IS NULL
WHERE m.organisation = ANY($1) AND (m.administers OR m.role = 'administrator')
  AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
"""


async def current_opening(account: UUID, patient: UUID, at: datetime) -> Opening | None:
    """The one by which this account may see who this patient is now."""
    row = await fetch_row(
        f"SELECT {COLUMNS} FROM break_glass g WHERE g.account = $1 AND g.patient = $2 AND g.valid_until > $3"
        " ORDER BY g.opened_at DESC LIMIT 1",
        account,
        patient,
        at,
    )
    return None if row is None else Opening(**row)


async def find_opening(opening: UUID) -> Opening | None:
    row = await fetch_row(f"SELECT {COLUMNS} FROM break_glass g WHERE g.id = $1", opening)
    return None if row is None else Opening(**row)


async def code_of_patient(patient: UUID) -> str:
    """By what a letter names the patient: it says nothing of the person."""
    row = await fetch_row("SELECT p.code FROM patient p WHERE p.id = $1", patient)
    return row["code"] if row else ""


async def list_openings(patients: Collection[UUID], *, since: datetime | None = None) -> list[Opening]:
    """Every opening of these patients' identities, the latest first."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM break_glass g"
        " WHERE g.patient = ANY($1) AND ($2::timestamptz IS NULL OR g.opened_at > $2) ORDER BY g.opened_at DESC, g.id",
        list(patients),
        since,
    )
    return [Opening(**row) for row in rows]


async def administrators_of(organisations: Collection[UUID], day: date) -> list[UUID]:
    """Who looks after the accounts of these centres on that day."""
    return [row["account"] for row in await fetch(ADMINISTRATORS, list(organisations), day)]
