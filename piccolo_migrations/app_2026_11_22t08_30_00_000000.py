"""Centres ask to follow a person whom others know, patients ask to be followed no more, people ask for a record.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Affiliations: requests between centres, leaving; records that people ask for"

TABLES = """
-- What a centre typed of somebody whom others may know, sealed under a key of its own, and forgotten after the end.
CREATE TABLE affiliation_request (
    id uuid PRIMARY KEY,
    organisation uuid NOT NULL REFERENCES organisation (id),
    asked_by uuid NOT NULL REFERENCES account (id),
    asked_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    data_key bytea NOT NULL,
    typed bytea,
    note bytea,
    fingerprint bytea NOT NULL,
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn', 'expired')),
    reason text NOT NULL DEFAULT '',
    closed_at timestamptz,
    CHECK ((state = 'pending') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX affiliation_request_once ON affiliation_request (organisation, fingerprint)
    WHERE state = 'pending';
CREATE INDEX affiliation_request_organisation ON affiliation_request (organisation, asked_at);
CREATE INDEX affiliation_request_pending ON affiliation_request (valid_until) WHERE state = 'pending';

-- One for each record that may be that person's; the first centre that follows it and decides, decides.
CREATE TABLE affiliation_request_record (
    id uuid PRIMARY KEY,
    request uuid NOT NULL REFERENCES affiliation_request (id),
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    reasons text[] NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'refused', 'superseded', 'withdrawn', 'expired')),
    decided_by uuid REFERENCES account (id),
    decided_at timestamptz,
    decided_organisation uuid REFERENCES organisation (id),
    reason text NOT NULL DEFAULT '',
    data_key bytea,
    words bytea,
    objected_by uuid REFERENCES account (id),
    objected_at timestamptz,
    UNIQUE (patient, id)
);
CREATE INDEX affiliation_request_record_request ON affiliation_request_record (request);

-- A patient asks a centre to follow them no more.
CREATE TABLE leave_request (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    affiliation uuid NOT NULL,
    account uuid NOT NULL REFERENCES account (id),
    asked_at timestamptz NOT NULL,
    data_key bytea NOT NULL,
    note bytea,
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'refused', 'withdrawn')),
    decided_by uuid REFERENCES account (id),
    decided_at timestamptz,
    reply bytea,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, affiliation) REFERENCES affiliation (patient, id) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX leave_request_once ON leave_request (affiliation) WHERE state = 'asked';

-- Somebody with an account asks a centre to open a record, for themselves or for somebody they look after.
CREATE TABLE record_ask (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    organisation uuid NOT NULL REFERENCES organisation (id),
    relationship text NOT NULL,
    asked_at timestamptz NOT NULL,
    data_key bytea NOT NULL,
    typed bytea,
    note bytea,
    fingerprint bytea NOT NULL,
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'refused', 'withdrawn')),
    decided_by uuid REFERENCES account (id),
    decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    reply bytea,
    patient uuid REFERENCES patient (id) ON UPDATE CASCADE,
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    UNIQUE (patient, id)
);
CREATE UNIQUE INDEX record_ask_once ON record_ask (account, organisation, fingerprint) WHERE state = 'asked';
CREATE INDEX record_ask_organisation ON record_ask (organisation, asked_at);
CREATE INDEX record_ask_account ON record_ask (account);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
