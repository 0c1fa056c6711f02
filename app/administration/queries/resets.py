"""Whose account an administrator may have reset: read across accounts, centres and the patients these follow."""

from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Actor, Role, Scope
from app.accounts.queries import email_hash
from app.lib.clock import day_in, now
from app.lib.db import fetch, fetch_row, fetch_value
from app.lib.i18n import ZONE

SHOWN_FOR = timedelta(days=30)
MOST = 100
# A professional belongs to the centres they work in, a patient or relative to those that follow the patient; whoever
# looks after the network to none, so that only their like may see them.
CENTRES = """CASE a.kind
    WHEN 'professional' THEN ARRAY(
        SELECT m.organisation FROM membership m JOIN organisation o ON o.id = m.organisation AND o.closed_at IS NULL
        WHERE m.account = a.id AND m.valid_from <= $1 AND (m.valid_to IS NULL OR m.valid_to >= $1))
    WHEN 'patient' THEN ARRAY(
        SELECT f.organisation FROM patient_link l
        JOIN patient p ON p.id = l.patient AND p.removed_at IS NULL AND p.merged_into IS NULL
        JOIN affiliation f ON f.patient = p.id AND f.status = 'active' AND f.valid_to IS NULL
        WHERE l.account = a.id AND l.valid_from <= $1 AND (l.valid_to IS NULL OR l.valid_to >= $1))
    ELSE '{}'::uuid[] END"""
OF_ACCOUNT = f"SELECT {CENTRES} AS centres FROM account a WHERE a.id = $2 AND a.closed_at IS NULL"
OF_RESET = f"""
SELECT {CENTRES} AS centres FROM account_reset r JOIN account a ON a.id = r.account AND a.closed_at IS NULL
WHERE r.id = $2
"""
LIST = f"""
SELECT id FROM (
    SELECT r.id, r.asked_at, {CENTRES} AS centres
    FROM account_reset r JOIN account a ON a.id = r.account AND a.closed_at IS NULL
    WHERE r.asked_at > $3
) found WHERE $2::uuid IS NULL OR $2 = ANY(centres)
ORDER BY asked_at DESC, id DESC LIMIT $4
"""


async def scope_of_account(account: UUID) -> Scope | None:
    """By which centres an account is looked after."""
    return await _scope(OF_ACCOUNT, account)


async def scope_of_reset(reset: UUID) -> Scope | None:
    """A reset is seen where its account is."""
    return await _scope(OF_RESET, reset)


async def _scope(sql: str, thing: UUID) -> Scope | None:
    row = await fetch_row(sql, day_in(ZONE, now()), thing)
    return None if row is None else Scope(None, frozenset(row["centres"]))


async def find_account(email: str) -> UUID | None:
    """The open account of exactly this address."""
    found: UUID | None = await fetch_value(
        "SELECT id FROM account WHERE email_hash = $1 AND closed_at IS NULL", email_hash(email)
    )
    return found


async def list_resets(by: Actor, day: date, at: datetime) -> list[UUID]:
    """The resets of the last days that the actor may see, the newest first."""
    centre = None if by.role is Role.SUPERADMIN else by.organisation
    rows = await fetch(LIST, day, centre, at - SHOWN_FOR, MOST)
    return [row["id"] for row in rows]
