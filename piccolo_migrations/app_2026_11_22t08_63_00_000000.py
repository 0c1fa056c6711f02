"""A code of another system may name records in centres that know nothing of each other; each centre's own stay apart.

Whether it does within a centre is looked up when it is added (app/patients/identity/actions.py).
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:63:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patients: codes of other systems, unique within what a centre sees"

CODES = """
ALTER TABLE patient_identifier DROP CONSTRAINT patient_identifier_system_value_hash_key;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(CODES)

    manager.add_raw(run)
    return manager
