"""Invitations of patients and of those who answer for them."""

from piccolo.columns import UUID, Array, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class PatientInvitationRow(Table, db=DB, tablename="patient_invitation"):
    """A patient, or by `relationship` somebody close, is invited by mail. Good once; only the link's hash is kept.

    `failures`: wrong birth dates, of which five close it. `proof_hash`: of the browser that knew the right one.
    `link`: what it gave to `account`.
    """

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(null=True, default=None, unique=True)
    data_key = Bytea(default=None)
    email = Bytea(default=None)
    email_hash = Bytea(default=None)
    language = Text(default=None)
    patient = UUID(default=None, index=True)
    relationship = UUID(null=True, default=None)
    rights = Array(base_column=Text(), default=[])
    beyond = Text(default="")
    beyond_on = Date(null=True, default=None)
    organisation = UUID(default=None)
    invited_by = UUID(default=None)
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    sent_at = Timestamptz(null=True, default=None)
    bounced_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    accepted_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    failures = Integer(default=0)
    proof_hash = Bytea(null=True, default=None)
    account = UUID(null=True, default=None)
    link = UUID(null=True, default=None)
