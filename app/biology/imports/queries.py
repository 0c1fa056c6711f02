"""Reading imports, and what their lines are compared with: who the codes stand for, which results stand already."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from app.access.policy import Actor
from app.biology.forms import day_in
from app.biology.imports.model import Import, ImportScope, Judged, Known, judged
from app.biology.imports.reading import Line, lines_of
from app.biology.library import catalogue
from app.lib import db
from app.lib.keys import ring
from app.patients.queries import followed_by_code, patients_by_id

ONE = """
SELECT id, account, organisation, data_key, content, file_name, created_at, valid_until, done_at, results
FROM lab_import WHERE id = $1
"""
SCOPE = "SELECT account, organisation FROM lab_import WHERE id = $1"
STANDING = """
SELECT s.root AS patient, x.analyte, r.taken_on, r.sample, x.comparator, x.value
FROM lab_report r
JOIN patient_scope s ON s.patient = r.patient
JOIN lab_result x ON x.report = r.id AND x.until IS NULL
WHERE s.root = ANY($1) AND r.removed_at IS NULL AND $2::uuid = ANY(seen_by(s.organisations, s.withheld, r.organisation))
  AND (r.taken_on = ANY($3) OR (r.sample <> '' AND r.sample = ANY($4)))
"""


async def scope_of_import(lab_import: UUID) -> ImportScope | None:
    row = await db.fetch_row(SCOPE, lab_import)
    return None if row is None else ImportScope(None, account=row["account"], organisation=row["organisation"])


async def find_import(lab_import: UUID, *, lock: bool = False) -> Import | None:
    """A file that somebody looked at; its text is gone once it was taken over. Says nothing of who may."""
    row = await db.fetch_row(f"{ONE} FOR UPDATE" if lock else ONE, lab_import)
    if row is None:
        return None
    key = ring().open(row["data_key"], lab_import)
    parts = {name: value for name, value in row.items() if name not in {"data_key", "content", "file_name"}}
    return Import(
        **parts,
        text=key.open_or_empty(row["content"], lab_import, "lab_import.content"),
        file_name=key.open_or_empty(row["file_name"], lab_import, "lab_import.file_name"),
    )


async def look(by: Actor, text: str, today: date) -> list[Judged]:
    """What would become of each line of a file if the actor took it over now; Unreadable for a file without lines."""
    lines = lines_of(text)
    patients = await followed_by_code(by, {line.cells["code"] for line in lines})
    roots = set(patients.values())
    births = {root: one.birth_date.earliest for root, one in (await patients_by_id(roots)).items()}
    return judged(lines, patients, await _standing(by, roots, lines), catalogue(), today, births)


async def _standing(by: Actor, patients: Collection[UUID], lines: Iterable[Line]) -> list[Known]:
    days = {day for line in lines if (day := day_in(line.cells["date"]))}
    samples = {line.cells["sample"] for line in lines} - {""}
    rows = await db.fetch(STANDING, list(patients), by.organisation, list(days), list(samples))
    return [Known(**row) for row in rows]
