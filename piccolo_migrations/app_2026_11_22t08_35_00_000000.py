"""Merging two records of one person, and taking it back: what was merged, and rows that may go over to the other.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patients: merges, and keys that follow when a row is attributed to another record"

TABLES = """
-- `snapshot`, `reason`, `unmerged_reason`: sealed under the key of the kept record. `choices`: of each field that
-- differed, which record's value was taken. `confirmed`: what the person who merged was warned of.
CREATE TABLE patient_merge (
    id uuid PRIMARY KEY,
    kept uuid NOT NULL REFERENCES patient (id),
    absorbed uuid NOT NULL REFERENCES patient (id),
    organisation uuid NOT NULL REFERENCES organisation (id),
    snapshot bytea NOT NULL,
    choices jsonb NOT NULL,
    confirmed text[] NOT NULL DEFAULT '{}',
    reason bytea NOT NULL,
    merged_by uuid NOT NULL,
    merged_at timestamptz NOT NULL,
    unmerged_by uuid,
    unmerged_at timestamptz,
    unmerged_reason bytea,
    CHECK (kept <> absorbed),
    CHECK ((unmerged_at IS NULL) = (unmerged_by IS NULL) AND (unmerged_at IS NULL) = (unmerged_reason IS NULL))
);
CREATE UNIQUE INDEX patient_merge_standing ON patient_merge (absorbed) WHERE unmerged_at IS NULL;
CREATE INDEX patient_merge_kept ON patient_merge (kept);

-- Undoing a merge may attribute a row to the other record: what hangs on the row goes with it.
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.conname, c.conrelid::regclass AS held, pg_get_constraintdef(c.oid) AS said FROM pg_constraint c
        WHERE c.contype = 'f' AND c.confupdtype = 'a' AND c.connamespace = 'public'::regnamespace
          AND EXISTS (SELECT FROM pg_attribute a
                      WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'patient')
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s ON UPDATE CASCADE',
                       found.held, found.conname, found.conname, found.said);
    END LOOP;
END $$;

-- The history of answers goes with its answers and changes in nothing else, whoever asks: only a key that follows
-- comes here from within another trigger.
CREATE FUNCTION refuse_all_but_attribution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 OR to_jsonb(NEW) - 'patient' IS DISTINCT FROM to_jsonb(OLD) - 'patient' THEN
        RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER answer_history_only_grows ON answer_history;
CREATE TRIGGER answer_history_only_grows BEFORE DELETE OR TRUNCATE ON answer_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_history_keeps BEFORE UPDATE ON answer_history
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_attribution();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
