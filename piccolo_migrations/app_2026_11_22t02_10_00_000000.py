"""What Piccolo has no word for: keys that include the patient, partial unique rules, tables that only grow."""

from importlib.resources import files

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T02:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Keys, rules, history and the job queue"

RULES = """
ALTER TABLE membership
    ADD FOREIGN KEY (account) REFERENCES account (id),
    ADD FOREIGN KEY (organisation) REFERENCES organisation (id);
ALTER TABLE session
    ADD FOREIGN KEY (account) REFERENCES account (id),
    ADD FOREIGN KEY (membership) REFERENCES membership (id);
ALTER TABLE patient_link
    ADD FOREIGN KEY (account) REFERENCES account (id),
    ADD FOREIGN KEY (patient) REFERENCES patient (id);
ALTER TABLE sign_in_attempt ADD FOREIGN KEY (account) REFERENCES account (id);
ALTER TABLE affiliation
    ADD FOREIGN KEY (patient) REFERENCES patient (id),
    ADD FOREIGN KEY (organisation) REFERENCES organisation (id);
ALTER TABLE patient_token ADD FOREIGN KEY (patient) REFERENCES patient (id);

-- One open account an address; a closed one frees it.
CREATE UNIQUE INDEX account_email ON account (email_hash) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX patient_link_once ON patient_link (account, patient) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX affiliation_once ON affiliation (patient, organisation) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX patient_token_once ON patient_token (token, patient);

-- Patient-owned tables: UNIQUE (patient, id), and keys between them that include the patient.
ALTER TABLE response
    ADD UNIQUE (patient, id),
    ADD FOREIGN KEY (patient) REFERENCES patient (id),
    ADD FOREIGN KEY (organisation) REFERENCES organisation (id),
    ADD CHECK (state IN ('draft', 'submitted', 'amended')),
    ADD CHECK ((state = 'draft') = (submitted_at IS NULL));
ALTER TABLE assignment
    ADD UNIQUE (patient, id),
    ADD FOREIGN KEY (patient) REFERENCES patient (id),
    ADD FOREIGN KEY (organisation) REFERENCES organisation (id),
    ADD FOREIGN KEY (patient, response) REFERENCES response (patient, id),
    ADD CHECK (state IN ('to_do', 'in_progress', 'done', 'cancelled', 'expired'));
ALTER TABLE response_row
    ADD UNIQUE (patient, id),
    ADD FOREIGN KEY (patient, response) REFERENCES response (patient, id);
ALTER TABLE answer
    ADD UNIQUE (patient, id),
    ADD UNIQUE (response, item, "row"),
    ADD FOREIGN KEY (patient, response) REFERENCES response (patient, id);
ALTER TABLE answer_history
    ADD UNIQUE (answer, version),
    ADD FOREIGN KEY (patient, answer) REFERENCES answer (patient, id);
ALTER TABLE correction
    ADD UNIQUE (patient, id),
    ADD UNIQUE (response, revision),
    ADD FOREIGN KEY (patient, response) REFERENCES response (patient, id);
ALTER TABLE score
    ADD UNIQUE (patient, id),
    ADD FOREIGN KEY (patient, response) REFERENCES response (patient, id),
    ADD CHECK (status IN ('computed', 'not_computable', 'not_applicable'));
CREATE UNIQUE INDEX score_current ON score (response, score_id) WHERE superseded_at IS NULL;
CREATE INDEX score_of_patient ON score (patient, score_id, computed_at);
ALTER TABLE alert
    ADD UNIQUE (patient, id),
    ADD FOREIGN KEY (patient, response) REFERENCES response (patient, id);
-- One alert a flag waits at a time; once it was taken up, a new answer may raise the next.
CREATE UNIQUE INDEX alert_waiting ON alert (response, flag) WHERE acknowledged_at IS NULL;
CREATE INDEX alert_open ON alert (patient, raised_at) WHERE acknowledged_at IS NULL;
ALTER TABLE alert_receipt
    ADD UNIQUE (alert, account, kind),
    ADD FOREIGN KEY (patient, alert) REFERENCES alert (patient, id);
CREATE INDEX assignment_of_patient ON assignment (patient, state, due_on);
CREATE INDEX response_of_patient ON response (patient, opened_at);

-- Every value that is replaced goes to the history, whoever replaces it. The function runs as its owner:
-- the application's role may read the history and has no way to write, change or empty it.
CREATE FUNCTION keep_answer_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO public.answer_history
        (id, answer, patient, response, item, "row", value, version, answered_by, answered_at, replaced_at)
    VALUES (gen_random_uuid(), OLD.id, OLD.patient, OLD.response, OLD.item, OLD."row", OLD.value, OLD.version,
            OLD.answered_by, OLD.answered_at, NEW.answered_at);
    RETURN NULL;
END $$;
CREATE TRIGGER answer_history AFTER UPDATE OF value ON answer
    FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION keep_answer_history();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON answer_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        link = DB.current_transaction.get().connection
        await link.execute(RULES)
        await link.execute(files("procrastinate").joinpath("sql/schema.sql").read_text())

    manager.add_raw(run)
    return manager
