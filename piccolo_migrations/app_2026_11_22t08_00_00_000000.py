"""One person, one record: what stands for whom, which centres follow, what consent withholds; said once, in views.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patients: identity, the record that stands for a person, reasons of affiliations"

TABLES = """
-- `root`: the record that stands for this one, itself unless it was merged; kept by merging and unmerging.
ALTER TABLE patient
    ADD root uuid REFERENCES patient (id),
    ADD revision integer NOT NULL DEFAULT 1,
    ADD used_given_name bytea,
    ADD birth_place bytea,
    ADD birth_place_code bytea,
    ADD birth_country bytea,
    ADD email bytea,
    ADD email_hash bytea,
    ADD nir bytea,
    ADD nir_hash bytea,
    ADD language text NOT NULL DEFAULT 'fr',
    ADD withheld text[] NOT NULL DEFAULT '{genetics,research}',
    ADD removed_by uuid,
    ADD removed_kind text NOT NULL DEFAULT '',
    ADD removed_reason bytea;
WITH RECURSIVE tree AS (
    SELECT id, id AS root FROM patient WHERE merged_into IS NULL
    UNION ALL
    SELECT p.id, t.root FROM patient p JOIN tree t ON p.merged_into = t.id
)
UPDATE patient SET root = tree.root FROM tree WHERE tree.id = patient.id;
ALTER TABLE patient
    ALTER root SET NOT NULL,
    ADD CHECK ((merged_into IS NULL) = (root = id));
CREATE INDEX patient_root ON patient (root);
CREATE INDEX patient_nir ON patient (nir_hash) WHERE nir_hash IS NOT NULL;
CREATE INDEX patient_email ON patient (email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX patient_removed ON patient (removed_at) WHERE removed_at IS NOT NULL;

-- `grounds`: why the centre follows the person. `active_at`: the last thing that happened, for lists.
ALTER TABLE affiliation
    ADD grounds text NOT NULL DEFAULT 'created',
    ADD origin uuid,
    ADD granted_by uuid,
    ADD ended_by uuid,
    ADD ended_reason text NOT NULL DEFAULT '',
    ADD practitioner uuid REFERENCES account (id),
    ADD active_at timestamptz NOT NULL DEFAULT now(),
    ADD CHECK (status IN ('active', 'ended')),
    ADD UNIQUE (patient, id);
UPDATE affiliation a SET active_at = coalesce(
    (SELECT max(coalesce(r.submitted_at, r.opened_at)) FROM response r WHERE r.patient = a.patient),
    (SELECT p.created_at FROM patient p WHERE p.id = a.patient));
CREATE INDEX affiliation_active ON affiliation (organisation, active_at, patient)
    WHERE status = 'active' AND valid_to IS NULL;
CREATE INDEX affiliation_practitioner ON affiliation (practitioner) WHERE practitioner IS NOT NULL;

-- A thing of a patient: whose record it is in now, which centres follow that person, what consent withholds.
CREATE VIEW patient_scope AS
SELECT m.id AS patient, p.id AS root, p.withheld,
       ARRAY(SELECT DISTINCT a.organisation FROM patient o
             JOIN affiliation a ON a.patient = o.id AND a.status = 'active' AND a.valid_to IS NULL
             WHERE o.root = p.id) AS organisations
FROM patient m JOIN patient p ON p.id = m.root AND p.removed_at IS NULL;

-- Which patients, by any of their ids, a centre follows, whatever consent says: for what must reach a team.
CREATE VIEW following AS
SELECT a.organisation, m.id AS patient, p.id AS root, p.withheld
FROM affiliation a
JOIN patient f ON f.id = a.patient
JOIN patient p ON p.id = f.root AND p.removed_at IS NULL
JOIN patient m ON m.root = p.id
WHERE a.status = 'active' AND a.valid_to IS NULL;

-- The same, less the records that their owners have closed.
CREATE VIEW followed AS SELECT * FROM following WHERE NOT 'care' = ANY (withheld);

-- One line a record and centre, for lists. A merged record's own line counts only where its root has none.
CREATE VIEW followed_record AS
SELECT a.organisation, p.id AS patient, a.active_at, a.practitioner, a.valid_from, a.id AS affiliation
FROM affiliation a
JOIN patient f ON f.id = a.patient
JOIN patient p ON p.id = f.root AND p.removed_at IS NULL AND NOT 'care' = ANY (p.withheld)
WHERE a.status = 'active' AND a.valid_to IS NULL AND (f.id = f.root OR NOT EXISTS (
    SELECT FROM patient n
    JOIN affiliation b ON b.patient = n.id AND b.status = 'active' AND b.valid_to IS NULL
    WHERE n.root = f.root AND b.organisation = a.organisation AND b.id <> a.id AND (n.id = n.root OR b.id < a.id)));

-- Who sees what one centre wrote: every centre that follows, or that one alone where sharing is withheld.
CREATE FUNCTION seen_by(organisations uuid[], withheld text[], origin uuid) RETURNS uuid[] LANGUAGE sql IMMUTABLE
RETURN CASE WHEN 'sharing' = ANY (withheld)
            THEN CASE WHEN origin = ANY (organisations) THEN ARRAY[origin] ELSE '{}'::uuid[] END
            ELSE organisations END;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
