"""Texts of consents, what was signed, what was decided. Names and reasons are sealed under the patient's key."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class ConsentTextRow(Table, db=DB, tablename="consent_text"):
    """A text in both languages. Once published it never changes; the next version is a row of its own."""

    id = UUID(primary_key=True, default=None)
    purpose = Text(default=None)
    version = Integer(default=None)
    content = JSONB(default=None)
    hash = Bytea(default=None)
    material = Boolean(default=False)
    ask_again_until = Date(null=True, default=None)
    shipped = Boolean(default=False)
    drafted_by = UUID(default=None)
    drafted_at = Timestamptz(default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


class ConsentRow(Table, db=DB, tablename="consent"):
    """One form: what one person signed at one moment. `paper` and `copy` are files."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    organisation = UUID(null=True, default=None)
    method = Text(default=None)
    state = Text(default="open")
    language = Text(default=None)
    purposes = Array(base_column=Text(), default=None)
    signer = Text(default=None)
    signer_name = Bytea(null=True, default=None)
    second_name = Bytea(null=True, default=None)
    for_minor = Boolean(default=False)
    assent = Boolean(default=False)
    reason = Bytea(null=True, default=None)
    paper = UUID(null=True, default=None)
    copy = UUID(null=True, default=None)
    begun_by = UUID(default=None)
    begun_at = Timestamptz(default=None)
    signed_on = Date(null=True, default=None)
    signed_at = Timestamptz(null=True, default=None)
    certified_by = UUID(null=True, default=None)
    certified_at = Timestamptz(null=True, default=None)
    discarded_at = Timestamptz(null=True, default=None)


class ConsentDecisionRow(Table, db=DB, tablename="consent_decision"):
    """One yes or no of a form. `points`: how many statements of the text were ticked. Only grows."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    consent = UUID(default=None)
    purpose = Text(default=None)
    text = UUID(default=None)
    answer = Text(default=None)
    points = Integer(default=0)
    decided_at = Timestamptz(default=None)


class ConsentNoticeRow(Table, db=DB, tablename="consent_notice"):
    """Somebody was told by mail of what a form says, or asked to decide again."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    consent = UUID(default=None)
    account = UUID(default=None)
    kind = Text(default=None)
    at = Timestamptz(default=None)
