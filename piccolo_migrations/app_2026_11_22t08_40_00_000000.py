"""People close to a patient: who they are, what they may do for the patient, how they were invited.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T08:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Contacts of patients, rights of proxies, invitations of patients and proxies"

TABLES = """
-- One person close to one or several patients. Sealed under its own key: it is not the patients'.
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    data_key bytea NOT NULL,
    given_name bytea NOT NULL,
    family_name bytea NOT NULL,
    email bytea,
    email_hash bytea,
    phone bytea,
    language text NOT NULL,
    organisation uuid NOT NULL REFERENCES organisation (id),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CHECK ((email IS NULL) = (email_hash IS NULL))
);
CREATE INDEX contact_email ON contact (email_hash) WHERE email_hash IS NOT NULL;

-- What the contact is to one patient, until it ends, be it that it was written by mistake. The note is sealed under the
-- contact's key: the row may come to stand in another record, when one that was merged comes apart again.
CREATE TABLE relationship (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    contact uuid NOT NULL REFERENCES contact (id),
    kind text NOT NULL,
    emergency boolean NOT NULL DEFAULT false,
    note bytea,
    since date,
    until date,
    ended_by uuid,
    ended_at timestamptz,
    ended_reason text NOT NULL DEFAULT '',
    organisation uuid NOT NULL REFERENCES organisation (id),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    UNIQUE (patient, id)
);
CREATE INDEX relationship_contact ON relationship (contact);
CREATE UNIQUE INDEX relationship_once ON relationship (patient, contact) WHERE ended_at IS NULL;

-- Former values of a contact or of what it is to a patient: what a correction replaced, as JSON under its key.
CREATE TABLE contact_history (
    id uuid PRIMARY KEY,
    contact uuid NOT NULL REFERENCES contact (id),
    relationship uuid REFERENCES relationship (id),
    revision integer NOT NULL,
    former bytea NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX contact_history_contact ON contact_history (contact);

-- `rights`: what a proxy may do; none are needed for oneself. `beyond`: why they do not pause at 18, and since when.
ALTER TABLE patient_link
    ADD rights text[] NOT NULL DEFAULT '{}',
    ADD contact uuid REFERENCES contact (id),
    ADD given_by uuid,
    ADD given_at timestamptz,
    ADD ended_by uuid,
    ADD ended_at timestamptz,
    ADD ended_reason text NOT NULL DEFAULT '',
    ADD beyond text NOT NULL DEFAULT '',
    ADD beyond_on date,
    ADD majority_at timestamptz,
    ADD revision integer NOT NULL DEFAULT 1,
    ADD UNIQUE (patient, id),
    ADD CHECK (rights <@ '{view,answer,consent,remind,speak}'::text[]),
    ADD CHECK (beyond IN ('', 'court', 'agreed') AND (beyond = '') = (beyond_on IS NULL));
UPDATE patient_link SET rights = '{view,answer,consent,remind}' WHERE relationship <> 'self';
CREATE INDEX patient_link_minors ON patient_link (patient)
    WHERE relationship <> 'self' AND valid_to IS NULL AND beyond = '' AND majority_at IS NULL;

-- `relationship`: as whom somebody is invited; none for the patient. `proof_hash`: the browser that knew the date.
CREATE TABLE patient_invitation (
    id uuid PRIMARY KEY,
    token_hash bytea UNIQUE,
    data_key bytea NOT NULL,
    email bytea NOT NULL,
    email_hash bytea NOT NULL,
    language text NOT NULL,
    patient uuid NOT NULL REFERENCES patient (id) ON UPDATE CASCADE,
    relationship uuid,
    rights text[] NOT NULL DEFAULT '{}',
    beyond text NOT NULL DEFAULT '',
    beyond_on date,
    organisation uuid NOT NULL REFERENCES organisation (id),
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    sent_at timestamptz,
    bounced_at timestamptz,
    opened_at timestamptz,
    accepted_at timestamptz,
    revoked_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    proof_hash bytea,
    account uuid,
    link uuid REFERENCES patient_link (id),
    UNIQUE (patient, id),
    FOREIGN KEY (patient, relationship) REFERENCES relationship (patient, id) ON UPDATE CASCADE,
    FOREIGN KEY (patient, link) REFERENCES patient_link (patient, id) ON UPDATE CASCADE,
    CHECK (rights <@ '{view,answer,consent,remind,speak}'::text[])
);
CREATE INDEX patient_invitation_patient ON patient_invitation (patient);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
