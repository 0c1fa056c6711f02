"""The progress of trials: what a centre has still to sign and what it has begun, found without reading every visit."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:60:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Trials: indexes for the progress of a centre"

TABLES = """
CREATE INDEX visit_unsigned ON visit (organisation, trial, enrolment)
    WHERE removed_at IS NULL AND signed_at IS NULL AND (completed_on IS NOT NULL OR skipped_on IS NOT NULL);
CREATE INDEX visit_begun ON visit (organisation, trial, enrolment)
    WHERE removed_at IS NULL AND completed_on IS NULL AND skipped_on IS NULL
      AND (started_on IS NOT NULL OR unscheduled);
CREATE INDEX enrolment_held ON enrolment (trial, organisation) WHERE held IS NOT NULL;
CREATE INDEX finding_open ON finding (visit) WHERE state = 'open';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
