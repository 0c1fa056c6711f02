"""People who can sign in, where they work, whom they answer for, and their sessions."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
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


class AccountRow(Table, db=DB, tablename="account"):
    """`email_hash` finds it; the sealed columns are opened with the person's own key."""

    id = UUID(primary_key=True, default=None)
    role = Text(default=None)
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


class MembershipRow(Table, db=DB, tablename="membership"):
    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    organisation = UUID(default=None, index=True)
    profession = Text(default=None)
    role = Text(default=None)
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)


class PatientLinkRow(Table, db=DB, tablename="patient_link"):
    """Whom an account answers for: `self`, or as mother, father, guardian…"""

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    patient = UUID(default=None, index=True)
    relationship = Text(default="self")
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)


class SessionRow(Table, db=DB, tablename="session"):
    """Only the hash of the cookie's token is kept. `second_factor_at` dates the last one for step-up."""

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


class SignInAttemptRow(Table, db=DB, tablename="sign_in_attempt"):
    """One walk through the sign-in pages in one browser; also made for an unknown address, so that nobody can tell."""

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
