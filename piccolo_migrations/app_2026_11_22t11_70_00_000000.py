"""Reminders of visits: what is planned, sent, put off and held back.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:70:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Trials: reminders"

TABLES = """
-- One line for each reminder of a visit and whoever is written to. Lines without an account say that nobody could be.
-- `message` is what deliveries are about: one message may carry several lines.
CREATE TABLE reminder (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    visit uuid NOT NULL,
    audience text NOT NULL CHECK (audience IN ('patient', 'proxy', 'team')),
    kind text NOT NULL DEFAULT 'protocol' CHECK (kind IN ('protocol', 'asked', 'expired')),
    reminder text NOT NULL,
    nth smallint NOT NULL DEFAULT 0 CHECK (nth >= 0),
    account uuid,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sent', 'held_back', 'snoozed', 'failed')),
    why text NOT NULL DEFAULT '',
    channel text NOT NULL DEFAULT '' CHECK (channel IN ('', 'email', 'sms')),
    message uuid,
    assignments uuid[] NOT NULL DEFAULT '{}',
    decided_at timestamptz,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, visit) REFERENCES visit (patient, id) ON UPDATE CASCADE DEFERRABLE,
    CHECK ((state = 'planned') = (decided_at IS NULL)),
    CHECK (state NOT IN ('sent', 'failed') OR (message IS NOT NULL AND account IS NOT NULL)),
    CHECK (state NOT IN ('held_back', 'snoozed', 'failed') OR why <> '')
);
CREATE UNIQUE INDEX reminder_once ON reminder (visit, audience, kind, reminder, nth, account) NULLS NOT DISTINCT;
CREATE INDEX reminder_due ON reminder (due_at, account) WHERE state = 'planned';
CREATE INDEX reminder_account ON reminder (account, due_at) WHERE state IN ('planned', 'sent');
CREATE INDEX reminder_patient ON reminder (patient);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
