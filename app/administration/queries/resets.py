"""Whose account an administrator may have reset: read across accounts, centres and the patients these follow."""

from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Actor, Role, Scope, sees
from app.accounts.model import Kind
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
        SELECT f.organisation FROM patient_link l JOIN following f ON f.patient = l.patient
        WHERE l.account = a.id AND l.valid_from <= $1 AND (l.valid_to IS NULL OR l.valid_to >= $1))
    ELSE '{}'::uuid[] END"""
OF_ACCOUNT = f"SELECT {CENTRES} AS centres FROM account a WHERE a.id = $2 AND a.closed_at IS NULL"
OF_PERSON = f"""
SELECT a.kind, {CENTRES} AS centres, ARRAY(
    SELECT p.root FROM patient_link l JOIN patient p ON p.id = l.patient
    WHERE l.account = a.id AND l.valid_from <= $1 AND (l.valid_to IS NULL OR l.valid_to >= $1)) AS patients
FROM account a WHERE a.id = $2 AND a.closed_at IS NULL
"""
# Whoever finds an account by its address leaves this event, and it lets them go on for as long.
FOUND, FOUND_FOR = "reset_found", timedelta(hours=1)
HAS_FOUND = """
SELECT EXISTS (SELECT FROM audit_event e WHERE e.actor = $1 AND e.subject = $2 AND e.at > $3
               AND e.action = 'administration.read' AND e.details->>'page' = $4)
"""
WAITING = """
SELECT r.id FROM account_reset r
WHERE r.account = $1 AND r.used_at IS NULL AND r.refused_at IS NULL AND r.valid_until > $2
"""
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


async def may_handle(by: Actor, account: UUID, at: datetime, *, typed: bool = False) -> bool:
    """Whether this administrator may be told whose account it is. A patient's or relative's is known to those of the
    centre's administrators who follow patients; to the others by the exact address alone, which they `typed` just now
    or within the hour; to the network once the glass was broken.
    """
    row = await fetch_row(OF_PERSON, day_in(ZONE, at), account)
    if row is None or account == by.id or not sees(by, Scope(None, frozenset(row["centres"]))):
        return False
    if row["kind"] != Kind.PATIENT or by.role is Role.PRACTITIONER:
        return True
    if by.role is Role.SUPERADMIN:
        return not by.opened.isdisjoint(row["patients"])
    return typed or bool(await fetch_value(HAS_FOUND, by.id, account, at - FOUND_FOR, FOUND))


async def waiting_reset(account: UUID, at: datetime) -> UUID | None:
    """The reset of this account that has not come to an end."""
    found: UUID | None = await fetch_value(WAITING, account, at)
    return found


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
