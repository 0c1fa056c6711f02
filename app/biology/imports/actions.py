"""Looking at a file of results, taking it over exactly as it was shown, forgetting it. One transaction each."""

from datetime import datetime
from uuid import UUID

from app.access.policy import Actor
from app.audit import actions as audit
from app.biology.imports.model import LASTS, Import, fingerprint, reports_of
from app.biology.imports.queries import find_import, look
from app.biology.imports.reading import lines_of
from app.biology.model import About, Entry
from app.biology.queries import write_results
from app.lib import db
from app.lib.clock import day_in
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.i18n import ZONE
from app.lib.ids import new_id
from app.lib.keys import ring
from app.patients.queries import lock_patient, note_activity

KEEP = """
INSERT INTO lab_import (id, account, organisation, data_key, content, file_name, created_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
INSERT = """
INSERT INTO lab_report (id, patient, organisation, taken_on, laboratory, sample, import, entered_by, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
DONE = """
UPDATE lab_import SET content = NULL, file_name = NULL, done_at = $2, results = $3 WHERE id = $1
"""
FORGET = "DELETE FROM lab_import WHERE valid_until < $1 AND done_at IS NULL"


async def keep_file(by: Actor, text: str, file_name: str, *, at: datetime) -> UUID:
    """Keep a file for an hour, sealed, so that what is taken over is what was shown. Unreadable if it has no lines."""
    if by.organisation is None:
        raise Refused("patient.no_centre")
    lines, made = lines_of(text), new_id()
    wrapped = ring().new_key(made)
    key = ring().open(wrapped, made)
    sealed = key.seal(text, made, "lab_import.content"), key.seal(file_name, made, "lab_import.file_name")
    async with transaction():
        await db.execute(KEEP, made, by.id, by.organisation, wrapped, *sealed, at, at + LASTS)
        await audit.record(
            audit.Action.LAB_IMPORT_LOOKED_AT,
            by=by.id,
            at=at,
            subject=made,
            organisation=by.organisation,
            rows=len(lines),
        )
    return made


async def take_over(by: Actor, lab_import: UUID, shown: str, *, at: datetime) -> int:
    """Write the good lines of a file, all or none; how many results. Asked again it only says so again.

    `shown`: the fingerprint of what the actor looked at. Refused: `lab_import.changed` where the lines are judged
    otherwise now, `lab_import.over` where the file is not kept any more.
    """
    async with transaction():
        held = await find_import(lab_import, lock=True)
        if held is not None and held.done_at is not None:
            return held.results
        if held is None or held.organisation != by.organisation or held.valid_until < at or not held.text:
            raise Refused("lab_import.over")
        results = await _write(by, held, shown, at)
        await db.execute(DONE, lab_import, at, results)
        await audit.record(
            audit.Action.LAB_IMPORT_DONE,
            by=by.id,
            at=at,
            subject=lab_import,
            organisation=by.organisation,
            results=results,
        )
    return results


async def _write(by: Actor, held: Import, shown: str, at: datetime) -> int:
    """Hold the records, in one order for everybody, then judge: what two people import at once stands once."""
    today = day_in(ZONE, at)
    people = {one.patient for one in await look(by, held.text, today) if one.patient}
    for patient in sorted(people):
        await lock_patient(patient)
    lines = await look(by, held.text, today)
    if fingerprint(lines) != shown:
        raise Refused("lab_import.changed")
    made = reports_of(lines)
    for (patient, about), entries in made.items():
        await _keep(by, patient, (held.id, about), entries, at)
    return sum(map(len, made.values()))


async def _keep(by: Actor, patient: UUID, of: tuple[UUID, About], entries: list[Entry], at: datetime) -> None:
    (lab_import, about), report = of, new_id()
    plain = (about.taken_on, about.laboratory, about.sample)
    await db.execute(INSERT, report, patient, by.organisation, *plain, lab_import, by.id, at)
    await write_results(patient, report, entries, 1)
    await note_activity(patient, by.organisation, at)
    await audit.record(
        audit.Action.LAB_REPORT_ENTERED,
        by=by.id,
        at=at,
        subject=report,
        patient=patient,
        organisation=by.organisation,
        results=len(entries),
    )


async def forget_imports(*, at: datetime) -> None:
    """Remove the files that were looked at and not taken over within their hour."""
    async with transaction():
        gone = await db.execute(FORGET, at)
        if gone != "DELETE 0":
            await audit.record(
                audit.Action.LAB_IMPORTS_FORGOTTEN,
                by=audit.WORKER,
                at=at,
                subject=audit.WORKER,
                rows=int(gone.removeprefix("DELETE ")),
            )
