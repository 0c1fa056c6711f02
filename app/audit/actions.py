"""The audit trail: append only, written by the transaction it describes.

Events hold ids and names of fields, no values.
"""

import json
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from app.lib import db
from app.lib.ids import new_id


class Action(StrEnum):
    """What happened, `noun.past_participle`."""

    ACCOUNT_CREATED = "account.created"
    LANGUAGE_CHOSEN = "language.chosen"
    SIGN_IN_STARTED = "sign_in.started"
    SIGN_IN_CODE_SENT = "sign_in_code.sent"
    SIGN_IN_REFUSED = "sign_in.refused"
    SESSION_OPENED = "session.opened"
    SESSION_CLOSED = "session.closed"
    MEMBERSHIP_ADDED = "membership.added"
    MEMBERSHIP_CHOSEN = "membership.chosen"
    PATIENT_LINKED = "patient.linked"
    SIGN_INS_FORGOTTEN = "sign_ins.forgotten"
    ORGANISATION_CREATED = "organisation.created"
    PATIENT_CREATED = "patient.created"
    PATIENT_READ = "patient.read"
    TODAY_READ = "today.read"
    PATIENTS_SEARCHED = "patients.searched"
    ASSIGNMENT_CREATED = "assignment.created"
    ASSIGNMENT_CANCELLED = "assignment.cancelled"
    RESPONSE_OPENED = "response.opened"
    RESPONSE_READ = "response.read"
    RESPONSE_SAVED = "response.saved"
    RESPONSE_ROW_ADDED = "response_row.added"
    RESPONSE_ROW_REMOVED = "response_row.removed"
    RESPONSE_SUBMITTED = "response.submitted"
    RESPONSE_CORRECTED = "response.corrected"
    RESPONSE_SCORED = "response.scored"
    ALERT_RAISED = "alert.raised"
    ALERT_SEEN = "alert.seen"
    ALERT_MAILED = "alert.mailed"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"


WORKER = UUID(int=0)
NOBODY = UUID(int=1)

INSERT = """
INSERT INTO audit_event (id, at, actor, action, subject, patient, organisation, details, content_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def record(
    action: Action,
    *,
    by: UUID,
    at: datetime,
    subject: UUID,
    patient: UUID | None = None,
    organisation: UUID | None = None,
    **details: str | int,
) -> None:
    """Write one event. Raises outside a transaction: an event that could outlive its act would be a lie."""
    if not db.DB.transaction_exists():
        raise RuntimeError(f"{action} must be recorded inside the transaction it describes")
    event = new_id()
    text = json.dumps(details, sort_keys=True)
    parts = (event, at, by, action, subject, patient, organisation, text)
    await db.execute(INSERT, *parts, content_hash(parts))


def content_hash(parts: tuple[object, ...]) -> bytes:
    """The hash of an event's columns, in the order of the table, each framed by its length."""
    digest = sha256()
    for part in parts:
        text = part.isoformat() if isinstance(part, datetime) else str(part)
        digest.update(f"{len(text)}:{text}".encode())
    return digest.digest()
