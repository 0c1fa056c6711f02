"""People close to patients, what they are to each, and what corrections replaced."""

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from app.lib.db import DB


class ContactRow(Table, db=DB, tablename="contact"):
    """Somebody close to one or several patients. Sealed under its own key; `email_hash` finds an exact address."""

    id = UUID(primary_key=True, default=None)
    data_key = Bytea(default=None)
    given_name = Bytea(default=None)
    family_name = Bytea(default=None)
    email = Bytea(null=True, default=None)
    email_hash = Bytea(null=True, default=None)
    phone = Bytea(null=True, default=None)
    language = Text(default=None)
    organisation = UUID(default=None)
    created_by = UUID(default=None)
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)


class RelationshipRow(Table, db=DB, tablename="relationship"):
    """What a contact is to one patient. `note` is sealed under the patient's key; ended rows stay."""

    id = UUID(primary_key=True, default=None)
    patient = UUID(default=None)
    contact = UUID(default=None, index=True)
    kind = Text(default=None)
    emergency = Boolean(default=False)
    note = Bytea(null=True, default=None)
    since = Date(null=True, default=None)
    until = Date(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_reason = Text(default="")
    organisation = UUID(default=None)
    created_by = UUID(default=None)
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)


class ContactHistoryRow(Table, db=DB, tablename="contact_history"):
    """What a correction of a contact or of its relationship replaced: JSON under the contact's key."""

    id = UUID(primary_key=True, default=None)
    contact = UUID(default=None, index=True)
    relationship = UUID(null=True, default=None)
    revision = Integer(default=None)
    former = Bytea(default=None)
    changed_by = UUID(default=None)
    changed_at = Timestamptz(default=None)
