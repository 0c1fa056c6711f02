"""People who can sign in, where they work, whom they answer for, and their sessions. Proofs are in other modules."""

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class OrganisationRow(Table, db=DB, tablename="organisation"):
    id = UUID(primary_key=True, default=None)
    code = Text(default=None, unique=True)
    name = Text(default=None)
    city = Text(default=None)
    kind = Text(default="expert_centre")
    time_zone = Text(default="Europe/Paris")
    phone = Text(default="")
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)
    pathologies = JSONB(default="[]")
    controller = Text(default="")
    data_owner = Text(default="")
    data_protection_officer = Text(default="")
    closed_reason = Text(default="")


class AccountRow(Table, db=DB, tablename="account"):
    """`email_hash` finds it; the sealed columns are opened with the person's own key.

    `kind`: patient (or somebody who answers for one), professional, superadmin. What a professional may do is a matter
    of memberships. `nir_hash` and `rpps_hash` find an exact number.
    """

    id = UUID(primary_key=True, default=None)
    kind = Text(default=None)
    data_key = Bytea(default=None)
    email_hash = Bytea(default=None)
    email = Bytea(default=None)
    given_name = Bytea(default=None)
    family_name = Bytea(default=None)
    language = Text(default="fr")
    password_hash = Text(null=True, default=None)
    totp_secret = Bytea(null=True, default=None)
    totp_last_step = BigInt(default=0)
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)
    email_verified_at = Timestamptz(null=True, default=None)
    phone = Bytea(null=True, default=None)
    phone_verified_at = Timestamptz(null=True, default=None)
    birth_date = Bytea(null=True, default=None)
    sex = Text(default="unknown")
    nir = Bytea(null=True, default=None)
    nir_hash = Bytea(null=True, default=None)
    rpps = Bytea(null=True, default=None)
    rpps_hash = Bytea(null=True, default=None)
    password_changed_at = Timestamptz(null=True, default=None)
    trained_until = Date(null=True, default=None)
    closed_reason = Bytea(null=True, default=None)


class MembershipRow(Table, db=DB, tablename="membership"):
    """`role`: practitioner, arc or administrator (of accounts, without patients). `administers`: also the latter.

    `given_by`, `given_on`: who gave the place, or the power to administer that came later, and on which day.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    organisation = UUID(default=None, index=True)
    profession = Text(default=None)
    role = Text(default=None)
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    administers = Boolean(default=False)
    given_by = UUID(null=True, default=None)
    given_on = Date(null=True, default=None)


class PatientLinkRow(Table, db=DB, tablename="patient_link"):
    """Whom an account answers for: `self`, or as mother, father, guardian… with these `rights`.

    `beyond`: why they do not pause at 18 (court, agreed), since `beyond_on`. `majority_at`: when everybody was told
    that they pause.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    patient = UUID(default=None, index=True)
    relationship = Text(default="self")
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    rights = Array(base_column=Text(), default=[])
    contact = UUID(null=True, default=None)
    given_by = UUID(null=True, default=None)
    given_at = Timestamptz(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_reason = Text(default="")
    beyond = Text(default="")
    beyond_on = Date(null=True, default=None)
    majority_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


class SessionRow(Table, db=DB, tablename="session"):
    """Only the hash of the cookie's token is kept. `second_factor_at` dates the last one for step-up.

    `device` (browser and system, in words) and `network` (the address, cut short) let its owner recognise it.
    """

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(default=None, unique=True)
    account = UUID(default=None, index=True)
    membership = UUID(null=True, default=None)
    csrf_secret = Bytea(default=None)
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    idle_until = Timestamptz(default=None)
    valid_until = Timestamptz(default=None, index=True)
    second_factor_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    method = Text(default="")
    device = Text(default="")
    network = Text(default="")


class HandoverRow(Table, db=DB, tablename="handover"):
    """A session whose screen was handed over, for one visit, in one voice; lent while it has no end.

    `relative`: who of those close to the patient holds it, with their account where they have one.
    """

    id = UUID(primary_key=True, default=None)
    session = UUID(default=None)
    account = UUID(default=None)
    visit = UUID(default=None, index=True)
    voice = Text(default=None)
    relative = UUID(null=True, default=None)
    relative_account = UUID(null=True, default=None)
    lent_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_how = Text(default="")


class SignInAttemptRow(Table, db=DB, tablename="sign_in_attempt"):
    """One walk through the sign-in pages in one browser; also made for an unknown address, so that nobody can tell.

    `channel`: where the code goes: email, sms, voice, or none for an authenticator's. `session`: whose second factor
    this freshens; none when signing in.
    """

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(default=None, unique=True)
    account = UUID(null=True, default=None)
    email_hash = Bytea(default=None, index=True)
    method = Text(default=None)
    code_hash = Bytea(null=True, default=None)
    code_sent_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    failures = Integer(default=0)
    used_at = Timestamptz(null=True, default=None)
    again = Boolean(default=False)
    channel = Text(default="email")
    session = UUID(null=True, default=None)


class ThrottleRow(Table, db=DB, tablename="throttle"):
    """How often something was tried from one place or about one person since `since`; survives no crash, need not."""

    key = Bytea(primary_key=True, default=None)
    since = Timestamptz(default=None)
    hits = Integer(default=0)


class PasskeyRow(Table, db=DB, tablename="passkey"):
    """A WebAuthn credential. Its name is the owner's and sealed."""

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    credential_id = Bytea(default=None, unique=True)
    public_key = Bytea(default=None)
    sign_count = BigInt(default=0)
    name = Bytea(default=None)
    backed_up = Boolean(default=False)
    created_at = Timestamptz(default=None)
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class PasskeyChallengeRow(Table, db=DB, tablename="passkey_challenge"):
    """A challenge given to one browser, good once. `account`: whose, where that is known beforehand."""

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(default=None, unique=True)
    challenge = Bytea(default=None)
    account = UUID(null=True, default=None)
    purpose = Text(default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None, index=True)
    used_at = Timestamptz(null=True, default=None)


class RecoveryCodeRow(Table, db=DB, tablename="recovery_code"):
    """One of ten codes on paper; a new set takes the place of the former."""

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    code_hash = Bytea(default=None)
    created_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class AddressChangeRow(Table, db=DB, tablename="address_change"):
    """A new e-mail address or telephone number (`kind`) that a code must still prove, under its account's key.

    `former`: what it took the place of, until its owner was told there too.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    kind = Text(default=None)
    value = Bytea(default=None)
    value_hash = Bytea(default=None)
    former = Bytea(null=True, default=None)
    code_hash = Bytea(null=True, default=None)
    code_sent_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    failures = Integer(default=0)
    used_at = Timestamptz(null=True, default=None)


class AccountResetRow(Table, db=DB, tablename="account_reset"):
    """Somebody lost every way in: one administrator asks, another confirms, then a link gives new ones.

    `email`: where the link goes, sealed under the account's key; NULL means the known address. `organisation`: the
    centre the first one acted in, none for the network. `valid_from`: before then the link does not work yet.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    reason = Bytea(default=None)
    email = Bytea(null=True, default=None)
    asked_by = UUID(default=None)
    asked_at = Timestamptz(default=None)
    organisation = UUID(null=True, default=None)
    confirmed_by = UUID(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    refused_by = UUID(null=True, default=None)
    refused_at = Timestamptz(null=True, default=None)
    token_hash = Bytea(null=True, default=None, unique=True)
    valid_from = Timestamptz(null=True, default=None)
    valid_until = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class SignUpRow(Table, db=DB, tablename="sign_up"):
    """A sign-up whose address is not proven yet; also made for an address that has an account, so nobody can tell.

    `identity`: all that was typed, as JSON, sealed under `data_key`. `account`: what came of it.
    """

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(default=None, unique=True)
    kind = Text(default=None)
    language = Text(default="fr")
    data_key = Bytea(default=None)
    email_hash = Bytea(default=None, index=True)
    identity = Bytea(default=None)
    password_hash = Text(null=True, default=None)
    code_hash = Bytea(null=True, default=None)
    code_sent_at = Timestamptz(null=True, default=None)
    phone_code_hash = Bytea(null=True, default=None)
    phone_code_sent_at = Timestamptz(null=True, default=None)
    failures = Integer(default=0)
    email_verified_at = Timestamptz(null=True, default=None)
    phone_verified_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None, index=True)
    used_at = Timestamptz(null=True, default=None)
    account = UUID(null=True, default=None)


class SpentChallengeRow(Table, db=DB, tablename="spent_challenge"):
    """A proof of work that was handed in: it counts once."""

    digest = Bytea(primary_key=True, default=None)
    valid_until = Timestamptz(default=None, index=True)


class MembershipRequestRow(Table, db=DB, tablename="membership_request"):
    """A professional asks for a place in a centre: one of the list, or one they name (`other_organisation`).

    `reason`: why it was refused, sealed under the key of whoever asked.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    organisation = UUID(null=True, default=None, index=True)
    other_organisation = Text(default="")
    profession = Text(default=None)
    created_at = Timestamptz(default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)
    membership = UUID(null=True, default=None)
    reason = Bytea(null=True, default=None)


class InvitationRow(Table, db=DB, tablename="invitation"):
    """A place in a centre offered by mail, good once. Sealed under its own `data_key`; the link's hash is kept."""

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(null=True, default=None, unique=True)
    data_key = Bytea(default=None)
    email_hash = Bytea(default=None, index=True)
    email = Bytea(default=None)
    given_name = Bytea(default=None)
    family_name = Bytea(default=None)
    language = Text(default="fr")
    organisation = UUID(default=None, index=True)
    profession = Text(default=None)
    role = Text(default=None)
    administers = Boolean(default=False)
    invited_by = UUID(default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    sent_at = Timestamptz(null=True, default=None)
    bounced_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    accepted_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    account = UUID(null=True, default=None)


class BreakGlassRow(Table, db=DB, tablename="break_glass"):
    """A network administrator opened who a patient is, for a short time and a reason that the centre reads.

    The reason says something about the patient: it is sealed under their key.
    """

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    patient = UUID(default=None, index=True)
    reason = Bytea(default=None)
    opened_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)


class OidcIdentityRow(Table, db=DB, tablename="oidc_identity"):
    """Who an account is to an OpenID provider; the subject is found by its keyed hash."""

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    issuer = Text(default=None)
    subject_hash = Bytea(default=None)
    created_at = Timestamptz(default=None)
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class OidcFlowRow(Table, db=DB, tablename="oidc_flow"):
    """One walk to an OpenID provider and back, in one browser."""

    id = UUID(primary_key=True, default=None)
    state_hash = Bytea(default=None, unique=True)
    browser_hash = Bytea(default=None)
    nonce = Text(default=None)
    code_verifier = Text(default=None)
    following = Text(default="/")
    account = UUID(null=True, default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None, index=True)
    used_at = Timestamptz(null=True, default=None)
