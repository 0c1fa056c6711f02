"""The migrations and the tables say the same, and the application's role may not touch what only grows."""

import asyncpg
import pytest

from app.lib.ids import new_id
from app.piccolo_app import APP_CONFIG

TYPES = {
    "UUID": "uuid",
    "TEXT": "text",
    "BYTEA": "bytea",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DATE": "date",
    "TIMESTAMPTZ": "timestamp with time zone",
    "JSONB": "jsonb",
    "SMALLINT": "smallint",
    "NUMERIC": "numeric",
    "TEXT[]": "ARRAY",
    "UUID[]": "ARRAY",
}
# Made by the tools themselves.
NOT_OURS = {"migration"}

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable = 'YES' AS nullable
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%' AND table_type = 'BASE TABLE'
"""

FOREIGN_TO_PATIENT = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'patient'
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""

FORMER = """
INSERT INTO audit_event (id, at, actor, action, subject, patient, organisation, details, version, content_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
"""


async def test_a_migrated_database_is_what_the_tables_say(db):
    from app.lib.db import fetch

    found = {
        (row["table_name"], row["column_name"], row["data_type"], row["nullable"])
        for row in await fetch(COLUMNS)
        if row["table_name"] not in NOT_OURS
    }
    declared = {
        (table._meta.tablename, column._meta.db_column_name, TYPES[column.column_type], column._meta.null)
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
    }
    assert found == declared


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE answer_history SET version = 1",
        "DELETE FROM answer_history",
        "DELETE FROM adverse_effect_history",
        "DELETE FROM contact_history",
        "DELETE FROM enrolment_history",
        "DELETE FROM visit_history",
        "DELETE FROM visit_signature",
        "DELETE FROM finding",
        "UPDATE trial_version SET content = ''",
        "DELETE FROM file_history",
        "DELETE FROM lab_report_history",
        "DELETE FROM lab_result",
        "DELETE FROM patient_identity_history",
        "DELETE FROM prescription_history",
        "INSERT INTO answer_history (id) VALUES (gen_random_uuid())",
        "UPDATE migration SET name = 'x'",
        "DROP TABLE answer",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    ],
)
async def test_the_application_may_not(database, statement):
    link = await asyncpg.connect(database)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await link.execute(statement)
    finally:
        await link.close()


async def test_not_even_the_owner_changes_the_trail(server, people):
    link = await asyncpg.connect(server.owner_dsn)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
            await link.execute("DELETE FROM audit_event")
    finally:
        await link.close()


@pytest.mark.parametrize("version", [1, 2])
async def test_altered_audit_columns_would_be_seen(db, people, version):
    from app.audit.hashing import columns_of, content_hash, details_text
    from app.lib.db import execute, fetch

    columns = columns_of(version)
    if version == 1:  # as the product wrote it before there were more columns
        former = await fetch(f"SELECT {', '.join(columns)} FROM audit_event LIMIT 3")
        for row in former:
            parts = (new_id(), *list(row.values())[1:-1], details_text(row["details"]))
            await execute(FORMER, *parts, content_hash(parts, 1))

    rows = await fetch(f"SELECT {', '.join(columns)}, content_hash FROM audit_event WHERE version = $1", version)

    assert len(rows) >= 3
    for row in rows:
        *parts, kept = row.values()
        parts[7] = details_text(parts[7])
        assert content_hash(parts, version) == kept
        for place in range(len(parts)):
            altered = [*parts[:place], f"{parts[place]}.", *parts[place + 1 :]]
            assert content_hash(altered, version) != kept
