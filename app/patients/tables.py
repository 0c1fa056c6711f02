"""Patients: one person, one record. Identity is sealed; search goes through keyed tokens."""

from piccolo.columns import UUID, Bytea, Date, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class PatientRow(Table, db=DB, tablename="patient"):
    """`code` says nothing about the person. `merged_into` points at the record that took this one in."""

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
