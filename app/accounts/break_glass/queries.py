"""Reading who opened whose identity, and whom to tell."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from app.accounts.break_glass.model import Opening
from app.lib.crypto import PersonKey
from app.lib.db import Row, fetch, fetch_row, fetch_value
from app.lib.keys import ring

# `patient`: whose record it is now; `sealed_for`: the one whose identity was opened, under whose key the reason is.
COLUMNS = """g.id, g.account, (SELECT p.root FROM patient p WHERE p.id = g.patient) AS patient, g.reason, g.opened_at,
g.valid_until, g.patient AS sealed_for, (SELECT p.data_key FROM patient p WHERE p.id = g.patient) AS data_key"""
SEALED_AS = "break_glass.reason"
OF_PERSON = "g.patient IN (SELECT p.id FROM patient p WHERE p.root = $2)"
OF_PEOPLE = "g.patient IN (SELECT p.id FROM patient p WHERE p.root = ANY($1))"
# Of a centre: those who look after its accounts.
ADMINISTRATORS = """
SELECT DISTINCT m.account FROM membership m JOIN account a ON a.id = m.account AND a.closed_at IS NULL
WHERE m.organisation = ANY($1) AND (m.administers OR m.role = 'administrator')
  AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
"""


async def key_of_patient(patient: UUID) -> PersonKey:
    """The key under which what is said about a patient is sealed."""
    return ring().open(await fetch_value("SELECT data_key FROM patient WHERE id = $1", patient), patient)


def opening_of(row: Row) -> Opening:
    """A row of COLUMNS, its reason opened."""
    reason = reason_in(row["id"], row["sealed_for"], row["data_key"], row["reason"])
    return Opening(row["id"], row["account"], row["patient"], reason, row["opened_at"], row["valid_until"])


def reason_in(opening: UUID, patient: UUID, data_key: bytes, sealed: bytes) -> str:
    """What was sealed as the reason of an opening."""
    return ring().open(data_key, patient).open(sealed, opening, SEALED_AS)


async def current_opening(account: UUID, patient: UUID, at: datetime) -> Opening | None:
    """The one by which this account may see who this patient is now."""
    row = await fetch_row(
        f"SELECT {COLUMNS} FROM break_glass g WHERE g.account = $1 AND {OF_PERSON} AND g.valid_until > $3"
        " ORDER BY g.opened_at DESC LIMIT 1",
        account,
        patient,
        at,
    )
    return None if row is None else opening_of(row)


async def find_opening(opening: UUID) -> Opening | None:
    row = await fetch_row(f"SELECT {COLUMNS} FROM break_glass g WHERE g.id = $1", opening)
    return None if row is None else opening_of(row)


async def code_of_patient(patient: UUID) -> str:
    """By what a letter names the patient: it says nothing of the person."""
    row = await fetch_row("SELECT r.code FROM patient p JOIN patient r ON r.id = p.root WHERE p.id = $1", patient)
    return row["code"] if row else ""


async def list_openings(patients: Collection[UUID], *, since: datetime | None = None) -> list[Opening]:
    """Every opening of these patients' identities, the latest first."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM break_glass g WHERE {OF_PEOPLE}"
        " AND ($2::timestamptz IS NULL OR g.opened_at > $2) ORDER BY g.opened_at DESC, g.id",
        list(patients),
        since,
    )
    return [opening_of(row) for row in rows]


async def administrators_of(organisations: Collection[UUID], day: date) -> list[UUID]:
    """Who looks after the accounts of these centres on that day."""
    return [row["account"] for row in await fetch(ADMINISTRATORS, list(organisations), day)]
