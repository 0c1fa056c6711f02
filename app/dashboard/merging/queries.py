"""Reads across packages what two records hold, and what was written while they were one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

from app.access.policy import Actor
from app.dashboard.merging.registry import NAMED_BY, NAMED_BY_EACH, PARTS, UNITS, Kind, Unit
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
# What a visit asks goes where the visit goes, which hangs on the screening that led to the enrolment.
OF_VISITS = """
SELECT a.id, e.screening FROM assignment a JOIN visit v ON v.id = a.origin_id JOIN enrolment e ON e.id = v.enrolment
WHERE a.origin_kind = 'visit' AND a.patient = ANY($1) AND (a.id = ANY($2) OR e.screening = ANY($2))
"""
ANSWERING_FOR = "SELECT DISTINCT account FROM patient_link WHERE patient = ANY($1) AND id < $2"
WITHHELD = """
SELECT EXISTS (SELECT FROM patient m JOIN patient p ON p.id = m.root
               WHERE m.id = ANY($1) AND 'sharing' = ANY (p.withheld))
"""
# Ids are made in the order of time, some with the form that is sent later; of one that was drawn by lot nobody knows,
# so it is asked about.
SINCE = "(id > $2 OR substr(id::text, 15, 1) <> '7' OR {} > $3::timestamptz)"
ORDERED = 7
Key = tuple[str, str, str]


async def keys_that_follow() -> list[Key]:
    """Which column of which table names a row of which other, within one patient."""
    return [tuple(row) for row in await db.fetch(KEYS)] + [(*place, table) for place, table in NAMED_BY.items()]


async def count_held(patients: Collection[UUID]) -> Counter[Kind]:
    """How much of each kind stands under these ids, whoever wrote it."""
    return await _count(patients, None)


async def count_seen(by: Actor, patients: Collection[UUID]) -> Counter[Kind]:
    """The same, of what the actor's centre may see: where sharing is withheld, less what others wrote."""
    withheld = await db.fetch_value(WITHHELD, list(patients))
    return await _count(patients, by.organisation if withheld else None)


async def _count(patients: Collection[UUID], centre: UUID | None) -> Counter[Kind]:
    """How much of each kind; of what belongs to a centre what is this one's. Who follows is told to every centre."""
    found: Counter[Kind] = Counter()
    for table, unit in UNITS.items():
        column = None if unit.kind is Kind.FOLLOWING else unit.centre
        theirs = f"{column} IS NULL OR {column} = $2" if column else "true"
        sql = f"SELECT count(*) FROM {table} WHERE patient = ANY($1) AND ($2::uuid IS NULL OR {theirs})"
        found[unit.kind] += await db.fetch_value(sql, list(patients), centre)
    return found


async def list_since(merge: Merge) -> list[Group]:
    """What was written for the record that stood for both since they were merged, sorted as far as rules go."""
    key = (await keys_of([merge.kept]))[merge.kept]
    rows = [row for table, unit in UNITS.items() for row in await _rows(table, unit, merge, key)]
    known = {row.node for row in rows}
    ties = await _ties(merge, [row for _table, row in known])
    outside = {node for pair in ties for node in pair if node not in known}
    return sort(rows, ties, await _sides_of(outside, merge), await accounts_of_both(merge))


async def _sides_of(nodes: Collection[Node], merge: Merge) -> dict[Node, Side]:
    """In which of the two records each of these stood before."""
    absorbed, found = await branch_of(merge.absorbed), {}
    for table in {table for table, _row in nodes}:
        ids = [row for held, row in nodes if held == table]
        for row in await db.fetch(f"SELECT id, patient FROM {table} WHERE id = ANY($1)", ids):
            found[table, row["id"]] = Side.ABSORBED if row["patient"] in absorbed else Side.KEPT
    return found


async def _rows(table: str, unit: Unit, merge: Merge, key: PersonKey) -> list[Row]:
    wanted = {"by": unit.by, "at": unit.at, "centre": unit.centre, "label": unit.label, "named": unit.named}
    columns = ", ".join(f"{column or 'NULL'} AS {name}" for name, column in wanted.items())
    since = SINCE.format(unit.at or "$3::timestamptz")
    found = await db.fetch(
        f"SELECT id, {columns} FROM {table} WHERE patient = $1 AND {since} ORDER BY id",
        merge.kept,
        merge.id,
        merge.merged_at,
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


async def _ties(merge: Merge, ids: list[UUID]) -> list[tuple[Node, Node]]:
    """Which rows hang on which, of those where one at least was written since."""
    named: Mapping[str, list[Key]] = defaultdict(list)
    for key in await keys_that_follow():
        if key[2] in UNITS and key[0] in {**UNITS, **PARTS}:
            named[key[0]].append(key)
    # Of either record: what was there before may name something that came since.
    either = list({*await ids_of(merge.kept), *await branch_of(merge.absorbed)})
    ties: list[tuple[Node, Node]] = []
    for child, keys in named.items():
        if child in UNITS or len(keys) > 1:
            ties += await _ties_of(child, keys, either, ids)
    ties += [
        (("assignment", row["id"]), ("screening", row["screening"])) for row in await db.fetch(OF_VISITS, either, ids)
    ]
    for (child, column), parent in NAMED_BY_EACH.items():
        theirs = f"patient = ANY($1) AND (id = ANY($2) OR {column} && $2)"
        rows = await db.fetch(f"SELECT id, unnest({column}) AS named FROM {child} WHERE {theirs}", either, ids)
        ties += [((child, row["id"]), (parent, row["named"])) for row in rows]
    return ties


async def _ties_of(child: str, keys: list[Key], patients: list[UUID], ids: list[UUID]) -> list[tuple[Node, Node]]:
    """Of the rows of one table; a part only ties together what it hangs on."""
    columns = [column for _child, column, _parent in keys]
    of_these = " OR ".join(f"{column} = ANY($2)" for column in ("id", *columns))
    ties: list[tuple[Node, Node]] = []
    for row in await db.fetch(
        f"SELECT id, {', '.join(columns)} FROM {child} WHERE patient = ANY($1) AND ({of_these})", patients, ids
    ):
        parents: list[Node] = [(parent, row[column]) for _child, column, parent in keys if row[column] is not None]
        hubs = [(child, row["id"])] if child in UNITS else parents[:1]
        ties += [(hub, parent) for hub in hubs for parent in parents if parent != hub]
    return ties


async def accounts_of_both(merge: Merge) -> dict[Side, frozenset[UUID]]:
    """Who answered for each of the two records when they were merged."""
    absorbed = await branch_of(merge.absorbed)
    kept = [one for one in {*await ids_of(merge.kept), *await branch_of(merge.kept)} if one not in absorbed]
    found = {}
    for side, ids in ((Side.KEPT, kept), (Side.ABSORBED, absorbed)):
        found[side] = frozenset(row["account"] for row in await db.fetch(ANSWERING_FOR, ids, merge.id))
    return found


async def count_apart(by: Actor, merge: Merge) -> dict[Side, Counter[Kind]]:
    """What goes back by itself, as far as the actor's centre may see it: what was not written for both."""
    absorbed = await branch_of(merge.absorbed)
    kept = [one for one in await ids_of(merge.kept) if one not in absorbed]
    withheld = await db.fetch_value(WITHHELD, kept)
    rows = [row for group in await list_since(merge) for row in group.rows]
    since = Counter(row.kind for row in rows if not withheld or _is_seen(row, by.organisation))
    return {Side.KEPT: await count_seen(by, kept) - since, Side.ABSORBED: await count_seen(by, absorbed)}


def _is_seen(row: Row, centre: UUID | None) -> bool:
    return row.kind is Kind.FOLLOWING or row.centre in {None, centre}


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
