"""What somebody said before it was corrected stays as it was, whoever asks.

Undoing a merge may let a row go with what it hangs on, and seal it anew under the other person's key.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:66:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Histories: they only grow"

# The columns that may be written again: those under a key, and the revision at which a result ended.
WRITTEN_AGAIN = {
    "adverse_effect_history": "former",
    "contact_history": "",
    "file_history": "name, note",
    "lab_report_history": "comment, reason",
    "lab_result": "until",
    "patient_identity_history": "former",
    "prescription_history": "former, why",
}

KEEPS = """
CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := coalesce(TG_ARGV, '{}') || ARRAY['patient'];
    same boolean := to_jsonb(NEW) -> 'patient' IS NOT DISTINCT FROM to_jsonb(OLD) -> 'patient';
BEGIN
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free OR NOT (same OR pg_trigger_depth() > 1) THEN
        RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER {table}_only_grows BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_keeps BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite({free});
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        link = DB.current_transaction.get().connection
        await link.execute(KEEPS)
        for table, free in WRITTEN_AGAIN.items():
            await link.execute(TRIGGERS.format(table=table, free=free))

    manager.add_raw(run)
    return manager
