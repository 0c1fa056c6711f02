"""Reading who answers for whom, in force, paused or ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.policy import Scope
from app.access.rights import Right, is_paused, of_age_on
from app.accounts.proxies.model import Link, as_one
from app.accounts.queries import birth_date_in, list_team_addresses
from app.lib import db

COLUMNS = """l.id, l.account, p.id AS patient, l.relationship, l.rights, l.contact, l.valid_from, l.valid_to,
l.given_at, l.ended_at, l.ended_reason, l.beyond, l.beyond_on, l.majority_at, l.revision"""
PERSON = "p.data_key, p.birth_date"
FROM = """FROM patient_link l JOIN patient m ON m.id = l.patient
JOIN patient p ON p.id = m.root AND p.removed_at IS NULL"""
OPEN = "JOIN account a ON a.id = l.account AND a.closed_at IS NULL"
OF_PATIENT = f"SELECT {COLUMNS} {FROM} WHERE p.id = $1 ORDER BY l.valid_from, l.id"
OF_ACCOUNT = f"SELECT {COLUMNS} {FROM} WHERE l.account = $1 ORDER BY l.valid_from, l.id"
SCOPE = f"""
SELECT p.id AS root, l.account, s.organisations, s.withheld
{FROM} JOIN patient_scope s ON s.patient = p.id WHERE l.id = $1
"""
# With all others of the same account to records of the same person.
WITH_ITS_LIKE = f"""
SELECT {COLUMNS} {FROM}
WHERE (l.account, m.root) = (SELECT k.account, r.root FROM patient_link k JOIN patient r ON r.id = k.patient
                             WHERE k.id = $1)
  AND l.relationship <> 'self'
ORDER BY l.id
"""
# Nobody was told yet that these pause. Who goes on by another link to the same person is not paused.
COMING_OF_AGE = f"""
SELECT {COLUMNS}, {PERSON} {FROM} {OPEN}
WHERE l.relationship <> 'self' AND l.valid_to IS NULL AND l.beyond = '' AND l.majority_at IS NULL
  AND NOT EXISTS (SELECT FROM patient_link g JOIN patient r ON r.id = g.patient
                  WHERE g.account = l.account AND r.root = p.id AND g.valid_to IS NULL AND g.beyond <> '')
  AND {{}} ORDER BY p.id
"""
AUTHORS = f"""
SELECT {COLUMNS} {FROM} WHERE p.id = ANY($1) AND l.relationship <> 'self' ORDER BY l.valid_from, l.id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A link as it stands today. `paused`: the patient is of age, and nothing says that it goes on.

    An account that was given several, in records that a merge made one, has one standing: theirs joined.
    """

    link: Link
    holds: bool
    paused: bool


def link_of(row: db.Row) -> Link:
    """A row of COLUMNS as a value."""
    kept = dict(row)
    return Link(**{**kept, "rights": frozenset(map(Right, kept["rights"]))})


async def list_links(patient: UUID) -> list[Link]:
    """Everybody who answers or answered for a patient, the patient included."""
    return [link_of(row) for row in await db.fetch(OF_PATIENT, patient)]


async def list_links_of_account(account: UUID) -> list[Link]:
    """For whom somebody answers or answered."""
    return [link_of(row) for row in await db.fetch(OF_ACCOUNT, account)]


async def find_link(link: UUID, today: date) -> Link | None:
    """A link of somebody close, joined with what else lets them answer for the same person."""
    return await _with_its_like(WITH_ITS_LIKE, link, today)


async def lock_link(link: UUID, today: date) -> Link | None:
    """The same, held, each of its parts."""
    return await _with_its_like(f"{WITH_ITS_LIKE} FOR UPDATE OF l", link, today)


async def _with_its_like(sql: str, link: UUID, today: date) -> Link | None:
    standing = await standing_of([link_of(row) for row in await db.fetch(sql, link)], today)
    return next((one.link for one in standing if link in one.link.ids), None)


async def scope_of_link(link: UUID) -> Scope | None:
    """As the patient's own affair, and that of the centres that follow the patient."""
    row = await db.fetch_row(SCOPE, link)
    if row is None:
        return None
    return Scope(row["root"], frozenset(row["organisations"]), withheld=frozenset(row["withheld"]))


async def scope_of_own_link(link: UUID) -> Scope | None:
    """As the affair of whoever answers for the patient."""
    row = await db.fetch_row(SCOPE, link)
    return None if row is None else Scope(None, account=row["account"])


async def standing_of(links: Collection[Link], today: date) -> list[Standing]:
    """These links as they stand on this day; those of an account that hold, or ended at once, for one person as one."""
    births = await births_of({one.patient for one in links})
    groups = dict[tuple[object, ...], list[Link]]()
    for one in links:
        groups.setdefault((one.account, one.patient, one.is_self, one.holds(today), one.ended_at), []).append(one)
    return [_standing(theirs, births.get(theirs[0].patient, ""), today) for theirs in groups.values()]


def _standing(theirs: list[Link], birth: str, today: date) -> Standing:
    active = [one for one in theirs if one.is_self or not is_paused(birth, one.beyond, today)]
    return Standing(as_one(theirs, active), theirs[0].holds(today), not active)


async def births_of(patients: Collection[UUID]) -> dict[UUID, str]:
    """The birth dates of these patients as they are known: a day, a month or a year; empty where unreadable."""
    rows = await db.fetch("SELECT p.id, p.data_key, p.birth_date FROM patient p WHERE p.id = ANY($1)", list(patients))
    return {row["id"]: birth_date_in(row["id"], row["data_key"], row["birth_date"]) for row in rows}


async def list_newly_of_age(today: date) -> list[UUID]:
    """The patients who came of age and whose proxies were not told yet that their rights pause."""
    found = _of_age(await db.fetch(COMING_OF_AGE.format("true")), today)
    return list(dict.fromkeys(one.patient for one in found))


async def lock_newly_of_age(patient: UUID, today: date) -> list[Link]:
    """The links of one of them that pause from now on, held."""
    return _of_age(await db.fetch(COMING_OF_AGE.format("p.id = $1") + " FOR UPDATE OF l", patient), today)


def _of_age(rows: list[db.Row], today: date) -> list[Link]:
    found = []
    for row in rows:
        kept = dict(row)
        birth = birth_date_in(row["patient"], kept.pop("data_key"), kept.pop("birth_date"))
        if is_paused(birth, "", today):
            found.append(Link(**{**kept, "rights": frozenset(map(Right, kept["rights"]))}))
    return found


async def concerned(patient: UUID, proxies: Collection[UUID], today: date) -> list[tuple[UUID, str]]:
    """Whom to tell that proxies' rights pause: (account, as what): those proxies, the patient, the team."""
    own = [one.account for one in await list_links(patient) if one.is_self and one.holds(today)]
    centres = await db.fetch_value("SELECT organisations FROM patient_scope WHERE patient = $1", patient)
    team = [account for account, _, _ in await list_team_addresses(centres or [])]
    audiences = ((own, "patient"), (proxies, "proxy"), (team, "team"))
    found = {account: audience for accounts, audience in audiences[::-1] for account in accounts}
    return list(found.items())


async def code_of(patient: UUID) -> str:
    code: str = await db.fetch_value("SELECT code FROM patient WHERE id = $1", patient)
    return code


async def is_of_age(patient: UUID, today: date) -> bool:
    """Whether the patient is of age, or may be."""
    birth = (await births_of([patient])).get(patient, "")
    return is_paused(birth, "", today)


async def of_age_day(patient: UUID) -> date | None:
    """The day on which a patient comes or came of age; None where the birth date cannot be read."""
    try:
        return of_age_on((await births_of([patient])).get(patient, ""))
    except ValueError:
        return None


async def links_of_authors(patients: Collection[UUID]) -> list[Link]:
    """Everybody who ever answered for one of these patients as somebody close."""
    return [link_of(row) for row in await db.fetch(AUTHORS, list(patients))]


async def account_of_patient(patient: UUID, today: date) -> UUID | None:
    """The patient's own account, if there is one."""
    links = await list_links(patient)
    return next((one.account for one in links if one.is_self and one.holds(today)), None)
