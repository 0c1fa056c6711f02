"""Signatures under visits, and what the data checks of a trial found in them.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Trials: signatures and data checks"

TABLES = """
-- What somebody signed. `pins`: the id of each answer that the visit held, as far as it was sent → its version;
-- `content_hash`: over the visit's days and every answer. Only its undoing is written later.
CREATE TABLE visit_signature (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    visit uuid NOT NULL,
    signed_by uuid NOT NULL,
    profession text NOT NULL,
    signed_at timestamptz NOT NULL,
    pins jsonb NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    undone_at timestamptz,
    undone_by uuid,
    undone_cause text CHECK (undone_cause IN ('by_hand', 'corrected', 'answered')),
    undone_reason bytea,
    told_at timestamptz,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, visit) REFERENCES visit (patient, id) ON UPDATE CASCADE DEFERRABLE,
    CHECK (num_nulls(undone_at, undone_by, undone_cause) IN (0, 3)),
    CHECK (undone_reason IS NULL OR undone_cause = 'by_hand'),
    CHECK (told_at IS NULL OR undone_at IS NOT NULL)
);
CREATE UNIQUE INDEX visit_signature_stands ON visit_signature (visit) WHERE undone_at IS NULL;
CREATE INDEX visit_signature_visit ON visit_signature (visit, signed_at);
CREATE TRIGGER visit_signature_only_grows BEFORE DELETE OR TRUNCATE ON visit_signature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER visit_signature_keeps BEFORE UPDATE ON visit_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite(undone_at, undone_by, undone_cause, undone_reason, told_at);
CREATE TRIGGER visit_signature_undone_once BEFORE UPDATE ON visit_signature
    FOR EACH ROW WHEN (OLD.undone_at IS NOT NULL AND (NEW.undone_at, NEW.undone_by, NEW.undone_cause)
                       IS DISTINCT FROM (OLD.undone_at, OLD.undone_by, OLD.undone_cause))
    EXECUTE FUNCTION refuse_change();

-- What a data check of the protocol found in a visit. `inputs_hash`: over the values it read. Settled, the row stays;
-- found again, or with other values than were explained, it is a row of its own.
CREATE TABLE finding (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    visit uuid NOT NULL,
    check_id text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'explained', 'resolved')),
    inputs_hash bytea NOT NULL,
    raised_at timestamptz NOT NULL,
    explained_at timestamptz,
    explained_by uuid,
    note bytea,
    resolved_at timestamptz,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, visit) REFERENCES visit (patient, id) ON UPDATE CASCADE DEFERRABLE,
    CHECK (num_nulls(explained_at, explained_by, note) IN (0, 3)),
    CHECK (state <> 'open' OR explained_at IS NULL),
    CHECK (state <> 'explained' OR explained_at IS NOT NULL),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX finding_standing ON finding (visit, check_id) WHERE state <> 'resolved';
CREATE INDEX finding_visit ON finding (visit);
CREATE TRIGGER finding_only_grows BEFORE DELETE OR TRUNCATE ON finding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
