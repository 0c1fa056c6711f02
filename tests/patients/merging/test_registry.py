"""No table of patients' things can be forgotten when a merge is undone, and no key holds a row back."""

from app.dashboard.merging.registry import NAMED_BY, NOT_ATTRIBUTED, NOT_SEALED, OWN_KEY, PARTS, UNITS
from app.lib.db import fetch

OF_PATIENTS = """
SELECT c.relname AS name FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'patient' AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""
KEYS = """
SELECT c.conrelid::regclass::text AS name, c.confrelid::regclass::text AS parent, c.confupdtype = 'c' AS follows,
       c.condeferrable AS later, cardinality(c.conkey) AS columns
FROM pg_constraint c
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'patient')
"""
ONCE = """
SELECT i.indrelid::regclass::text AS name,
       coalesce((SELECT string_agg(a.attname::text, ',') FROM pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname <> 'patient'), '') AS columns
FROM pg_index i
WHERE i.indisunique AND i.indpred IS NOT NULL AND EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname = 'patient')
"""
COLUMNS = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"


async def test_every_table_of_patients_is_told_what_becomes_of_it(db):
    tables = {row["name"] for row in await fetch(OF_PATIENTS)}

    assert set(UNITS) | set(PARTS) | set(NOT_ATTRIBUTED) == tables
    assert len(UNITS) + len(PARTS) + len(NOT_ATTRIBUTED) == len(tables)


async def test_keys_follow_and_parts_hang_on_something(db):
    keys = await fetch(KEYS)
    held = {(row["name"], row["parent"]) for row in keys if row["columns"] == 2}

    assert [row["name"] for row in keys if not row["follows"]] == []
    assert [row["name"] for row in keys if row["columns"] == 2 and not row["later"]] == []
    assert {name for name, _ in held} >= set(PARTS)
    assert [(name, parent) for name, parent in held if parent in PARTS and name in UNITS] == []
    assert [name for name, _ in held if name in NOT_ATTRIBUTED] == []


async def test_what_a_record_has_once_ends_where_it_would_be_there_twice(db):
    found = {(row["name"], row["columns"]) for row in await fetch(ONCE) if row["name"] in UNITS}

    assert found == {(table, unit.once.column) for table, unit in UNITS.items() if unit.once}


async def test_everything_sealed_is_sealed_anew_for_its_owner(db):
    columns = {(row["table_name"], row["column_name"]): row["data_type"] for row in await fetch(COLUMNS)}
    sealed = {(table, name) for table, held in {**UNITS, **PARTS}.items() for name in held.sealed}
    own = {
        place
        for place, kind in columns.items()
        if kind == "bytea" and place not in NOT_SEALED and place[0] in {**UNITS, **PARTS} and place[0] not in OWN_KEY
    }

    assert own - sealed - {place for place in own if place[0] in {"file", "file_history"}} == set()
    assert sealed <= set(columns)
    assert {(table, unit.named) for table, unit in UNITS.items() if unit.named} <= sealed
    named = {
        (table, name) for table, unit in UNITS.items() for name in (unit.by, unit.at, unit.centre, unit.label) if name
    }
    assert named | set(NAMED_BY) <= set(columns)
