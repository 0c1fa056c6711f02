"""Lists of many patients: what is awaited, by its due date, from an index."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Lists: what is awaited, by due date"

INDEXES = """
CREATE INDEX assignment_due ON assignment (due_on, id)
    WHERE state IN ('to_do', 'in_progress') AND due_on IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(INDEXES)

    manager.add_raw(run)
    return manager
