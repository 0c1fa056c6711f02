"""Reads of one's own account: profile, open sessions, places. Nobody else's."""

from datetime import date, datetime
from uuid import UUID

from app.access.policy import Role, Scope
from app.accounts.model import Kind
from app.accounts.own.model import OpenSession, Place, Profile
from app.lib.db import fetch, fetch_row, fetch_value
from app.lib.keys import ring

PROFILE = """
SELECT a.*,
       (SELECT count(*) FROM passkey p WHERE p.account = a.id AND p.revoked_at IS NULL) AS passkeys,
       (SELECT count(*) FROM recovery_code r WHERE r.account = a.id AND r.used_at IS NULL) AS recovery_codes,
       (SELECT count(*) FROM oidc_identity i WHERE i.account = a.id AND i.revoked_at IS NULL) AS identities,
       (SELECT count(*) FROM session s
        WHERE s.account = a.id AND s.closed_at IS NULL AND s.idle_until > $2 AND s.valid_until > $2) AS sessions
FROM account a WHERE a.id = $1 AND a.closed_at IS NULL
"""
SESSIONS = """
SELECT id, method, device, network, created_at, last_seen_at, id IS NOT DISTINCT FROM $2 AS here
FROM session WHERE account = $1 AND closed_at IS NULL AND idle_until > $3 AND valid_until > $3
ORDER BY here DESC, last_seen_at DESC, id
"""
PLACES = """
SELECT o.name, o.city, m.profession, m.role, m.administers, m.valid_from
FROM membership m JOIN organisation o ON o.id = m.organisation AND o.closed_at IS NULL
WHERE m.account = $1 AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)
ORDER BY m.valid_from, m.id
"""
# An ended session is somebody's too: closing it again does no harm, and whose it was stays nobody else's business.
OWNER = "SELECT account FROM session WHERE id = $1"
LEFT = "SELECT least(idle_until, valid_until) AS until, valid_until <= idle_until AS last FROM session"


async def get_profile(account: UUID, at: datetime) -> Profile:
    """The account, opened."""
    row = await fetch_row(PROFILE, account, at)
    if row is None:
        raise LookupError(f"no account {account}")
    key = ring().open(row["data_key"], account)
    born = key.open_or_empty(row["birth_date"], account, "account.birth_date")
    phone = row["phone"] if row["phone_verified_at"] else None
    return Profile(
        kind=Kind(row["kind"]),
        given_name=key.open(row["given_name"], account, "account.given_name"),
        family_name=key.open(row["family_name"], account, "account.family_name"),
        email=key.open(row["email"], account, "account.email"),
        phone=key.open_or_empty(phone, account, "account.phone"),
        birth_date=date.fromisoformat(born) if born else None,
        sex=row["sex"],
        language=row["language"],
        has_password=row["password_hash"] is not None,
        password_changed_at=row["password_changed_at"],
        has_authenticator=row["totp_secret"] is not None,
        passkeys=row["passkeys"],
        recovery_codes=row["recovery_codes"],
        identities=row["identities"],
        sessions=row["sessions"],
        trained_until=row["trained_until"],
    )


async def password_hash_of(account: UUID) -> str | None:
    """The hash of its password; None for an account that has none."""
    found: str | None = await fetch_value("SELECT password_hash FROM account WHERE id = $1", account)
    return found


async def list_sessions(account: UUID, here: UUID | None, at: datetime) -> list[OpenSession]:
    """Where this account is signed in, the asking browser first."""
    return [OpenSession(**row) for row in await fetch(SESSIONS, account, here, at)]


async def list_places(account: UUID, day: date) -> list[Place]:
    """Where this account works on that day, oldest place first."""
    rows = await fetch(PLACES, account, day)
    return [
        Place(row["name"], row["city"], row["profession"], Role(row["role"]), row["administers"], row["valid_from"])
        for row in rows
    ]


async def scope_of_session(session: UUID) -> Scope | None:
    """A session is its owner's alone."""
    row = await fetch_row(OWNER, session)
    return None if row is None else Scope(None, account=row["account"])


async def time_left(token_hash: bytes, at: datetime) -> tuple[int, bool]:
    """Seconds until the session of this token ends, 0 without one; and whether nothing can put that off."""
    row = await fetch_row(f"{LEFT} WHERE token_hash = $1 AND closed_at IS NULL", token_hash)
    if row is None:
        return 0, False
    return max(0, int((row["until"] - at).total_seconds())), row["last"]
