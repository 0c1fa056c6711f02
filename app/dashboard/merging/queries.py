"""Reads across packages what two records hold, and what was written while they were one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

from app.dashboard.merging.registry import NAMED_BY, PARTS, UNITS, Kind, Unit
from app.dashboard.merging.sorting import Group, Node, Row, sort
from app.lib import db
from app.lib.crypto import PersonKey
from app.patients.merging.model import Merge, Side
from app.patients.merging.queries import branch_of
from app.patients.queries import ids_of, keys_of

# Keys that include the patient: (table, column, table it names a row of).
KEYS = """
SELECT c.conrelid::regclass::text AS child, a.attname::text AS named, c.confrelid::regclass::text AS parent
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname <> 'patient'
WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND EXISTS (
    SELECT FROM pg_attribute p WHERE p.attrelid = c.conrelid AND p.attnum = ANY (c.conkey) AND p.attname = 'patient')
"""
ANSWERING_FOR = "SELECT DISTINCT account FROM patient_link WHERE patient = ANY($1) AND id < $2"
# Ids are made in the order of time; of one that was drawn by lot nobody knows, so it is asked about.
SINCE = "(id > $2 OR substr(id::text, 15, 1) <> '7')"
ORDERED = 7
Key = tuple[str, str, str]


async def keys_that_follow() -> list[Key]:
    """Which column of which table names a row of which other, within one patient."""
    return [tuple(row) for row in await db.fetch(KEYS)] + [(*place, table) for place, table in NAMED_BY.items()]


async def count_held(patients: Collection[UUID]) -> Counter[Kind]:
    """How much of each kind stands under these ids."""
    found: Counter[Kind] = Counter()
    for table, unit in UNITS.items():
        found[unit.kind] += await db.fetch_value(
            f"SELECT count(*) FROM {table} WHERE patient = ANY($1)", list(patients)
        )
    return found


async def list_since(merge: Merge) -> list[Group]:
    """What was written for the record that stood for both since they were merged, sorted as far as rules go."""
    key = (await keys_of([merge.kept]))[merge.kept]
    rows = [row for table, unit in UNITS.items() for row in await _rows(table, unit, merge, key)]
    return sort(rows, await _ties(merge), await accounts_of_both(merge))


async def _rows(table: str, unit: Unit, merge: Merge, key: PersonKey) -> list[Row]:
    wanted = {"by": unit.by, "at": unit.at, "centre": unit.centre, "label": unit.label, "named": unit.named}
    columns = ", ".join(f"{column or 'NULL'} AS {name}" for name, column in wanted.items())
    found = await db.fetch(
        f"SELECT id, {columns} FROM {table} WHERE patient = $1 AND {SINCE} ORDER BY id", merge.kept, merge.id
    )
    return [
        Row(
            (table, row["id"]),
            unit.kind,
            row["at"] or made_at(row["id"]),
            row["by"],
            row["centre"],
            row["label"] or key.open_or_empty(row["named"], row["id"], f"{table}.{unit.named}"),
        )
        for row in found
    ]


def made_at(made: UUID) -> datetime | None:
    """When an id was made: it begins with the millisecond. None where an id was drawn by lot."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC) if made.version == ORDERED else None


async def _ties(merge: Merge) -> list[tuple[Node, Node]]:
    """Which rows hang on which, of those where one at least was written since."""
    named: Mapping[str, list[Key]] = defaultdict(list)
    for key in await keys_that_follow():
        if key[2] in UNITS and key[0] in {**UNITS, **PARTS}:
            named[key[0]].append(key)
    ties: list[tuple[Node, Node]] = []
    for child, keys in named.items():
        columns = [column for _child, column, _parent in keys]
        if child in PARTS and len(keys) == 1:
            continue
        rows = await db.fetch(
            f"SELECT id, {', '.join(columns)} FROM {child}"
            f" WHERE patient = $1 AND greatest(id, {', '.join(columns)}) > $2",
            merge.kept,
            merge.id,
        )
        for row in rows:
            parents = [(parent, row[column]) for _child, column, parent in keys if row[column] is not None]
            hub = [(child, row["id"])] if child in UNITS else parents[:1]
            ties += [(one, parent) for one in hub for parent in parents if parent != one]
    return ties


async def accounts_of_both(merge: Merge) -> dict[Side, frozenset[UUID]]:
    """Who answered for each of the two records when they were merged."""
    absorbed = await branch_of(merge.absorbed)
    kept = [one for one in {*await ids_of(merge.kept), *await branch_of(merge.kept)} if one not in absorbed]
    found = {}
    for side, ids in ((Side.KEPT, kept), (Side.ABSORBED, absorbed)):
        found[side] = frozenset(row["account"] for row in await db.fetch(ANSWERING_FOR, ids, merge.id))
    return found


async def count_apart(merge: Merge) -> dict[Side, Counter[Kind]]:
    """What goes back by itself: what stands under the ids of either record and was not written for both."""
    absorbed = await branch_of(merge.absorbed)
    kept = [one for one in await ids_of(merge.kept) if one not in absorbed]
    since: Counter[Kind] = Counter(row.kind for group in await list_since(merge) for row in group.rows)
    return {Side.KEPT: await count_held(kept) - since, Side.ABSORBED: await count_held(absorbed)}


FOLLOWERS = """
SELECT DISTINCT a.organisation FROM affiliation a
WHERE a.patient = ANY($1) AND a.status = 'active' AND a.valid_to IS NULL
"""


async def followers_apart(merge: Merge) -> dict[Side, frozenset[UUID]]:
    """Which centres would follow each of the two records, if the merge were undone now."""
    absorbed = await branch_of(merge.absorbed)
    kept = [one for one in await ids_of(merge.kept) if one not in absorbed]
    return {
        side: frozenset(row["organisation"] for row in await db.fetch(FOLLOWERS, ids))
        for side, ids in ((Side.KEPT, kept), (Side.ABSORBED, absorbed))
    }
