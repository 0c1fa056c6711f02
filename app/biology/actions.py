"""Entering the report of a laboratory, correcting it, taking it out of the record and back. One transaction each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.biology.model import About, Entry
from app.biology.queries import find_report, write_results
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.ids import new_id
from app.patients.queries import keys_of, lock_patient, note_activity

INSERT = """
INSERT INTO lab_report (id, patient, organisation, taken_on, taken_at, laboratory, sample, fasting, comment, import,
                        entered_by, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING RETURNING id
"""
TAKE = "SELECT id, patient, revision, comment, removed_at FROM lab_report WHERE id = $1 FOR UPDATE"
STANDING = """
SELECT id, analyte, comparator, entered, entered_unit, entered_low, entered_high
FROM lab_result WHERE report = $1 AND until IS NULL
"""
KEEP_FORMER = """
INSERT INTO lab_report_history (id, patient, report, revision, taken_on, taken_at, laboratory, sample, fasting,
                                comment, reason, changed_by, changed_at)
SELECT $2, patient, id, revision, taken_on, taken_at, laboratory, sample, fasting, $3, $4, $5, $6
FROM lab_report WHERE id = $1
"""
UPDATE = """
UPDATE lab_report SET taken_on = $2, taken_at = $3, laboratory = $4, sample = $5, fasting = $6, comment = $7,
    revision = revision + 1
WHERE id = $1
"""
END = "UPDATE lab_result SET until = $2 WHERE id = ANY($1)"
REMOVE = "UPDATE lab_report SET removed_at = $2, removed_by = $3, removed_reason = $4 WHERE id = $1"


async def enter_report(
    by: Actor, patient: UUID, report: UUID, about: About, entries: Sequence[Entry], *, at: datetime
) -> UUID:
    """Keep what a laboratory wrote. `report`: the id that the form carries: sent twice it is kept once.

    Refused: `lab_report.empty` without a value, `lab_report.taken` where the id is of a report that says otherwise.
    """
    if not entries:
        raise Refused("lab_report.empty")
    async with transaction():
        _, key = await lock_patient(patient)
        if await _insert(by, (patient, report, key), about, at=at):
            await write_results(patient, report, entries, 1)
            await note_activity(patient, by.organisation, at)
            await audit.record(audit.Action.LAB_REPORT_ENTERED, **_of(by, report, patient, at), results=len(entries))
        elif not await _is_kept(by, patient, report, about, entries):
            raise Refused("lab_report.taken")
    return report


async def _is_kept(by: Actor, patient: UUID, report: UUID, about: About, entries: Sequence[Entry]) -> bool:
    """Whether this is what stands in the report, entered by the same person."""
    held = await find_report(report)
    if held is None or held.removed_at is not None:
        return False
    stands = {
        Entry(
            analyte=one.analyte,
            comparator=one.comparator,
            value=one.entered,
            unit=one.entered_unit,
            low=one.entered_low,
            high=one.entered_high,
        )
        for one in held.results
    }
    said = (held.patient, held.entered_by, held.organisation, held.about, stands)
    return said == (patient, by.id, by.organisation, about, set(entries))


async def _insert(by: Actor, place: tuple[UUID, UUID, PersonKey], about: About, *, at: datetime) -> bool:
    """Whether the report is new."""
    patient, report, key = place
    kept = await db.fetch_value(
        INSERT, report, patient, by.organisation, *_plain(about), _comment(key, report, about), None, by.id, at
    )
    return kept is not None


def _plain(about: About) -> tuple[Any, ...]:
    return about.taken_on, about.taken_at, about.laboratory, about.sample, about.fasting


def _comment(key: PersonKey, report: UUID, about: About) -> bytes | None:
    return key.seal(about.comment, report, "lab_report.comment") if about.comment else None


async def correct_report(
    by: Actor, report: UUID, about: About, entries: Sequence[Entry], reason: str, revision: int, *, at: datetime
) -> None:
    """Let a report say otherwise; what it said stays readable, with the reason.

    Refused: `lab_report.changed` where somebody did so since `revision`, `lab_report.gone` where it was removed,
    `lab_report.empty` without a value: a report without any is taken out of the record.
    """
    if not entries:
        raise Refused("lab_report.empty")
    async with transaction():
        row = await _take(report)
        if row["revision"] != revision:
            raise Refused("lab_report.changed")
        key = (await keys_of([row["patient"]]))[row["patient"]]
        await _keep_former(by, row, key, reason, at=at)
        await db.execute(UPDATE, report, *_plain(about), _comment(key, report, about))
        changed = await _replace(row, entries, revision + 1)
        await audit.record(audit.Action.LAB_REPORT_CORRECTED, **_of(by, report, row["patient"], at), results=changed)


async def _keep_former(by: Actor, row: db.Row, key: PersonKey, reason: str, *, at: datetime) -> None:
    former, report = new_id(), row["id"]
    comment = None
    if row["comment"] is not None:
        said = key.open(row["comment"], report, "lab_report.comment")
        comment = key.seal(said, former, "lab_report_history.comment")
    sealed = key.seal(reason, former, "lab_report_history.reason")
    await db.execute(KEEP_FORMER, report, former, comment, sealed, by.id, at)


async def _replace(row: db.Row, entries: Sequence[Entry], revision: int) -> int:
    """End the results that are said otherwise or no more, and write those that are new; how many were touched."""
    stand = {
        Entry(
            analyte=one["analyte"],
            comparator=one["comparator"],
            value=one["entered"],
            unit=one["entered_unit"],
            low=one["entered_low"],
            high=one["entered_high"],
        ): one["id"]
        for one in await db.fetch(STANDING, row["id"])
    }
    ended = [result for entry, result in stand.items() if entry not in entries]
    new = [entry for entry in entries if entry not in stand]
    await db.execute(END, ended, revision)
    await write_results(row["patient"], row["id"], new, revision)
    return len({entry.analyte for entry in new} | {entry.analyte for entry in stand if entry not in entries})


async def remove_report(by: Actor, report: UUID, reason: str, *, at: datetime) -> None:
    """Take a report out of the record, with a reason; nothing happens to one that is out."""
    async with transaction():
        row = await _take(report, removed=True)
        if row["removed_at"] is None:
            key = (await keys_of([row["patient"]]))[row["patient"]]
            await db.execute(REMOVE, report, at, by.id, key.seal(reason, report, "lab_report.removed_reason"))
            await audit.record(audit.Action.LAB_REPORT_REMOVED, **_of(by, report, row["patient"], at))


async def restore_report(by: Actor, report: UUID, *, at: datetime) -> None:
    """Bring a report back; nothing happens to one that is there."""
    async with transaction():
        row = await _take(report, removed=True)
        if row["removed_at"] is not None:
            await db.execute(REMOVE, report, None, None, None)
            await audit.record(audit.Action.LAB_REPORT_RESTORED, **_of(by, report, row["patient"], at))


async def _take(report: UUID, *, removed: bool = False) -> db.Row:
    row = await db.fetch_row(TAKE, report)
    if row is None or (row["removed_at"] is not None and not removed):
        raise Refused("lab_report.gone")
    return row


def _of(by: Actor, report: UUID, patient: UUID, at: datetime) -> dict[str, Any]:
    return {"by": by.id, "at": at, "subject": report, "patient": patient, "organisation": by.organisation}
