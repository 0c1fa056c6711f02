"""Visits: notes of the team, and the note that stood before a visit was taken up again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Visits: notes"

TABLES = """
-- What somebody of the team wrote about a visit. Never changed: another one follows, or it is taken out of sight.
CREATE TABLE visit_note (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    visit uuid NOT NULL,
    text bytea NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    removed_at timestamptz,
    removed_by uuid,
    removed_reason bytea,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, visit) REFERENCES visit (patient, id) ON UPDATE CASCADE DEFERRABLE,
    CHECK (num_nulls(removed_at, removed_by, removed_reason) IN (0, 3))
);
CREATE INDEX visit_note_visit ON visit_note (visit, written_at);

-- Why a visit was not held or what lacked, as it was said before the visit was taken up again.
ALTER TABLE visit_history ADD COLUMN note bytea;
DROP TRIGGER visit_history_keeps ON visit_history;
CREATE TRIGGER visit_history_keeps BEFORE UPDATE ON visit_history
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite(reason, note);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
