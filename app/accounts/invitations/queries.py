"""Reading invitations: rows come in sealed, people go out."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Scope
from app.accounts.invitations.model import Invitation
from app.accounts.queries import email_hash
from app.lib.db import Row, fetch_row, fetch_value
from app.lib.keys import ring

COLUMNS = """i.id, i.data_key, i.email, i.given_name, i.family_name, i.language, i.organisation,
o.name AS organisation_name, o.closed_at IS NULL AS organisation_open, i.profession, i.role, i.administers,
i.invited_by, i.created_at, i.valid_until, i.sent_at, i.bounced_at, i.opened_at, i.accepted_at, i.revoked_at,
i.account,
EXISTS (SELECT FROM account a WHERE a.id = i.invited_by AND a.closed_at IS NULL AND (a.kind = 'superadmin' OR EXISTS (
    SELECT FROM membership m WHERE m.account = a.id AND m.organisation = i.organisation
    AND (m.administers OR m.role = 'administrator')
    AND m.valid_from <= (now() AT TIME ZONE o.time_zone)::date
    AND (m.valid_to IS NULL OR m.valid_to >= (now() AT TIME ZONE o.time_zone)::date)))) AS inviter_may"""
FROM = "FROM invitation i JOIN organisation o ON o.id = i.organisation"
SEALED = ("email", "given_name", "family_name")
WAITING = """
SELECT EXISTS (SELECT FROM invitation WHERE email_hash = $1 AND organisation = $2 AND accepted_at IS NULL
               AND revoked_at IS NULL AND valid_until > $3)
"""
WORKS_THERE = """
SELECT EXISTS (SELECT FROM account a JOIN membership m ON m.account = a.id AND m.organisation = $2
               AND (m.valid_to IS NULL OR m.valid_to >= $3::date)
               WHERE a.email_hash = $1 AND a.closed_at IS NULL)
"""


def invitation_of(row: Row) -> Invitation:
    """A row of COLUMNS as a value, opened."""
    key, kept = ring().open(row["data_key"], row["id"]), dict(row)
    del kept["data_key"]
    kept |= {name: key.open(row[name], row["id"], f"invitation.{name}") for name in SEALED}
    return Invitation(**kept)


async def scope_of_invitation(invitation: UUID) -> Scope | None:
    """It belongs to the centre it invites to."""
    organisation = await fetch_value("SELECT organisation FROM invitation WHERE id = $1", invitation)
    return None if organisation is None else Scope(None, frozenset({organisation}))


async def find_by_token(token_hash: bytes) -> Invitation | None:
    """The invitation whose link holds this token; a former link of it finds nothing."""
    row = await fetch_row(f"SELECT {COLUMNS} {FROM} WHERE i.token_hash = $1", token_hash)
    return None if row is None else invitation_of(row)


async def lock_by_token(token_hash: bytes) -> Invitation | None:
    """The same, held: it is good once."""
    row = await fetch_row(f"SELECT {COLUMNS} {FROM} WHERE i.token_hash = $1 FOR UPDATE OF i", token_hash)
    return None if row is None else invitation_of(row)


async def lock_invitation(invitation: UUID) -> Invitation | None:
    row = await fetch_row(f"SELECT {COLUMNS} {FROM} WHERE i.id = $1 FOR UPDATE OF i", invitation)
    return None if row is None else invitation_of(row)


async def is_invited(email: str, organisation: UUID, at: datetime) -> bool:
    """Whether a link to this address and this centre still works."""
    return bool(await fetch_value(WAITING, email_hash(email), organisation, at))


async def works_there(email: str, organisation: UUID, at: datetime) -> bool:
    """Whether the person of this address has a place in this centre."""
    return bool(await fetch_value(WORKS_THERE, email_hash(email), organisation, at))
