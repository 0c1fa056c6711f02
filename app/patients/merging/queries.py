"""Reading merges: both records side by side, what was merged, and which merge comes off first."""

import json
from collections.abc import Collection
from datetime import date
from uuid import UUID

from app.access.policy import Actor, Permission, allows
from app.accounts.links.queries import own_accounts_of
from app.accounts.model import normal_email
from app.accounts.queries import get_email
from app.lib import db
from app.lib.clock import day_in, now
from app.lib.crypto import PersonKey
from app.lib.i18n import ZONE
from app.patients.merging.model import FIELDS, Merge, Side, edited, merged
from app.patients.model import NewPatient, Patient
from app.patients.queries import ids_of, keys_of, record_as_written, scope_of_patient

COLUMNS = """m.id, m.kept, m.absorbed, m.snapshot, m.choices, m.reason, m.merged_by, m.merged_at, m.unmerged_by,
m.unmerged_at, m.unmerged_reason"""
OF_PERSON = f"""
SELECT {COLUMNS} FROM patient_merge m WHERE m.kept = ANY($1) OR m.absorbed = ANY($1)
ORDER BY m.merged_at DESC, m.id DESC
"""
ONE = f"SELECT {COLUMNS} FROM patient_merge m WHERE m.id = $1"
# Of all merges by which a record became what it is, the last.
LAST = """
SELECT m.id FROM patient_merge m JOIN patient p ON p.id = m.absorbed
WHERE p.root = $1 AND m.unmerged_at IS NULL ORDER BY m.merged_at DESC, m.id DESC LIMIT 1
"""
# Nothing can be written for a record that is held.
LOCK = "SELECT id, merged_into, removed_at, revision FROM patient WHERE id = ANY($1) ORDER BY id FOR UPDATE"
BRANCH = """
WITH RECURSIVE branch AS (
    SELECT id FROM patient WHERE id = $1
    UNION ALL SELECT p.id FROM patient p JOIN branch b ON p.merged_into = b.id
) SELECT id FROM branch
"""


async def is_open_to(by: Actor, patient: UUID) -> bool:
    """Whether this person may merge this record: it stands for itself, and their centre follows it."""
    scope = await scope_of_patient(patient)
    return scope is not None and scope.patient == patient and allows(by, Permission.PATIENT_MERGE, scope)


async def list_merges(patient: UUID) -> list[Merge]:
    """The merges that this record took part in, the latest first, those that were undone among them."""
    rows = await db.fetch(OF_PERSON, await ids_of(patient))
    keys = await keys_of({row["kept"] for row in rows})
    return [_merge(row, keys[row["kept"]]) for row in rows]


async def find_merge(patient: UUID, merge: UUID) -> Merge | None:
    """One of the merges that this record took part in."""
    return next((one for one in await list_merges(patient) if one.id == merge), None)


async def lock_merge(merge: UUID) -> Merge | None:
    """One merge, held until the transaction ends."""
    row = await db.fetch_row(f"{ONE} FOR UPDATE", merge)
    return None if row is None else _merge(row, (await keys_of([row["kept"]]))[row["kept"]])


def _merge(row: db.Row, key: PersonKey) -> Merge:
    return Merge(
        row["id"],
        row["kept"],
        row["absorbed"],
        NewPatient.from_text(key.open(row["snapshot"], row["id"], "patient_merge.snapshot")),
        {field: Side(side) for field, side in json.loads(row["choices"]).items() if field in FIELDS},
        key.open(row["reason"], row["id"], "patient_merge.reason"),
        row["merged_by"],
        row["merged_at"],
        row["unmerged_by"],
        row["unmerged_at"],
        key.open_or_empty(row["unmerged_reason"], row["id"], "patient_merge.unmerged_reason"),
    )


async def last_merge(patient: UUID) -> UUID | None:
    """The merge that can be undone: the latest of those that made this record."""
    found: UUID | None = await db.fetch_value(LAST, patient)
    return found


async def identities(merge: Merge) -> tuple[tuple[NewPatient, NewPatient], NewPatient, list[str]]:
    """Who both records said the person was, who the one says they are now, and the fields changed since the merge."""
    before = merge.before, (await record_as_written(merge.absorbed)).known
    now = (await record_as_written(merge.kept)).known
    return before, now, edited(merged(*before, merge.choices), now)


async def branch_of(patient: UUID) -> list[UUID]:
    """A record and what was merged into it, and into that."""
    return [row["id"] for row in await db.fetch(BRANCH, patient)]


async def lock_records(patients: Collection[UUID]) -> dict[UUID, db.Row]:
    """The rows of these records, held until the transaction ends, always in the same order."""
    return {row["id"]: row for row in await db.fetch(LOCK, sorted(patients))}


async def proven_sides(kept: Patient, absorbed: Patient) -> list[Side]:
    """The records whose e-mail address is the one with which the person themselves signs in."""
    found = []
    for side, one in ((Side.KEPT, kept), (Side.ABSORBED, absorbed)):
        accounts = await own_accounts_of(await branch_of(one.id), day_in(ZONE, now()))
        addresses = {normal_email(await get_email(account)) for account in accounts}
        if one.email and normal_email(one.email) in addresses:
            found.append(side)
    return found


async def own_accounts(pair: tuple[UUID, UUID], day: date) -> tuple[list[UUID], list[UUID]]:
    """The accounts of the persons themselves, of the one record and of the other."""
    one, other = pair
    return await own_accounts_of(await branch_of(one), day), await own_accounts_of(await branch_of(other), day)
