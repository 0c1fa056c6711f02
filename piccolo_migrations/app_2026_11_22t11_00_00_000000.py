"""Trials: the protocols that are applied, the centres they are open in, who is enrolled, and their visits.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T11:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Trials: protocols, centres, enrolments and visits"

TABLES = """
CREATE TABLE trial (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    current uuid,
    created_at timestamptz NOT NULL,
    closed_at timestamptz
);

-- A protocol as it was applied: the text of its file. Enrolments pin one; it never changes.
CREATE TABLE trial_version (
    id uuid PRIMARY KEY,
    trial uuid NOT NULL REFERENCES trial (id),
    version text NOT NULL,
    content text NOT NULL,
    hash bytea NOT NULL,
    applied_by uuid NOT NULL,
    applied_at timestamptz NOT NULL,
    UNIQUE (trial, version),
    UNIQUE (trial, id)
);
ALTER TABLE trial ADD FOREIGN KEY (id, current) REFERENCES trial_version (trial, id);
CREATE TRIGGER trial_version_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON trial_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- From when to when a centre may enrol, and how many people it hopes for. Opened again, it is a row of its own.
CREATE TABLE trial_site (
    id uuid PRIMARY KEY,
    trial uuid NOT NULL REFERENCES trial (id),
    organisation uuid NOT NULL REFERENCES organisation (id),
    opened_on date NOT NULL,
    closed_on date,
    target integer CHECK (target BETWEEN 1 AND 100000),
    target_by date,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_by uuid,
    closed_reason text NOT NULL DEFAULT '',
    revision integer NOT NULL DEFAULT 1,
    CHECK (closed_on >= opened_on),
    CHECK (target_by >= opened_on)
);
CREATE UNIQUE INDEX trial_site_open ON trial_site (trial, organisation) WHERE closed_on IS NULL;
CREATE INDEX trial_site_organisation ON trial_site (organisation);

-- Who was considered, and why they were or were not enrolled. `answers`: the id of each rule → true, false or null.
CREATE TABLE screening (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    trial uuid NOT NULL REFERENCES trial (id),
    version uuid NOT NULL,
    organisation uuid NOT NULL REFERENCES organisation (id),
    answers jsonb NOT NULL DEFAULT '{}',
    failed text[] NOT NULL DEFAULT '{}',
    outcome text NOT NULL CHECK (outcome IN ('eligible', 'not_eligible', 'declined', 'no_consent')),
    note bytea,
    screened_by uuid NOT NULL,
    screened_at timestamptz NOT NULL,
    UNIQUE (patient, id),
    FOREIGN KEY (trial, version) REFERENCES trial_version (trial, id)
);
CREATE INDEX screening_log ON screening (trial, organisation, screened_at);
CREATE INDEX screening_patient ON screening (patient);

-- `included_on` is the anchor of the calendar. `held`: an amendment waits until the person has agreed to it.
CREATE TABLE enrolment (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    trial uuid NOT NULL REFERENCES trial (id),
    version uuid NOT NULL,
    organisation uuid NOT NULL REFERENCES organisation (id),
    screening uuid NOT NULL,
    arm text,
    included_on date NOT NULL,
    state text NOT NULL DEFAULT 'active'
        CHECK (state IN ('active', 'completed', 'withdrawn', 'excluded', 'lost', 'died')),
    ended_on date,
    ended_by uuid,
    end_note bytea,
    held uuid,
    enrolled_by uuid NOT NULL,
    enrolled_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    UNIQUE (patient, id),
    FOREIGN KEY (trial, version) REFERENCES trial_version (trial, id),
    FOREIGN KEY (trial, held) REFERENCES trial_version (trial, id),
    FOREIGN KEY (patient, screening) REFERENCES screening (patient, id) ON UPDATE CASCADE DEFERRABLE,
    CHECK ((state = 'active') = (ended_on IS NULL))
);
CREATE UNIQUE INDEX enrolment_once ON enrolment (patient, trial) WHERE state = 'active';
CREATE INDEX enrolment_trial ON enrolment (trial, organisation, included_on);

CREATE TABLE enrolment_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    enrolment uuid NOT NULL,
    revision integer NOT NULL,
    version uuid NOT NULL,
    arm text,
    included_on date NOT NULL,
    state text NOT NULL,
    ended_on date,
    held uuid,
    reason bytea,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (enrolment, revision),
    FOREIGN KEY (patient, enrolment) REFERENCES enrolment (patient, id) ON UPDATE CASCADE DEFERRABLE
);
CREATE TRIGGER enrolment_history_only_grows BEFORE DELETE OR TRUNCATE ON enrolment_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER enrolment_history_keeps BEFORE UPDATE ON enrolment_history
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite(reason);

-- A date that came later and that visits count from: an operation, a diagnosis. A correction is a row of its own.
CREATE TABLE enrolment_event (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    enrolment uuid NOT NULL,
    event text NOT NULL,
    happened_on date NOT NULL,
    noted_by uuid NOT NULL,
    noted_at timestamptz NOT NULL,
    removed_at timestamptz,
    removed_by uuid,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, enrolment) REFERENCES enrolment (patient, id) ON UPDATE CASCADE DEFERRABLE
);
CREATE UNIQUE INDEX enrolment_event_once ON enrolment_event (enrolment, event) WHERE removed_at IS NULL;

-- Planned visits are rows. Windows are calendar days, both ends included; an unscheduled visit has none.
-- `asked`: what is to be answered, by whom, in which module, as the version said when it was planned.
CREATE TABLE visit (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    enrolment uuid NOT NULL,
    trial uuid NOT NULL REFERENCES trial (id),
    version uuid NOT NULL,
    organisation uuid NOT NULL REFERENCES organisation (id),
    visit text NOT NULL,
    number integer NOT NULL DEFAULT 0,
    unscheduled boolean NOT NULL DEFAULT false,
    place text NOT NULL DEFAULT 'site' CHECK (place IN ('site', 'remote')),
    target date,
    best_from date,
    best_to date,
    permitted_from date,
    permitted_to date,
    asked jsonb NOT NULL DEFAULT '[]',
    prepared_at timestamptz,
    started_on date,
    started_by uuid,
    completed_on date,
    completed_by uuid,
    skipped_on date,
    skipped_by uuid,
    skip_reason text NOT NULL DEFAULT '',
    note bytea,
    signed_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    removed_at timestamptz,
    UNIQUE (patient, id),
    FOREIGN KEY (patient, enrolment) REFERENCES enrolment (patient, id) ON UPDATE CASCADE DEFERRABLE,
    FOREIGN KEY (trial, version) REFERENCES trial_version (trial, id),
    CHECK (num_nulls(target, best_from, best_to, permitted_from, permitted_to)
           = CASE WHEN unscheduled THEN 5 ELSE 0 END),
    CHECK (unscheduled OR (permitted_from <= best_from AND best_from <= best_to AND best_to <= permitted_to)),
    CHECK (completed_on IS NULL OR (started_on IS NOT NULL AND completed_on >= started_on)),
    CHECK (completed_on IS NULL OR skipped_on IS NULL),
    CHECK (signed_at IS NULL OR completed_on IS NOT NULL OR skipped_on IS NOT NULL)
);
CREATE UNIQUE INDEX visit_once ON visit (enrolment, visit, number) WHERE removed_at IS NULL;
CREATE INDEX visit_patient ON visit (patient);
CREATE INDEX visit_waiting ON visit (permitted_from, id)
    WHERE removed_at IS NULL AND completed_on IS NULL AND skipped_on IS NULL AND prepared_at IS NULL;
CREATE INDEX visit_late ON visit (organisation, permitted_to, id)
    WHERE removed_at IS NULL AND completed_on IS NULL AND skipped_on IS NULL;

CREATE TABLE visit_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    visit uuid NOT NULL,
    revision integer NOT NULL,
    former jsonb NOT NULL,
    reason bytea,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (visit, revision),
    FOREIGN KEY (patient, visit) REFERENCES visit (patient, id) ON UPDATE CASCADE DEFERRABLE
);
CREATE TRIGGER visit_history_only_grows BEFORE DELETE OR TRUNCATE ON visit_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER visit_history_keeps BEFORE UPDATE ON visit_history
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite(reason);

-- What a visit adds to an assignment: its place among the others, whether it must be answered, which version of the
-- questionnaire is frozen, and how many days old an answer may be that counts for it.
ALTER TABLE assignment ADD COLUMN position smallint NOT NULL DEFAULT 0;
ALTER TABLE assignment ADD COLUMN required boolean NOT NULL DEFAULT true;
ALTER TABLE assignment ADD COLUMN version text;
ALTER TABLE assignment ADD COLUMN reuse_days integer CHECK (reuse_days >= 0);
CREATE INDEX assignment_of_visit ON assignment (origin_id) WHERE origin_kind = 'visit';
CREATE UNIQUE INDEX assignment_once_in_visit ON assignment (origin_id, questionnaire, answered_by)
    WHERE origin_kind = 'visit' AND state <> 'cancelled';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
