"""Treatments: the drug database, what is prescribed to a person, what was not tolerated, and what corrections replaced.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Treatments: drugs, prescriptions, adverse effects"

TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- One reading of the public drug database; `dated`: the month that its files tell of.
CREATE TABLE drug_release (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    dated text NOT NULL,
    imported_at timestamptz NOT NULL,
    drugs integer NOT NULL,
    added integer NOT NULL,
    changed integer NOT NULL,
    withdrawn integer NOT NULL,
    UNIQUE (source, dated)
);
-- `words`: what it is found by, folded. `withdrawn`: the release in which it was no longer; what was prescribed stays.
CREATE TABLE drug (
    cis text PRIMARY KEY,
    name text NOT NULL,
    form text NOT NULL,
    routes text NOT NULL,
    holder text NOT NULL,
    status text NOT NULL,
    marketed boolean NOT NULL,
    substances text NOT NULL,
    atc text,
    conditions text NOT NULL DEFAULT '',
    availability text NOT NULL DEFAULT '',
    generic_group text NOT NULL DEFAULT '',
    words text[] NOT NULL,
    release uuid NOT NULL REFERENCES drug_release (id),
    withdrawn uuid REFERENCES drug_release (id)
);
CREATE INDEX drug_words ON drug USING gin (words);
CREATE TABLE drug_substance (
    id uuid PRIMARY KEY,
    drug text NOT NULL REFERENCES drug (cis),
    form text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    dose text NOT NULL,
    per text NOT NULL,
    nature text NOT NULL,
    number integer NOT NULL
);
CREATE INDEX drug_substance_drug ON drug_substance (drug);
CREATE TABLE drug_pack (
    id uuid PRIMARY KEY,
    drug text NOT NULL REFERENCES drug (cis),
    cip13 text NOT NULL,
    label text NOT NULL,
    status text NOT NULL
);
CREATE INDEX drug_pack_drug ON drug_pack (drug);
-- Every word by which drugs are found: what is typed with a slip is looked for here, and not in 15,000 names.
CREATE TABLE drug_word (
    word text PRIMARY KEY
);
CREATE INDEX drug_word_prefix ON drug_word (word text_pattern_ops);
CREATE INDEX drug_word_similar ON drug_word USING gin (word gin_trgm_ops);

-- One dose over one time. Another dose is another row, which names the one it follows. `words`: what it is where it is
-- no drug of the database, sealed. `strength`: milligrams in one `strength_per`, of a drug of one substance, then.
CREATE TABLE prescription (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    organisation uuid NOT NULL REFERENCES organisation (id),
    cis text REFERENCES drug (cis),
    label text NOT NULL,
    substance text NOT NULL DEFAULT '',
    strength numeric,
    strength_per text NOT NULL DEFAULT '',
    words bytea,
    unit text NOT NULL,
    takes jsonb NOT NULL DEFAULT '[]',
    every_days integer NOT NULL DEFAULT 1 CHECK (every_days BETWEEN 1 AND 365),
    weekdays text NOT NULL DEFAULT '',
    as_needed boolean NOT NULL DEFAULT false,
    most_per_day numeric,
    route text NOT NULL DEFAULT '',
    started text NOT NULL,
    ended text,
    refill_on date,
    reason bytea,
    prescriber bytea,
    stop_reason text NOT NULL DEFAULT ''
        CHECK (stop_reason IN ('', 'changed', 'ineffective', 'adverse_effect', 'remission', 'wish', 'other')),
    stop_note bytea,
    follows uuid REFERENCES prescription (id),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    removed_at timestamptz,
    removed_by uuid,
    removed_reason bytea,
    UNIQUE (patient, id),
    CHECK ((cis IS NULL) = (words IS NOT NULL)),
    CHECK ((ended IS NULL) = (stop_reason = ''))
);
CREATE INDEX prescription_patient ON prescription (patient);
CREATE UNIQUE INDEX prescription_follows ON prescription (follows) WHERE removed_at IS NULL AND follows IS NOT NULL;
-- What a correction replaced, as JSON under the person's key, with why.
CREATE TABLE prescription_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    prescription uuid NOT NULL,
    revision integer NOT NULL,
    former bytea NOT NULL,
    why bytea NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (prescription, revision),
    FOREIGN KEY (patient, prescription) REFERENCES prescription (patient, id) ON UPDATE CASCADE
        DEFERRABLE
);
CREATE INDEX prescription_history_prescription ON prescription_history (prescription);
CREATE TABLE adverse_effect (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    organisation uuid NOT NULL REFERENCES organisation (id),
    label bytea NOT NULL,
    severity text NOT NULL CHECK (severity IN ('mild', 'moderate', 'severe', 'serious')),
    started text NOT NULL,
    ended text,
    outcome text NOT NULL,
    action_taken text NOT NULL,
    suspected uuid[] NOT NULL DEFAULT '{}',
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    removed_at timestamptz,
    removed_by uuid,
    removed_reason bytea,
    UNIQUE (patient, id)
);
CREATE INDEX adverse_effect_patient ON adverse_effect (patient);
CREATE TABLE adverse_effect_history (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    adverse_effect uuid NOT NULL,
    revision integer NOT NULL,
    former bytea NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (adverse_effect, revision),
    FOREIGN KEY (patient, adverse_effect) REFERENCES adverse_effect (patient, id) ON UPDATE CASCADE
        DEFERRABLE
);
CREATE INDEX adverse_effect_history_adverse_effect ON adverse_effect_history (adverse_effect);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
