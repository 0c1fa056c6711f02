"""Bringing the drug database to a release: one transaction, and nothing at all the second time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.audit import actions as audit
from app.lib import db
from app.lib.db import transaction
from app.lib.ids import new_id
from app.treatments.drugs.reading import Entry, Reading

KNOWN = """
SELECT cis, name, form, routes, holder, status, marketed, substances, atc, conditions, availability, generic_group,
       withdrawn IS NOT NULL AS withdrawn
FROM drug
"""
# What a release does not say stays as the one before said it.
WRITE = """
INSERT INTO drug (cis, name, form, routes, holder, status, marketed, substances, atc, conditions, availability,
                  generic_group, words, release)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, ''), coalesce($11, ''), coalesce($12, ''), $13, $14)
ON CONFLICT (cis) DO UPDATE SET name = $2, form = $3, routes = $4, holder = $5, status = $6, marketed = $7,
    substances = $8, atc = coalesce($9, drug.atc), conditions = coalesce($10, drug.conditions),
    availability = coalesce($11, drug.availability), generic_group = coalesce($12, drug.generic_group),
    words = $13, release = $14, withdrawn = NULL
"""
# The same month once more: it was incomplete or read wrongly.
RELEASE = """
INSERT INTO drug_release (id, source, dated, imported_at, drugs, added, changed, withdrawn)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (source, dated) DO UPDATE SET imported_at = $4, drugs = $5, added = $6, changed = $7, withdrawn = $8
RETURNING id
"""
NEWEST = "SELECT max(dated) AS newest, coalesce(bool_or(source = $1 AND dated = $2), false) AS known FROM drug_release"
ONE_AT_A_TIME = 2026_0810
SUBSTANCE = ("id", "drug", "form", "code", "name", "dose", "per", "nature", "number")
PACK = ("id", "drug", "cip13", "label", "status")
COMPARED = ("name", "form", "routes", "holder", "status", "marketed")
SAID = ("atc", "conditions", "availability", "generic_group")
MOST_LOST = 0.1
"""Of the drugs that are there; months bring far less. More is a release that is not whole."""


@dataclass(frozen=True, slots=True)
class Difference:
    """CIS codes: what a release brings, says otherwise, and no longer holds. `known`: it was imported before."""

    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    known: bool = False
    doubt: str = ""

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn)


class Doubtful(Exception):
    """The release is not one to be believed: older than what is there, or not whole. Nothing was changed."""


async def import_drugs(
    by: UUID, reading: Reading, source: str, dated: str, *, at: datetime, dry: bool = False, force: bool = False
) -> Difference:
    """Make the database say what the release says. Drugs that it no longer holds stay, marked: they were prescribed.

    `dry`: only say what would change, and what is doubtful. `force`: although it is not whole, or is there already.
    Doubtful where it is older than the newest, of a month to come, or not whole.
    """
    async with transaction():
        await db.execute("SELECT pg_advisory_xact_lock($1)", ONE_AT_A_TIME)
        there = await db.fetch_row(NEWEST, source, dated)
        if there is None or dated < (there["newest"] or "") or dated > f"{at:%Y-%m}":
            raise Doubtful(f"{dated} is to come, or older than what is there ({there and there['newest']})")
        found = await _difference(reading)
        if there["known"] and not found.any and not force:
            return Difference(known=True)
        if dry:
            return found
        if found.doubt and not force:
            raise Doubtful(found.doubt)
        entries = reading.entries
        counts = (len(entries), len(found.added), len(found.changed), len(found.withdrawn))
        release = await db.fetch_value(RELEASE, new_id(), source, dated, at, *counts)
        await _write(release, entries, found)
        await audit.record(audit.Action.DRUGS_IMPORTED, by=by, at=at, subject=release, found=len(entries))
    return found


async def _difference(reading: Reading) -> Difference:
    entries, rows = reading.entries, {row["cis"]: row for row in await db.fetch(KNOWN)}
    there = {cis: row for cis, row in rows.items() if not row["withdrawn"]}
    changed = {cis for cis, entry in entries.items() if cis in rows and _differs(rows[cis], entry)}
    gone = there.keys() - entries.keys() - reading.unsure
    emptied = {cis for cis in changed & there.keys() if there[cis]["substances"] and not entries[cis].substances}
    doubt = reading.doubt
    if len(gone) + len(emptied) > len(there) * MOST_LOST:
        doubt = doubt or f"of {len(there):,} drugs {len(gone):,} are gone, {len(emptied):,} without substances"
    added = frozenset(entries.keys() - rows.keys())
    return Difference(added, frozenset(changed), frozenset(gone), doubt=doubt)


def _differs(row: db.Row, entry: Entry) -> bool:
    said = [name for name in SAID if getattr(entry, name) is not None]
    return (
        row["withdrawn"]
        or row["substances"] != entry.substance_names
        or any((row[name] or "") != (getattr(entry, name) or "") for name in (*COMPARED[:5], *said))
        or row["marketed"] != entry.marketed
    )


async def _write(release: UUID, entries: dict[str, Entry], found: Difference) -> None:
    touched = [entries[cis] for cis in sorted(found.added | found.changed)]
    async with db.connection() as link:
        await link.executemany(WRITE, [_row(entry, release) for entry in touched])
        gone = list(found.withdrawn)
        await link.execute("UPDATE drug SET withdrawn = $2 WHERE cis = ANY($1)", gone, release)
        await link.execute("DELETE FROM drug_substance WHERE drug = ANY($1)", list(entries))
        parts = [
            (new_id(), cis, one.form, one.code, one.name, one.dose, one.per, one.nature, one.number)
            for cis, entry in entries.items()
            for one in entry.substances
        ]
        await link.copy_records_to_table("drug_substance", columns=SUBSTANCE, records=parts)
        boxed = {cis: entry.packs for cis, entry in entries.items() if entry.packs is not None}
        await link.execute("DELETE FROM drug_pack WHERE drug = ANY($1)", list(boxed))
        packs = [(new_id(), cis, one.cip13, one.label, one.status) for cis, own in boxed.items() for one in own]
        await link.copy_records_to_table("drug_pack", columns=PACK, records=packs)
        await link.execute("DELETE FROM drug_word")
        await link.execute("INSERT INTO drug_word SELECT DISTINCT unnest(words) FROM drug WHERE withdrawn IS NULL")


def _row(entry: Entry, release: UUID) -> tuple[object, ...]:
    return (
        entry.cis,
        entry.name,
        entry.form,
        entry.routes,
        entry.holder,
        entry.status,
        entry.marketed,
        entry.substance_names,
        entry.atc,
        entry.conditions,
        entry.availability,
        entry.generic_group,
        entry.words,
        release,
    )
