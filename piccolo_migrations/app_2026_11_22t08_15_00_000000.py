"""Biology: reports of laboratories with their results, and files of results that wait to be taken over.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Biology: reports, results, former values, imports"

TABLES = """
-- What one laboratory said of one sample. `comment` and `removed_reason` are sealed under the patient's key.
-- `taken_at`: the moment, where the hour is known. `sample`: what the laboratory calls it.
CREATE TABLE lab_report (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    organisation uuid NOT NULL REFERENCES organisation (id),
    taken_on date NOT NULL,
    taken_at timestamptz,
    laboratory text NOT NULL DEFAULT '',
    sample text NOT NULL DEFAULT '',
    fasting boolean,
    comment bytea,
    import uuid,
    entered_by uuid NOT NULL,
    entered_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    removed_at timestamptz,
    removed_by uuid,
    removed_reason bytea,
    UNIQUE (patient, id),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE INDEX lab_report_patient ON lab_report (patient, taken_on);

-- One result: as it was entered, and in the unit in which the analyte is shown. It is never changed: another one takes
-- its place. `since` and `until`: the revision of the report with which it came, and with which it stands no more.
CREATE TABLE lab_result (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    report uuid NOT NULL,
    analyte text NOT NULL,
    comparator text NOT NULL DEFAULT '' CHECK (comparator IN ('', '<', '<=', '>', '>=')),
    entered numeric NOT NULL,
    entered_unit text NOT NULL,
    entered_low numeric,
    entered_high numeric,
    value numeric NOT NULL,
    unit text NOT NULL,
    low numeric,
    high numeric,
    since integer NOT NULL,
    until integer,
    UNIQUE (patient, id),
    CHECK (until > since),
    FOREIGN KEY (patient, report) REFERENCES lab_report (patient, id) ON UPDATE CASCADE DEFERRABLE
);
CREATE UNIQUE INDEX lab_result_once ON lab_result (report, analyte) WHERE until IS NULL;

-- What a report said before it was corrected, and why it was; the reason is sealed under the patient's key.
CREATE TABLE lab_report_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    report uuid NOT NULL,
    revision integer NOT NULL,
    taken_on date NOT NULL,
    taken_at timestamptz,
    laboratory text NOT NULL,
    sample text NOT NULL,
    fasting boolean,
    comment bytea,
    reason bytea NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (patient, id),
    UNIQUE (report, revision),
    FOREIGN KEY (patient, report) REFERENCES lab_report (patient, id) ON UPDATE CASCADE DEFERRABLE
);

-- A file of results, sealed under a key of its own, between the look at it and its being taken over.
CREATE TABLE lab_import (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    organisation uuid NOT NULL REFERENCES organisation (id),
    data_key bytea NOT NULL,
    content bytea,
    file_name bytea,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    done_at timestamptz,
    results integer NOT NULL DEFAULT 0
);
CREATE INDEX lab_import_valid_until ON lab_import (valid_until) WHERE content IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
