"""Keyed hashes under which a person is looked for. What is hashed is in blocking.py."""

from piccolo.columns import UUID, Bytea
from piccolo.table import Table

from app.lib.db import DB


class PatientBlockRow(Table, db=DB, tablename="patient_block"):
    """A keyed hash of something that two records of one person share."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None, index=True)
    token = Bytea(default=None)
