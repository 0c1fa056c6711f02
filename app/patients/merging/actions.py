"""Merging two records, and making them two again. Each action is one transaction.

Whose the rows are that were written in between is settled by whoever calls `unmerge_records`, in the same transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.accounts.actions.notices import tell_owner
from app.accounts.links.queries import accounts_to_tell
from app.accounts.notices import Notice
from app.audit import actions as audit
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.patients.identity.model import Kind, Past
from app.patients.identity.queries import rewrite_history, write_history, write_identity
from app.patients.merging import queries
from app.patients.merging.model import Merge, Owner, Wanted, alone, apart, concerns, edited, merged
from app.patients.model import NewPatient
from app.patients.queries import ids_of, keys_of, record_as_written

INSERT = """
INSERT INTO patient_merge
    (id, kept, absorbed, organisation, snapshot, choices, confirmed, reason, merged_by, merged_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10)
"""
TAKE_IN = """
UPDATE patient SET root = $1, merged_into = CASE WHEN id = $2 THEN $1 ELSE merged_into END WHERE root = $2
"""
REVISE = "UPDATE patient SET revision = revision + 1 WHERE id = $1"
LET_GO = """
UPDATE patient SET root = $1, merged_into = CASE WHEN id = $1 THEN NULL ELSE merged_into END WHERE id = ANY($2)
"""
UNDO = "UPDATE patient_merge SET unmerged_by = $2, unmerged_at = $3, unmerged_reason = $4 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Undoing:
    """Which merge, why, and whose is what was changed since in who the person is, by field."""

    merge: UUID
    reason: str
    owners: Mapping[str, Owner]


async def merge_records(by: Actor, wanted: Wanted, *, at: datetime) -> UUID:
    """Let one record stand for two; the id of the merge. Their accounts are told.

    Refused where one of them is not open to the actor, stands for itself no longer, or was changed since it was shown.
    """
    async with transaction():
        before = await _both(by, wanted)
        if not wanted.confirmed >= frozenset(await _concerns(wanted, before, at)):
            raise Refused("merge.changed")
        merge = new_id()
        key = (await keys_of([wanted.kept]))[wanted.kept]
        await db.execute(
            INSERT,
            merge,
            wanted.kept,
            wanted.absorbed,
            by.organisation,
            key.seal(before[0].as_text(), merge, "patient_merge.snapshot"),
            json.dumps(wanted.choices),
            sorted(wanted.confirmed),
            key.seal(wanted.reason, merge, "patient_merge.reason"),
            by.id,
            at,
        )
        await db.execute(TAKE_IN, wanted.kept, wanted.absorbed)
        await db.execute(REVISE, wanted.kept)
        await _write(by, wanted.kept, before[0], merged(*before, wanted.choices), at)
        for patient in (wanted.kept, wanted.absorbed):
            await audit.record(
                audit.Action.PATIENTS_MERGED,
                by=by.id,
                at=at,
                subject=merge,
                patient=patient,
                organisation=by.organisation,
                fields=",".join(sorted(field for field, side in wanted.choices.items() if side == "absorbed")),
            )
        await _tell(wanted.kept, Notice.RECORDS_MERGED, at)
    return merge


async def _write(by: Actor, patient: UUID, former: NewPatient, known: NewPatient, at: datetime) -> None:
    """Let a record say who its person is, and keep what it said, if that was another thing."""
    key = (await keys_of([patient]))[patient]
    await write_identity(patient, key, known)
    if edited(former, known):
        await write_history(patient, key, Past(Kind.CHANGED, former, "", by.id, by.organisation, at))


async def _both(by: Actor, wanted: Wanted) -> tuple[NewPatient, NewPatient]:
    """Who both records say the person is, held; Refused unless they can be merged."""
    pair = (wanted.kept, wanted.absorbed)
    held = await queries.lock_records(pair)
    standing = len(held) == len(pair) and all(
        row["merged_into"] is None and row["removed_at"] is None for row in held.values()
    )
    if not standing or not all([await queries.is_open_to(by, one) for one in pair]):
        raise Refused("merge.not_possible")
    if wanted.revisions != tuple(held[one]["revision"] for one in pair):
        raise Refused("merge.changed")
    return (await record_as_written(wanted.kept)).known, (await record_as_written(wanted.absorbed)).known


async def _concerns(wanted: Wanted, before: tuple[NewPatient, NewPatient], at: datetime) -> list[str]:
    accounts = await queries.own_accounts((wanted.kept, wanted.absorbed), day_in(ZONE, at))
    return list(concerns(*before, accounts))


async def _tell(patient: UUID, notice: Notice, at: datetime) -> None:
    for account in await accounts_to_tell(await ids_of(patient), day_in(ZONE, at)):
        await tell_owner(account, notice, at=at)


async def unmerge_records(by: Actor, undoing: Undoing, *, at: datetime) -> Merge:
    """Make two records of the one again, each saying who its person was; the merge that was undone.

    Refused where it stands no longer, where a later merge has to come off first, and where a field that was changed
    since has no owner.
    """
    async with transaction():
        merge = await queries.lock_merge(undoing.merge)
        if merge is None:
            raise Refused("merge.not_the_last")
        await queries.lock_records({merge.kept, merge.absorbed, *await ids_of(merge.kept)})
        if await queries.last_merge(merge.kept) != merge.id:
            raise Refused("merge.not_the_last")
        await _tell(merge.kept, Notice.RECORDS_SEPARATED, at)
        before, now, changed = await queries.identities(merge)
        if not set(changed) <= set(undoing.owners):
            raise Refused("merge.moved_on")
        owners = {field: undoing.owners[field] for field in changed}
        kept, absorbed = apart(before, now, owners)
        key = (await keys_of([merge.kept]))[merge.kept]
        await db.execute(LET_GO, merge.absorbed, await queries.branch_of(merge.absorbed))
        await rewrite_history(merge.kept, key, merge.merged_at, lambda former: alone(former, before, owners))
        formers = {merge.kept: alone(now, before, owners), merge.absorbed: before[1]}
        for patient, known in ((merge.kept, kept), (merge.absorbed, absorbed)):
            await db.execute(REVISE, patient)
            await _write(by, patient, formers[patient], known, at)
            await audit.record(
                audit.Action.PATIENTS_SEPARATED,
                by=by.id,
                at=at,
                subject=merge.id,
                patient=patient,
                organisation=by.organisation,
            )
        sealed = key.seal(undoing.reason, merge.id, "patient_merge.unmerged_reason")
        await db.execute(UNDO, merge.id, by.id, at, sealed)
    return merge
