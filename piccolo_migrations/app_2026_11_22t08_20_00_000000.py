"""Documents of a person: what is known of each, and what was said of it before.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Files: documents of a person"

TABLES = """
-- The content lies in a store, sealed under `content_key`, which the person's data key seals.
CREATE TABLE file (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    kind text NOT NULL CHECK (kind IN ('consent', 'report', 'letter', 'image', 'other')),
    name bytea NOT NULL,
    note bytea,
    taken_on date,
    media_type text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 bytea NOT NULL,
    object text NOT NULL UNIQUE,
    content_key bytea NOT NULL,
    viewable boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'checked' CHECK (state IN ('received', 'checked', 'refused')),
    organisation uuid REFERENCES organisation (id),
    own boolean NOT NULL DEFAULT false,
    shown boolean NOT NULL DEFAULT false,
    uploaded_by uuid NOT NULL,
    uploaded_at timestamptz NOT NULL,
    -- The form it came with and all that it held, keyed, and as which of its files: sent twice, nothing is kept twice.
    form uuid,
    nth smallint NOT NULL DEFAULT 0,
    revision integer NOT NULL DEFAULT 1,
    removed_at timestamptz,
    removed_by uuid,
    removed_reason bytea,
    UNIQUE (patient, id),
    UNIQUE (uploaded_by, form, nth)
);
CREATE INDEX file_patient ON file (patient);
CREATE INDEX file_received ON file (uploaded_at) WHERE state = 'received';

CREATE TABLE file_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    file uuid NOT NULL,
    revision integer NOT NULL,
    kind text NOT NULL,
    name bytea NOT NULL,
    note bytea,
    taken_on date,
    shown boolean NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (file, revision),
    FOREIGN KEY (patient, file) REFERENCES file (patient, id) ON UPDATE CASCADE
);
CREATE INDEX file_history_file ON file_history (file);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
