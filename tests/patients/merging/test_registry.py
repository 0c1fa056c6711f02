"""No table of patients' things can be forgotten when a merge is undone, and no key holds a row back."""

import asyncpg
import pytest

from app.dashboard.merging.registry import NAMED_BY, NAMED_BY_EACH, NOT_ATTRIBUTED, NOT_SEALED, OWN_KEY, PARTS, UNITS
from app.lib.db import fetch
from app.lib.ids import new_id

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
    assert named | set(NAMED_BY) | set(NAMED_BY_EACH) <= set(columns)


MADE = """
INSERT INTO response (id, patient, questionnaire, version, answered_by, language, author, organisation, opened_at)
VALUES ($1, $2, 'phq9', '1.0.0', 'patient', 'fr', $1, $3, now())
"""
SAID = """
INSERT INTO answer (id, patient, response, item, "row", value, version, page_load, answered_by, answered_at)
VALUES ($1, $2, $1, 'q1', $1, '1', 1, $1, $1, now())
"""


async def test_the_history_of_answers_follows_its_answer_and_changes_in_nothing_else(server, people):
    link, response = await asyncpg.connect(server.owner_dsn), new_id()
    transaction = link.transaction()
    await transaction.start()
    try:
        await link.execute(MADE, response, people.paul_patient, people.lyon)
        await link.execute(SAID, response, people.paul_patient)
        await link.execute("UPDATE answer SET value = '2', version = 2 WHERE response = $1", response)
        await link.execute("UPDATE response SET patient = $2 WHERE id = $1", response, people.lea_patient)
        held = await link.fetch("SELECT patient, value FROM answer_history WHERE response = $1", response)
        assert [tuple(row) for row in held] == [(people.lea_patient, "1")]
        for change in ("patient = patient", "value = '3'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
                async with link.transaction():
                    await link.execute(f"UPDATE answer_history SET {change} WHERE response = $1", response)
    finally:
        await transaction.rollback()
        await link.close()


KEPT = """
SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND (c.relname LIKE '%\\_history' OR c.relname = 'lab_result')
AND (SELECT count(*) FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
     WHERE t.tgrelid = c.oid AND f.proname LIKE 'refuse\\_%') < 2
"""
CHANGED = """
INSERT INTO patient_identity_history (id, patient, kind, former, made_by, made_at)
VALUES ($1, $2, 'changed', 'x', $1, now())
"""


async def test_every_history_only_grows_and_is_at_most_sealed_anew(server, people):
    link, row = await asyncpg.connect(server.owner_dsn), new_id()
    transaction = link.transaction()
    await transaction.start()
    try:
        assert await link.fetch(KEPT) == []
        await link.execute(CHANGED, row, people.paul_patient)
        await link.execute("UPDATE patient_identity_history SET former = 'y' WHERE id = $1", row)
        for change in ("UPDATE {} SET kind = 'apart'", f"UPDATE {{}} SET patient = '{new_id()}'", "DELETE FROM {}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
                async with link.transaction():
                    await link.execute(f"{change.format('patient_identity_history')} WHERE id = $1", row)
    finally:
        await transaction.rollback()
        await link.close()
