"""Reads about resets: by id for administrators, by the hash of a mailed link for owners."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor, Role
from app.accounts.model import Kind
from app.accounts.queries import list_memberships
from app.accounts.resets.hands import Bar, Hand, bar_between
from app.accounts.resets.model import Reset
from app.lib.clock import day_in
from app.lib.db import Row, fetch, fetch_row
from app.lib.i18n import ZONE
from app.lib.keys import ring

RESET = """
SELECT r.*, a.kind, a.language, a.data_key, a.given_name, a.family_name, a.email AS known_email
FROM account_reset r JOIN account a ON a.id = r.account AND a.closed_at IS NULL
"""
BY_LINK = f"""{RESET} WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.refused_at IS NULL AND r.valid_until > $2"""
GIVEN = """
SELECT given_by, coalesce(given_on, valid_from) AS given_on FROM membership WHERE account = $1 AND organisation = $2
"""
OPEN = "SELECT * FROM account_reset WHERE account = $1 AND used_at IS NULL AND refused_at IS NULL FOR UPDATE"


def _reset(row: Row) -> Reset:
    account, key = row["account"], ring().open(row["data_key"], row["account"])
    given = key.open(row["given_name"], account, "account.given_name")
    family = key.open(row["family_name"], account, "account.family_name")
    return Reset(
        id=row["id"],
        account=account,
        kind=Kind(row["kind"]),
        name=f"{given} {family}".strip(),
        known_email=key.open(row["known_email"], account, "account.email"),
        new_email=key.open_or_empty(row["email"], row["id"], "account_reset.email"),
        reason=key.open(row["reason"], row["id"], "account_reset.reason"),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        confirmed_by=row["confirmed_by"],
        confirmed_at=row["confirmed_at"],
        refused_by=row["refused_by"],
        refused_at=row["refused_at"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        used_at=row["used_at"],
    )


async def hand_of(account: UUID, organisation: UUID | None) -> Hand:
    """An administrator as one of two; also one whose place has ended since."""
    rows = [] if organisation is None else await fetch(GIVEN, account, organisation)
    return Hand(account, organisation, tuple((row["given_by"], row["given_on"]) for row in rows))


async def bar_for(by: Actor, row: Row, at: datetime) -> Bar | None:
    """Why this administrator cannot confirm what another one asked for."""
    first = await hand_of(row["asked_by"], row["organisation"])
    second = await hand_of(by.id, None if by.role is Role.SUPERADMIN else by.organisation)
    today = day_in(ZONE, at)
    places = {place.organisation for place in await list_memberships(row["account"], today)}
    return bar_between(first, second, places, today)


async def bar_to_confirm(by: Actor, reset: UUID, at: datetime) -> Bar | None:
    """The same, for the page of a reset."""
    row = await fetch_row(f"{RESET} WHERE r.id = $1", reset)
    return None if row is None else await bar_for(by, row, at)


async def get_reset(reset: UUID) -> Reset:
    """One reset, opened; for administrators whose right to see it was checked."""
    row = await fetch_row(f"{RESET} WHERE r.id = $1", reset)
    if row is None:
        raise LookupError(f"no reset {reset}")
    return _reset(row)


async def resets_by_id(resets: Collection[UUID]) -> list[Reset]:
    """These resets, the newest first; for lists whose ids were already found for the actor."""
    rows = await fetch(f"{RESET} WHERE r.id = ANY($1) ORDER BY r.asked_at DESC, r.id DESC", list(resets))
    return [_reset(row) for row in rows]


async def find_by_link(token_hash: bytes, at: datetime) -> Reset | None:
    """The reset that a mailed link still opens."""
    row = await fetch_row(BY_LINK, token_hash, at)
    return None if row is None else _reset(row)


async def lock_by_link(token_hash: bytes, at: datetime) -> Row | None:
    """The row of that reset and its account, held."""
    return await fetch_row(f"{BY_LINK} FOR UPDATE", token_hash, at)


async def lock_reset(reset: UUID) -> Row | None:
    """One reset and its account, held."""
    return await fetch_row(f"{RESET} WHERE r.id = $1 FOR UPDATE", reset)


async def lock_open(account: UUID) -> Row | None:
    """The reset of this account that has not come to an end, held."""
    return await fetch_row(OPEN, account)
