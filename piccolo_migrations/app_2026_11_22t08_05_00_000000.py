"""Keyed hashes under which a person is looked for before a record is opened. They are written by the product itself.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patients: keyed hashes for finding a person who has a record already"

TABLES = """
CREATE TABLE patient_block (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    token bytea NOT NULL,
    UNIQUE (token, patient)
);
CREATE INDEX patient_block_patient ON patient_block (patient);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
