"""Tablets handed over: which session, for which visit, to whom; and which responses were given on one.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Handovers: a practitioner's session that answers for one visit and does nothing else"

TABLES = """
-- While a row has no end its session is lent. `relative`: who of those close to the patient holds the tablet.
-- It outlives its session, because responses say on which handover they were given.
CREATE TABLE handover (
    id uuid PRIMARY KEY,
    session uuid NOT NULL,
    account uuid NOT NULL REFERENCES account (id),
    visit uuid NOT NULL,
    voice text NOT NULL CHECK (voice IN ('patient', 'proxy')),
    relative uuid,
    relative_account uuid,
    lent_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_how text NOT NULL DEFAULT '' CHECK (ended_how IN ('', 'factor', 'closed', 'idle')),
    CHECK ((voice = 'proxy') = (relative IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (ended_how = ''))
);
CREATE UNIQUE INDEX handover_open ON handover (session) WHERE ended_at IS NULL;
CREATE INDEX handover_visit ON handover (visit);

ALTER TABLE response ADD COLUMN handover uuid REFERENCES handover (id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
