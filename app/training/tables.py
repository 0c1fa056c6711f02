"""Who passed the course, when, and how long that holds."""

from piccolo.columns import UUID, Date, Integer, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class TrainingCertificateRow(Table, db=DB, tablename="training_certificate"):
    """`version`: of the course's content. The account keeps the newest `valid_until`, where the guard reads it."""

    id = UUID(primary_key=True, default=None)
    account = UUID(default=None, index=True)
    version = Integer(default=None)
    correct = Integer(default=None)
    asked = Integer(default=None)
    passed_at = Timestamptz(default=None)
    valid_until = Date(default=None)
