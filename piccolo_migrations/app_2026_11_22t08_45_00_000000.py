"""Who a patient was, how others call them, what was typed before a record is opened, and asking for its removal.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patients: former identities, identifiers of other systems, drafts, requests for removal"

TABLES = """
CREATE TABLE patient_identity_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    kind text NOT NULL CHECK (kind IN ('changed', 'apart', 'removed', 'restored')),
    former bytea,
    note bytea,
    made_by uuid NOT NULL,
    organisation uuid REFERENCES organisation (id),
    made_at timestamptz NOT NULL,
    UNIQUE (patient, id)
);
CREATE TABLE patient_identifier (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    system text NOT NULL,
    value bytea NOT NULL,
    value_hash bytea NOT NULL,
    added_by uuid NOT NULL,
    added_at timestamptz NOT NULL,
    UNIQUE (system, value_hash),
    UNIQUE (patient, id)
);
CREATE INDEX patient_identifier_value_hash ON patient_identifier (value_hash);
-- Typed for an hour at most; no record refers to it.
CREATE TABLE patient_draft (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    organisation uuid NOT NULL REFERENCES organisation (id),
    data_key bytea NOT NULL,
    typed bytea NOT NULL,
    found bytea NOT NULL,
    elsewhere boolean NOT NULL DEFAULT false,
    patient uuid REFERENCES patient (id) ON UPDATE CASCADE,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL
);
CREATE INDEX patient_draft_valid_until ON patient_draft (valid_until);
CREATE TABLE removal_request (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    account uuid NOT NULL REFERENCES account (id),
    asked_at timestamptz NOT NULL,
    reason bytea,
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'refused', 'withdrawn')),
    decided_by uuid,
    decided_at timestamptz,
    organisation uuid REFERENCES organisation (id),
    words bytea,
    UNIQUE (patient, id),
    CHECK ((state = 'asked') = (decided_at IS NULL))
);
-- One at a time waits of a record.
CREATE UNIQUE INDEX removal_request_waiting ON removal_request (patient) WHERE state = 'asked';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
