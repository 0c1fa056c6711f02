"""Patients: one person, one record. Identity is sealed; search goes through keyed tokens."""

from piccolo.columns import JSONB, UUID, Array, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class PatientRow(Table, db=DB, tablename="patient"):
    """`code` says nothing about the person. `merged_into`: the record that took this one in; `root`: the last one.

    `withheld`: the purposes that consent does not allow, kept by what records consents. `revision` counts edits.
    """

    id = UUID(primary_key=True, default=None)
    code = Text(default=None, unique=True)
    data_key = Bytea(default=None)
    given_names = Bytea(default=None)
    family_name = Bytea(default=None)
    birth_name = Bytea(null=True, default=None)
    birth_date = Bytea(default=None)
    phone = Bytea(null=True, default=None)
    sex = Text(default=None)
    merged_into = UUID(null=True, default=None)
    created_at = Timestamptz(default=None)
    removed_at = Timestamptz(null=True, default=None)
    root = UUID(default=None, index=True)
    revision = Integer(default=1)
    used_given_name = Bytea(null=True, default=None)
    birth_place = Bytea(null=True, default=None)
    birth_place_code = Bytea(null=True, default=None)
    birth_country = Bytea(null=True, default=None)
    email = Bytea(null=True, default=None)
    email_hash = Bytea(null=True, default=None)
    nir = Bytea(null=True, default=None)
    nir_hash = Bytea(null=True, default=None)
    language = Text(default="fr")
    withheld = Array(base_column=Text(), default=["genetics", "research"])
    removed_by = UUID(null=True, default=None)
    removed_kind = Text(default="")
    removed_reason = Bytea(null=True, default=None)


class PatientTokenRow(Table, db=DB, tablename="patient_token"):
    """A keyed hash of a folded name prefix."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    token = Bytea(default=None, index=True)


class AffiliationRow(Table, db=DB, tablename="affiliation"):
    """A centre follows a patient from one day to another; while it does, it may see the whole record."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    organisation = UUID(default=None, index=True)
    status = Text(default="active")
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    grounds = Text(default="created")
    origin = UUID(null=True, default=None)
    granted_by = UUID(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    ended_reason = Text(default="")
    practitioner = UUID(null=True, default=None)
    active_at = Timestamptz(default=None)


class PatientMergeRow(Table, db=DB, tablename="patient_merge"):
    """Two records became one: which was kept, how it was before, and why. Undone, it stays as what happened.

    `snapshot` and the reasons are sealed under the key of the kept record.
    """

    id = UUID(primary_key=True, default=None)
    kept = UUID(default=None, index=True)
    absorbed = UUID(default=None)
    organisation = UUID(default=None)
    snapshot = Bytea(default=None)
    choices = JSONB(default=None)
    confirmed = Array(base_column=Text(), default=[])
    reason = Bytea(default=None)
    merged_by = UUID(default=None)
    merged_at = Timestamptz(default=None)
    unmerged_by = UUID(null=True, default=None)
    unmerged_at = Timestamptz(null=True, default=None)
    unmerged_reason = Bytea(null=True, default=None)
