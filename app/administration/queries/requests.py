"""Requests for a place as those who decide see them. Of the person it opens what the decision needs, no more.

Once decided, a request names nobody to a centre where the person has no place: who was refused, or left, is gone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.accounts.places.model import State
from app.accounts.places.queries import SEALED_AS, state_of
from app.lib import clock, db
from app.lib.i18n import ZONE
from app.lib.keys import ring

WAITING_SHOWN, DECIDED_SHOWN = 200, 20
# $1: the centre, NULL for the whole network, whose are also the requests that name a centre freely; $2: the day. Whom
# a centre knows once it has decided is also said by scope_of_professional.
KNOWN = """(r.decided_at IS NULL OR $1::uuid IS NULL OR EXISTS (
SELECT FROM membership m WHERE m.account = r.account AND m.organisation = $1
AND (m.valid_to IS NULL OR m.valid_to >= $2::date)))"""
COLUMNS = f"""{KNOWN} AS known, r.id, r.account, r.organisation, coalesce(o.name, '') AS centre, r.other_organisation,
r.profession, r.created_at, r.decided_at, r.decided_by, r.membership, r.reason, a.data_key,
a.given_name, a.family_name"""
TABLES = """membership_request r JOIN account a ON a.id = r.account AND a.closed_at IS NULL
LEFT JOIN organisation o ON o.id = r.organisation"""
OF_CENTRE = "($1::uuid IS NULL OR r.organisation = $1)"
WAITING = f"""
SELECT {COLUMNS} FROM {TABLES} WHERE {OF_CENTRE} AND r.decided_at IS NULL ORDER BY r.created_at, r.id LIMIT $3
"""
DECIDED = f"""
SELECT {COLUMNS} FROM {TABLES} WHERE {OF_CENTRE} AND r.decided_at IS NOT NULL
ORDER BY r.decided_at DESC, r.id LIMIT $3
"""
ONE = f"SELECT {COLUMNS} FROM {TABLES} WHERE r.id = $3"
# A number that another account has is kept without its keyed hash.
TWICE = "SELECT rpps IS NOT NULL AND rpps_hash IS NULL FROM account WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and who made it; `known`: whether the reader may still know. Without that, `name` is empty.

    `centre` is empty where the person named one freely.
    """

    id: UUID
    account: UUID
    known: bool
    name: str
    organisation: UUID | None
    centre: str
    other_organisation: str
    profession: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None
    state: State
    reason: str

    @property
    def place(self) -> str:
        return self.centre or self.other_organisation


async def list_waiting(centre: UUID | None) -> list[Asked]:
    """What is to be decided, the oldest first."""
    return [_asked(row) for row in await db.fetch(WAITING, centre, _today(), WAITING_SHOWN)]


async def list_decided(centre: UUID | None) -> list[Asked]:
    """What was decided lately, the newest first."""
    return [_asked(row) for row in await db.fetch(DECIDED, centre, _today(), DECIDED_SHOWN)]


async def find_request(centre: UUID | None, request: UUID) -> Asked | None:
    """One of them, as this centre sees it, unless its account was closed meanwhile."""
    row = await db.fetch_row(ONE, centre, _today(), request)
    return _asked(row) if row else None


async def is_rpps_given_twice(account: UUID) -> bool:
    """Whether another account gave the same RPPS number."""
    return bool(await db.fetch_value(TWICE, account))


def _today() -> date:
    return clock.day_in(ZONE, clock.now())


def _asked(row: db.Row) -> Asked:
    key, account = ring().open(row["data_key"], row["account"]), row["account"]
    given = key.open(row["given_name"], account, "account.given_name")
    family = key.open(row["family_name"], account, "account.family_name")
    return Asked(
        id=row["id"],
        account=account,
        known=row["known"],
        name=f"{family.upper()} {given}".strip() if row["known"] else "",
        organisation=row["organisation"],
        centre=row["centre"],
        other_organisation=row["other_organisation"],
        profession=row["profession"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        state=state_of(row),
        reason=key.open_or_empty(row["reason"], row["id"], SEALED_AS),
    )
