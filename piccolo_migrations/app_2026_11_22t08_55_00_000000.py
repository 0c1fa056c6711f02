"""Every key that includes the patient follows, and is checked at the end where rows hang on several that move in turn.

Comes after all tables that have such keys; tests/patients/merging/test_registry.py holds it against the database.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patients: keys that follow are checked when all has moved"

FOLLOW = """
DO $$
DECLARE
    found record;
    said text;
BEGIN
    FOR found IN
        SELECT c.conname, c.conrelid::regclass AS held, pg_get_constraintdef(c.oid) AS said, c.confupdtype
        FROM pg_constraint c
        WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND cardinality(c.conkey) = 2
          AND (c.confupdtype = 'a' OR NOT c.condeferrable)
          AND EXISTS (SELECT FROM pg_attribute a
                      WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'patient')
    LOOP
        said := found.said;
        IF found.confupdtype = 'a' THEN
            said := said || ' ON UPDATE CASCADE';
        END IF;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s DEFERRABLE INITIALLY IMMEDIATE',
                       found.held, found.conname, found.conname, replace(said, ' DEFERRABLE', ''));
    END LOOP;
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(FOLLOW)

    manager.add_raw(run)
    return manager
