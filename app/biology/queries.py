"""Reading reports of laboratories and their results, for whom; writing results within the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.access.policy import Actor
from app.biology.library import catalogue
from app.biology.model import About, Entry, Former, Report, ReportScope, Result, Series, all_series, result_of
from app.lib import db
from app.lib.crypto import PersonKey
from app.lib.ids import new_id
from app.patients.queries import keys_of

COLUMNS = """r.id, r.patient, r.organisation, r.taken_on, r.taken_at, r.laboratory, r.sample, r.fasting, r.comment,
r.import, r.entered_by, r.entered_at, r.revision, r.removed_at, r.removed_by, r.removed_reason"""
SEEN_BY = "seen_by(s.organisations, s.withheld, r.organisation)"
SCOPE = f"""
SELECT s.root, s.withheld, r.removed_at, {SEEN_BY} AS organisations
FROM lab_report r JOIN patient_scope s ON s.patient = r.patient WHERE r.id = $1
"""
ONE = f"SELECT {COLUMNS} FROM lab_report r WHERE r.id = $1"
LIST = f"""
SELECT {COLUMNS} FROM lab_report r JOIN patient_scope s ON s.patient = r.patient
WHERE s.root = $1 AND $2::uuid = ANY({SEEN_BY}) AND (r.removed_at IS NOT NULL) = $3
ORDER BY r.taken_on, coalesce(r.taken_at, r.taken_on::timestamp AT TIME ZONE 'Europe/Paris'), r.id
"""
RESULTS = """
SELECT id, report, analyte, comparator, entered, entered_unit, entered_low, entered_high, value, unit, low, high,
       since, until
FROM lab_result WHERE report = ANY($1) AND (until IS NULL OR $2) ORDER BY since, id
"""
INSERT_RESULTS = """
INSERT INTO lab_result (id, patient, report, analyte, comparator, entered, entered_unit, entered_low, entered_high,
                        value, unit, low, high, since)
SELECT id, $1, $2, analyte, comparator, entered, entered_unit, entered_low, entered_high, value, unit, low, high, $3
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::numeric[], $8::text[], $9::numeric[], $10::numeric[],
            $11::numeric[], $12::text[], $13::numeric[], $14::numeric[])
AS t (id, analyte, comparator, entered, entered_unit, entered_low, entered_high, value, unit, low, high)
"""
HISTORY = """
SELECT id, patient, revision, taken_on, taken_at, laboratory, sample, fasting, comment, reason, changed_by, changed_at
FROM lab_report_history WHERE report = $1 ORDER BY revision DESC
"""


async def scope_of_report(report: UUID) -> ReportScope | None:
    row = await db.fetch_row(SCOPE, report)
    if row is None:
        return None
    return ReportScope(
        row["root"],
        frozenset(row["organisations"]),
        withheld=frozenset(row["withheld"]),
        removed=row["removed_at"] is not None,
    )


async def list_reports(by: Actor, patient: UUID, *, removed: bool = False) -> list[Report]:
    """The reports of a record that the actor's centre may know of, the earliest first; or those taken out of it."""
    rows = await db.fetch(LIST, patient, by.organisation, removed)
    results = await _results([row["id"] for row in rows])
    keys = await keys_of({row["patient"] for row in rows})
    return [_report(row, keys[row["patient"]], results) for row in rows]


async def series_of(by: Actor, patient: UUID) -> list[Series]:
    """The results of a record that the actor's centre may know of, one series an analyte, as the catalogue orders."""
    return all_series(await list_reports(by, patient), catalogue().analytes)


async def find_report(report: UUID) -> Report | None:
    """One report, removed or not, with the results that stand. Says nothing of who may: its scope does."""
    row = await db.fetch_row(ONE, report)
    if row is None:
        return None
    return _report(row, (await keys_of([row["patient"]]))[row["patient"]], await _results([report]))


async def former_of(report: UUID) -> list[Former]:
    """What a report said before each correction, the latest first."""
    rows = await db.fetch(HISTORY, report)
    keys = await keys_of({row["patient"] for row in rows})
    every = (await _results([report], every=True)).get(report, [])
    return [_former(row, keys[row["patient"]], report, every) for row in rows]


async def _results(reports: list[UUID], *, every: bool = False) -> dict[UUID, list[Result]]:
    found: dict[UUID, list[Result]] = {}
    for row in await db.fetch(RESULTS, reports, every):
        found.setdefault(row["report"], []).append(Result(**row))
    order = list(catalogue().analytes)
    places = {analyte: place for place, analyte in enumerate(order)}
    for results in found.values():
        results.sort(key=lambda one: places.get(one.analyte, len(order)))
    return found


def _report(row: db.Row, key: PersonKey, results: Mapping[UUID, list[Result]]) -> Report:
    report = row["id"]
    return Report(
        id=report,
        patient=row["patient"],
        organisation=row["organisation"],
        about=_about(row, key, report),
        entered_by=row["entered_by"],
        entered_at=row["entered_at"],
        revision=row["revision"],
        imported=row["import"] is not None,
        results=tuple(results.get(report, ())),
        removed_at=row["removed_at"],
        removed_by=row["removed_by"],
        removed_reason=key.open_or_empty(row["removed_reason"], report, "lab_report.removed_reason"),
    )


def _about(row: db.Row, key: PersonKey, sealed_for: UUID, table: str = "lab_report") -> About:
    plain: dict[str, Any] = {name: row[name] for name in ("taken_on", "taken_at", "laboratory", "sample", "fasting")}
    return About(**plain, comment=key.open_or_empty(row["comment"], sealed_for, f"{table}.comment"))


def _former(row: db.Row, key: PersonKey, report: UUID, every: list[Result]) -> Former:
    revision = row["revision"]
    stood = [one for one in every if one.since <= revision and (one.until is None or one.until > revision)]
    return Former(
        revision=revision,
        about=_about(row, key, row["id"], "lab_report_history"),
        reason=key.open(row["reason"], row["id"], "lab_report_history.reason"),
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        results=tuple(stood),
    )


async def write_results(patient: UUID, report: UUID, entries: Sequence[Entry], since: int) -> None:
    """Part of the caller's transaction: results of a report, converted."""
    analytes = catalogue().analytes
    made = [result_of(report, new_id(), analytes[one.analyte], one, since) for one in entries]
    if made:
        await db.execute(INSERT_RESULTS, patient, report, since, *map(list, zip(*map(_columns, made), strict=True)))


def _columns(one: Result) -> tuple[Any, ...]:
    entered = (one.entered, one.entered_unit, one.entered_low, one.entered_high)
    return one.id, one.analyte, one.comparator, *entered, one.value, one.unit, one.low, one.high
