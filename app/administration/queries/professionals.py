"""Professionals as administrators see them: who they are, how they sign in, where they work. No patient is named."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access.policy import Scope
from app.accounts.professions import Access, access_of
from app.lib import clock, db
from app.lib.i18n import ZONE
from app.lib.keys import ring

COLUMNS = """a.id, a.kind, a.data_key, a.given_name, a.family_name, a.email, a.phone, a.rpps, a.language, a.created_at,
a.closed_at, a.closed_reason, a.email_verified_at, a.phone_verified_at, a.trained_until,
a.totp_secret IS NOT NULL AS authenticator,
(SELECT count(*) FROM passkey k WHERE k.account = a.id AND k.revoked_at IS NULL) AS passkeys,
(SELECT count(*) FROM recovery_code c WHERE c.account = a.id AND c.used_at IS NULL) AS recovery_codes,
(SELECT e.at FROM audit_event e WHERE e.actor = a.id AND e.action = 'session.opened'
 ORDER BY e.at DESC LIMIT 1) AS signed_in_at"""
WORKING = "a.kind IN ('professional', 'superadmin')"
HELD = "(m.valid_to IS NULL OR m.valid_to >= $2)"
OF_CENTRE = f"EXISTS (SELECT FROM membership m WHERE m.account = a.id AND m.organisation = $1 AND {HELD})"
UNTRAINED = """(a.trained_until IS NULL OR a.trained_until < $3) AND EXISTS (
SELECT FROM membership t WHERE t.account = a.id AND t.role IN ('practitioner', 'arc')
AND (t.valid_to IS NULL OR t.valid_to >= $2))"""
SHOWN = {
    "": "a.closed_at IS NULL",
    "training": f"a.closed_at IS NULL AND {UNTRAINED}",
    "closed": "a.closed_at IS NOT NULL",
}
LIST = f"""
SELECT {COLUMNS} FROM account a
WHERE {WORKING} AND ($1::uuid IS NULL OR {OF_CENTRE}) AND ($2::date IS NOT NULL) AND ($3::date IS NOT NULL)
  AND ($4::uuid IS NULL OR a.id < $4)
"""
# Newest first, so that a page begins where the former one ended: names are sealed and cannot be sorted by.
NEWEST = " ORDER BY a.id DESC LIMIT $5"
PLACES = """
SELECT m.id, m.account, m.organisation, o.name AS organisation_name, o.closed_at IS NULL AS organisation_open,
       m.profession, m.role, m.administers, m.valid_from, m.valid_to
FROM membership m JOIN organisation o ON o.id = m.organisation WHERE m.account = ANY($1)
ORDER BY m.valid_to DESC NULLS FIRST, m.valid_from DESC, m.id
"""
SCOPE = """
SELECT ARRAY(SELECT m.organisation FROM membership m
             WHERE m.account = a.id AND (m.valid_to IS NULL OR m.valid_to >= $2)) AS organisations
FROM account a WHERE a.id = $1 AND a.kind IN ('professional', 'superadmin')
"""
TRAINING_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody holds, held or will hold."""

    id: UUID
    account: UUID
    organisation: UUID
    organisation_name: str
    organisation_open: bool
    profession: str
    role: str
    administers: bool
    valid_from: date
    valid_to: date | None

    @property
    def access(self) -> Access:
        return access_of(self.role, self.administers)

    def has_ended(self, day: date) -> bool:
        return self.valid_to is not None and self.valid_to < day


@dataclass(frozen=True, slots=True)
class Professional:
    """One person and how they sign in."""

    id: UUID
    kind: str
    given_name: str
    family_name: str
    email: str
    phone: str
    rpps: str
    language: str
    created_at: datetime
    closed_at: datetime | None
    closed_reason: str
    email_verified_at: datetime | None
    phone_verified_at: datetime | None
    trained_until: date | None
    authenticator: bool
    passkeys: int
    recovery_codes: int
    signed_in_at: datetime | None
    places: tuple[Place, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def list_name(self) -> str:
        return f"{self.family_name.upper()} {self.given_name}".strip()

    def held(self, day: date) -> list[Place]:
        """The places that have not ended on that day."""
        return [place for place in self.places if not place.has_ended(day)]

    def needs_course(self) -> bool:
        return any(place.role != "administrator" for place in self.places)


async def scope_of_professional(account: UUID) -> Scope | None:
    """A professional belongs to the centres where they have a place; who asks for one belongs there not yet."""
    row = await db.fetch_row(SCOPE, account, clock.day_in(ZONE, clock.now()))
    return None if row is None else Scope(None, frozenset(row["organisations"]))


async def scope_of_place(membership: UUID) -> Scope | None:
    """A place belongs to its centre."""
    organisation = await db.fetch_value("SELECT organisation FROM membership WHERE id = $1", membership)
    return None if organisation is None else Scope(None, frozenset({organisation}))


async def list_professionals(
    centre: UUID | None, shown: str, day: date, *, before: UUID | None = None, most: int
) -> list[Professional]:
    """Those of a centre, or of all; the newest accounts first, `before` an account, with their places."""
    asked = f"{LIST} AND {SHOWN.get(shown, SHOWN[''])}{NEWEST}"
    rows = await db.fetch(asked, centre, day, day + TRAINING_SOON, before, most)
    places = await _places([row["id"] for row in rows])
    return [_professional(row, places.get(row["id"], ())) for row in rows]


async def list_superadmins() -> list[Professional]:
    """Those who look after the whole network, closed accounts too, the oldest first."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM account a WHERE a.kind = 'superadmin' ORDER BY a.id")
    return [_professional(row, ()) for row in rows]


async def find_professional(account: UUID) -> Professional | None:
    row = await db.fetch_row(f"SELECT {COLUMNS} FROM account a WHERE a.id = $1 AND {WORKING}", account)
    if row is None:
        return None
    return _professional(row, (await _places([account])).get(account, ()))


async def get_professional(account: UUID) -> Professional:
    found = await find_professional(account)
    if found is None:
        raise LookupError(f"no professional {account}")
    return found


async def owner_of_place(membership: UUID) -> UUID:
    """Whose place it is."""
    account: UUID = await db.fetch_value("SELECT account FROM membership WHERE id = $1", membership)
    return account


async def _places(accounts: Collection[UUID]) -> dict[UUID, tuple[Place, ...]]:
    found: dict[UUID, tuple[Place, ...]] = {}
    for row in await db.fetch(PLACES, list(accounts)):
        found[row["account"]] = (*found.get(row["account"], ()), Place(**row))
    return found


def _professional(row: db.Row, places: tuple[Place, ...]) -> Professional:
    key, account, kept = ring().open(row["data_key"], row["id"]), row["id"], dict(row)
    del kept["data_key"]
    for name in ("given_name", "family_name", "email", "phone", "rpps", "closed_reason"):
        kept[name] = key.open_or_empty(row[name], account, f"account.{name}")
    return Professional(**kept, places=places)
