"""What was noted at the end of an enrolment stays when the end is taken back."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Trials: the note at an end that was taken back"

CHANGES = """
ALTER TABLE enrolment_history ADD COLUMN end_note bytea;
DROP TRIGGER enrolment_history_keeps ON enrolment_history;
CREATE TRIGGER enrolment_history_keeps BEFORE UPDATE ON enrolment_history
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite(reason, end_note);
-- The registry of those considered is read by centre and trial, the newest first.
DROP INDEX screening_log;
CREATE INDEX screening_log ON screening (trial, organisation, screened_at, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(CHANGES)

    manager.add_raw(run)
    return manager
