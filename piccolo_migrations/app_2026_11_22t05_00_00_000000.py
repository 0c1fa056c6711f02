"""Everything that getting in safely needs: kinds of accounts, proofs, sign-ups, places in centres, the sealed trail.

Written in SQL, as a reader would run it; tests/architecture/test_schema.py holds it against the tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.lib.db import DB

ID = "2026-11-22T05:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Accounts: proofs, sign-ups, places, deliveries, training, sealed trail"

TABLES = """
-- What an account is. What a professional may do is a matter of memberships.
ALTER TABLE account RENAME COLUMN role TO kind;
UPDATE account SET kind = 'professional' WHERE kind = 'practitioner';
ALTER TABLE account
    ADD email_verified_at timestamptz,
    ADD phone bytea,
    ADD phone_verified_at timestamptz,
    ADD birth_date bytea,
    ADD sex text NOT NULL DEFAULT 'unknown',
    ADD nir bytea,
    ADD nir_hash bytea,
    ADD rpps bytea,
    ADD rpps_hash bytea,
    ADD password_changed_at timestamptz,
    ADD trained_until date,
    ADD closed_reason bytea,
    ADD CHECK (kind IN ('patient', 'professional', 'superadmin'));
-- Whoever signed in by a mailed code has proven the address; the others were opened by a person who knew it.
UPDATE account SET email_verified_at = created_at;
-- Records stay open to the teams that work today; the course is asked for within a month.
UPDATE account SET trained_until = current_date + 30 WHERE kind = 'professional';
CREATE INDEX account_nir ON account (nir_hash) WHERE nir_hash IS NOT NULL;
CREATE UNIQUE INDEX account_rpps ON account (rpps_hash) WHERE rpps_hash IS NOT NULL AND closed_at IS NULL;

ALTER TABLE membership
    ADD administers boolean NOT NULL DEFAULT false,
    ADD given_by uuid,
    ADD given_on date,
    ADD CHECK (role IN ('practitioner', 'arc', 'administrator'));
ALTER TABLE organisation
    ADD pathologies jsonb NOT NULL DEFAULT '[]',
    ADD controller text NOT NULL DEFAULT '',
    ADD data_owner text NOT NULL DEFAULT '',
    ADD data_protection_officer text NOT NULL DEFAULT '',
    ADD closed_reason text NOT NULL DEFAULT '',
    ADD CHECK (kind IN ('expert_centre', 'inclusion_site'));
ALTER TABLE session
    ADD method text NOT NULL DEFAULT '',
    ADD device text NOT NULL DEFAULT '',
    ADD network text NOT NULL DEFAULT '';
ALTER TABLE sign_in_attempt
    ADD channel text NOT NULL DEFAULT 'email',
    ADD session uuid REFERENCES session (id) ON DELETE CASCADE;

-- Events written from now on are hashed with three columns more; those of before keep their hash.
ALTER TABLE audit_event
    ADD version smallint NOT NULL DEFAULT 1,
    ADD role text,
    ADD request text,
    ADD network text;

-- Counts tries; losing it in a crash only forgives them.
CREATE UNLOGGED TABLE throttle (
    key bytea PRIMARY KEY,
    since timestamptz NOT NULL,
    hits integer NOT NULL DEFAULT 0
);
CREATE TABLE passkey (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL DEFAULT 0,
    name bytea NOT NULL,
    backed_up boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE TABLE passkey_challenge (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    challenge bytea NOT NULL,
    account uuid REFERENCES account (id),
    purpose text NOT NULL,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE recovery_code (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    code_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE address_change (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    kind text NOT NULL,
    value bytea NOT NULL,
    value_hash bytea NOT NULL,
    former bytea,
    code_hash bytea,
    code_sent_at timestamptz,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    used_at timestamptz
);
CREATE TABLE account_reset (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    reason bytea NOT NULL,
    email bytea,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    organisation uuid REFERENCES organisation (id),
    confirmed_by uuid,
    confirmed_at timestamptz,
    refused_by uuid,
    refused_at timestamptz,
    token_hash bytea UNIQUE,
    valid_from timestamptz,
    valid_until timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE sign_up (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    kind text NOT NULL,
    language text NOT NULL DEFAULT 'fr',
    data_key bytea NOT NULL,
    email_hash bytea NOT NULL,
    identity bytea NOT NULL,
    password_hash text,
    code_hash bytea,
    code_sent_at timestamptz,
    phone_code_hash bytea,
    phone_code_sent_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    email_verified_at timestamptz,
    phone_verified_at timestamptz,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    used_at timestamptz,
    account uuid REFERENCES account (id)
);
CREATE TABLE spent_challenge (
    digest bytea PRIMARY KEY,
    valid_until timestamptz NOT NULL
);
CREATE TABLE membership_request (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    organisation uuid REFERENCES organisation (id),
    other_organisation text NOT NULL DEFAULT '',
    profession text NOT NULL,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    membership uuid REFERENCES membership (id),
    reason bytea
);
CREATE TABLE invitation (
    id uuid PRIMARY KEY,
    token_hash bytea UNIQUE,
    data_key bytea NOT NULL,
    email_hash bytea NOT NULL,
    email bytea NOT NULL,
    given_name bytea NOT NULL,
    family_name bytea NOT NULL,
    language text NOT NULL DEFAULT 'fr',
    organisation uuid NOT NULL REFERENCES organisation (id),
    profession text NOT NULL,
    role text NOT NULL,
    administers boolean NOT NULL DEFAULT false,
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    sent_at timestamptz,
    bounced_at timestamptz,
    opened_at timestamptz,
    accepted_at timestamptz,
    revoked_at timestamptz,
    account uuid REFERENCES account (id)
);
CREATE TABLE break_glass (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    patient uuid NOT NULL REFERENCES patient (id),
    reason bytea NOT NULL,
    opened_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL
);
CREATE TABLE oidc_identity (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    issuer text NOT NULL,
    subject_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE TABLE oidc_flow (
    id uuid PRIMARY KEY,
    state_hash bytea NOT NULL UNIQUE,
    browser_hash bytea NOT NULL,
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    following text NOT NULL DEFAULT '/',
    account uuid REFERENCES account (id),
    created_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    account uuid REFERENCES account (id),
    channel text NOT NULL,
    purpose text NOT NULL,
    subject uuid,
    state text NOT NULL,
    provider_id text UNIQUE,
    error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE training_certificate (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account (id),
    version integer NOT NULL,
    correct integer NOT NULL,
    asked integer NOT NULL,
    passed_at timestamptz NOT NULL,
    valid_until date NOT NULL
);
CREATE TABLE audit_chain (
    seq bigint PRIMARY KEY,
    event uuid NOT NULL UNIQUE,
    event_hash bytea NOT NULL,
    chain_hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL
);
CREATE INDEX passkey_account ON passkey (account);
CREATE INDEX passkey_challenge_valid_until ON passkey_challenge (valid_until);
CREATE INDEX recovery_code_account ON recovery_code (account);
CREATE INDEX address_change_account ON address_change (account);
CREATE INDEX account_reset_account ON account_reset (account);
CREATE INDEX sign_up_email_hash ON sign_up (email_hash);
CREATE INDEX sign_up_valid_until ON sign_up (valid_until);
CREATE INDEX spent_challenge_valid_until ON spent_challenge (valid_until);
CREATE INDEX membership_request_account ON membership_request (account);
CREATE INDEX membership_request_organisation ON membership_request (organisation);
CREATE INDEX invitation_email_hash ON invitation (email_hash);
CREATE INDEX invitation_organisation ON invitation (organisation);
CREATE INDEX break_glass_account ON break_glass (account);
CREATE INDEX break_glass_patient ON break_glass (patient);
CREATE INDEX oidc_identity_account ON oidc_identity (account);
CREATE INDEX oidc_flow_valid_until ON oidc_flow (valid_until);
CREATE INDEX delivery_account ON delivery (account);
CREATE INDEX delivery_subject ON delivery (subject);
CREATE INDEX training_certificate_account ON training_certificate (account);

CREATE UNIQUE INDEX membership_request_open ON membership_request (account, organisation) WHERE decided_at IS NULL;
CREATE UNIQUE INDEX oidc_identity_once ON oidc_identity (issuer, subject_hash) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX account_reset_open ON account_reset (account)
    WHERE used_at IS NULL AND refused_at IS NULL;
CREATE INDEX break_glass_open ON break_glass (account, valid_until);
CREATE INDEX audit_event_of_actor ON audit_event (actor, at);

-- Two people, or nobody: whoever asks for a reset does not confirm it.
ALTER TABLE account_reset ADD CHECK (confirmed_by <> asked_by);
ALTER TABLE delivery
    ADD CHECK (channel IN ('email', 'sms', 'voice')),
    ADD CHECK (state IN ('sent', 'delivered', 'bounced', 'failed'));

CREATE TRIGGER audit_chain_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="app", description=DESCRIPTION)

    async def run() -> None:
        await DB.current_transaction.get().connection.execute(TABLES)

    manager.add_raw(run)
    return manager
