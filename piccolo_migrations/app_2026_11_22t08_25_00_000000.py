"""Consents: texts that never change once published, what was signed, what was decided, and whom of a team was told.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Consents: texts, forms that were signed, decisions, notices to teams"

TABLES = """
-- `content`: by language. `hash`: of the content. `material`: whoever said yes to an older version is asked again,
-- where there is a last day for it. `shipped`: came with the product, as a model.
CREATE TABLE consent_text (
    id uuid PRIMARY KEY,
    purpose text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    hash bytea NOT NULL,
    material boolean NOT NULL DEFAULT false,
    ask_again_until date,
    shipped boolean NOT NULL DEFAULT false,
    drafted_by uuid NOT NULL,
    drafted_at timestamptz NOT NULL,
    published_by uuid,
    published_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    UNIQUE (purpose, version),
    CHECK (material OR ask_again_until IS NULL),
    CHECK ((published_at IS NULL) = (published_by IS NULL))
);
CREATE UNIQUE INDEX consent_text_one_draft ON consent_text (purpose) WHERE published_at IS NULL;
CREATE TRIGGER consent_text_stays BEFORE UPDATE OR DELETE ON consent_text
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- One form: what one person signed at one moment, for one purpose or several. `state`: open (being filled in), signed
-- (to be certified), in_force, discarded. `purposes`: what is asked. `signer`: patient, proxy (an account), one_parent,
-- both_parents, guardian. `paper`, `copy`: files.
CREATE TABLE consent (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    organisation uuid REFERENCES organisation (id),
    method text NOT NULL CHECK (method IN ('portal', 'screen', 'paper', 'spoken')),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'signed', 'in_force', 'discarded')),
    language text NOT NULL,
    purposes text[] NOT NULL,
    signer text NOT NULL CHECK (signer IN ('patient', 'proxy', 'one_parent', 'both_parents', 'guardian')),
    signer_name bytea,
    second_name bytea,
    for_minor boolean NOT NULL DEFAULT false,
    assent boolean NOT NULL DEFAULT false,
    reason bytea,
    paper uuid,
    copy uuid,
    begun_by uuid NOT NULL,
    begun_at timestamptz NOT NULL,
    signed_on date,
    signed_at timestamptz,
    certified_by uuid,
    certified_at timestamptz,
    discarded_at timestamptz,
    UNIQUE (patient, id)
);
CREATE INDEX consent_patient ON consent (patient, begun_at);
CREATE INDEX consent_unfinished ON consent (organisation, begun_at) WHERE state IN ('open', 'signed');

-- Only grows. `answer`: given, refused, withdrawn. `decided_at`: the moment that counts.
CREATE TABLE consent_decision (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    consent uuid NOT NULL,
    purpose text NOT NULL,
    text uuid NOT NULL REFERENCES consent_text (id),
    answer text NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn')),
    points integer NOT NULL DEFAULT 0,
    decided_at timestamptz NOT NULL,
    UNIQUE (consent, purpose),
    UNIQUE (patient, id),
    FOREIGN KEY (patient, consent) REFERENCES consent (patient, id) ON UPDATE CASCADE
);
CREATE INDEX consent_decision_patient ON consent_decision (patient, purpose, decided_at);
CREATE INDEX consent_decision_no ON consent_decision (decided_at) WHERE answer <> 'given';

-- What somebody decided goes with their record, if it is found to be another's, and changes in nothing else.
CREATE FUNCTION refuse_another_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR pg_trigger_depth() < 2
       OR to_jsonb(NEW) - 'patient' IS DISTINCT FROM to_jsonb(OLD) - 'patient' THEN
        RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_decision_only_grows BEFORE UPDATE OR DELETE ON consent_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_another_decision();

-- Who of a team was told by mail of a no, so that nobody is told twice.
CREATE TABLE consent_notice (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    consent uuid NOT NULL,
    account uuid NOT NULL REFERENCES account (id),
    kind text NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (consent, account, kind),
    UNIQUE (patient, id),
    FOREIGN KEY (patient, consent) REFERENCES consent (patient, id) ON UPDATE CASCADE
);

-- Until somebody has worked out what the decisions of a merged person come to, what either withholds is withheld.
CREATE FUNCTION withhold_of_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patient p SET withheld = ARRAY(SELECT DISTINCT w FROM unnest(p.withheld || o.withheld) AS w ORDER BY w)
    FROM patient o
    WHERE (p.id, o.id) IN ((NEW.root, NEW.id), (NEW.id, OLD.root)) AND p.id <> o.id
      AND NOT p.withheld @> o.withheld;
    RETURN NULL;
END $$;
CREATE TRIGGER patient_withholds_of_both AFTER UPDATE OF root ON patient
    FOR EACH ROW WHEN (OLD.root <> NEW.root) EXECUTE FUNCTION withhold_of_both();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
