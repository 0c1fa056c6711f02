"""The trail: events, append only, written by the transaction each describes; and the one sealer that chains them.

Events hold ids and names of fields, no values. What the hashes cover stands in hashing.py.
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.audit.hashing import GENESIS, VERSION, chain_hash, content_hash, first_id_at
from app.lib import db
from app.lib.ids import new_id
from app.lib.origin import origin


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
    PROXY_CHANGED = "proxy.changed"
    PROXY_ENDED = "proxy.ended"
    MAJORITY_REACHED = "majority.reached"
    CONTACT_ADDED = "contact.added"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_ENDED = "contact.ended"
    PATIENT_INVITATION_SENT = "patient_invitation.sent"
    PATIENT_INVITATION_OPENED = "patient_invitation.opened"
    PATIENT_INVITATION_REFUSED = "patient_invitation.refused"
    PATIENT_INVITATION_ACCEPTED = "patient_invitation.accepted"
    PATIENT_INVITATION_REVOKED = "patient_invitation.revoked"
    SIGN_INS_FORGOTTEN = "sign_ins.forgotten"
    ORGANISATION_CREATED = "organisation.created"
    PATIENT_CREATED = "patient.created"
    PATIENTS_MERGED = "patients.merged"
    PATIENTS_SEPARATED = "patients.separated"
    MERGE_COUNTED = "merge.counted"
    MERGE_SORTED = "merge.sorted"
    ROW_ATTRIBUTED = "row.attributed"
    PATIENT_CHANGED = "patient.changed"
    PATIENT_KEPT_APART = "patient.kept_apart"
    PATIENT_REMOVED = "patient.removed"
    PATIENT_RESTORED = "patient.restored"
    PATIENTS_MATCHED = "patients.matched"
    MATCHING_REFUSED = "matching.refused"
    NIR_SHOWN = "nir.shown"
    IDENTIFIER_ADDED = "identifier.added"
    IDENTIFIER_REMOVED = "identifier.removed"
    REMOVAL_ASKED = "removal.asked"
    REMOVAL_WITHDRAWN = "removal.withdrawn"
    REMOVAL_REFUSED = "removal.refused"
    ENTRIES_FORGOTTEN = "entries.forgotten"
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
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_SIGN_UP_STARTED = "sign_up.started"
    ACCOUNT_SIGN_UP_VERIFIED = "sign_up.verified"
    SIGN_UP_REFUSED = "sign_up.refused"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - what happened
    ADDRESS_CHANGE_STARTED = "address_change.started"
    ADDRESS_CHANGED = "address.changed"
    NAMES_CHANGED = "names.changed"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REVOKED = "passkey.revoked"
    AUTHENTICATOR_SET = "authenticator.set"
    AUTHENTICATOR_REMOVED = "authenticator.removed"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    RECOVERY_CODE_USED = "recovery_code.used"
    SECOND_FACTOR_GIVEN = "second_factor.given"
    SESSIONS_CLOSED = "sessions.closed"
    LOCKED_OUT = "account.locked_out"
    PASSWORD_KNOWN = "account.password_known"  # noqa: S105 - what happened
    RESET_ASKED = "reset.asked"
    RESET_CONFIRMED = "reset.confirmed"
    RESET_REFUSED = "reset.refused"
    RESET_USED = "reset.used"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    PLACE_REQUESTED = "place.requested"
    PLACE_GRANTED = "place.granted"
    PLACE_REFUSED = "place.refused"
    MEMBERSHIP_CHANGED = "membership.changed"
    MEMBERSHIP_ENDED = "membership.ended"
    ORGANISATION_CHANGED = "organisation.changed"
    ORGANISATION_CLOSED = "organisation.closed"
    ORGANISATION_REOPENED = "organisation.reopened"
    INVITATION_SENT = "invitation.sent"
    INVITATION_OPENED = "invitation.opened"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_REVOKED = "invitation.revoked"
    NOTICE_SENT = "notice.sent"
    DELIVERY_NOTED = "delivery.noted"
    CERTIFICATE_GIVEN = "certificate.given"
    TRAINING_PASSED = "training.passed"
    TRAINING_FAILED = "training.failed"
    AUDIT_SEARCHED = "audit.searched"
    ADMINISTRATION_READ = "administration.read"
    CODED_PATIENTS_READ = "coded_patients.read"
    IDENTITY_OPENED = "identity.opened"
    ACCESS_LOG_READ = "access_log.read"
    KEYS_ROTATED = "keys.rotated"
    ALERT_RAISED = "alert.raised"
    ALERT_SEEN = "alert.seen"
    ALERT_MAILED = "alert.mailed"
    ALERT_UNTOLD = "alert.untold"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    REQUESTS_READ = "requests.read"
    AFFILIATION_REQUESTED = "affiliation.requested"
    AFFILIATION_ASKED = "affiliation.asked"
    AFFILIATION_ASKED_NETWORK = "affiliation.asked_network"
    AFFILIATION_WITHDRAWN = "affiliation.withdrawn"
    AFFILIATION_OBJECTED = "affiliation.objected"
    AFFILIATION_GRANTED = "affiliation.granted"
    AFFILIATION_REFUSED = "affiliation.refused"
    AFFILIATION_ANSWERED = "affiliation.answered"
    AFFILIATIONS_EXPIRED = "affiliations.expired"
    AFFILIATION_ENDED = "affiliation.ended"
    PRACTITIONER_CHOSEN = "practitioner.chosen"
    LEAVE_ASKED = "leave.asked"
    LEAVE_DECIDED = "leave.decided"
    PATIENTS_INDEXED = "patients.indexed"
    RECORD_ASKED = "record.asked"
    RECORD_ASK_DECIDED = "record_ask.decided"
    RECORD_ASK_WITHDRAWN = "record_ask.withdrawn"
    RECORD_ASKS_FORGOTTEN = "record_asks.forgotten"
    DOCUMENT_ADDED = "document.added"
    DOCUMENT_READ = "document.read"
    DOCUMENT_CHANGED = "document.changed"
    DOCUMENT_REMOVED = "document.removed"
    DOCUMENT_RESTORED = "document.restored"
    DOCUMENT_MOVED = "document.moved"
    DOCUMENT_CHECKED = "document.checked"
    DOCUMENTS_ASKED_AGAIN = "documents.asked_again"
    DRUGS_IMPORTED = "drugs.imported"
    PRESCRIPTION_ADDED = "prescription.added"
    PRESCRIPTION_CHANGED = "prescription.changed"
    PRESCRIPTION_CORRECTED = "prescription.corrected"
    PRESCRIPTION_STOPPED = "prescription.stopped"
    PRESCRIPTION_REMOVED = "prescription.removed"
    ADVERSE_EFFECT_ADDED = "adverse_effect.added"
    ADVERSE_EFFECT_CORRECTED = "adverse_effect.corrected"
    ADVERSE_EFFECT_REMOVED = "adverse_effect.removed"
    LAB_REPORT_ENTERED = "lab_report.entered"
    LAB_REPORT_CORRECTED = "lab_report.corrected"
    LAB_REPORT_REMOVED = "lab_report.removed"
    LAB_REPORT_RESTORED = "lab_report.restored"
    LAB_IMPORT_LOOKED_AT = "lab_import.looked_at"
    LAB_IMPORT_DONE = "lab_import.done"
    LAB_IMPORTS_FORGOTTEN = "lab_imports.forgotten"
    OBJECTS_SWEPT = "objects.swept"
    CONSENT_BEGUN = "consent.begun"
    CONSENT_TEXTS_SHOWN = "consent.texts_shown"
    CONSENT_SIGNED = "consent.signed"
    CONSENT_CERTIFIED = "consent.certified"
    CONSENT_IN_FORCE = "consent.in_force"
    CONSENT_DISCARDED = "consent.discarded"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_SETTLED = "consent.settled"
    CONSENT_TOLD = "consent.told"
    CONSENT_COPIED = "consent.copied"
    CONSENT_MAJORITY_NOTED = "consent.majority_noted"
    CONSENT_TEXT_DRAFTED = "consent_text.drafted"
    CONSENT_TEXT_DROPPED = "consent_text.dropped"
    CONSENT_TEXT_PUBLISHED = "consent_text.published"
    CONSENT_KEPT_FROM = "consent.kept_from"
    TRIAL_APPLIED = "trial.applied"
    TRIAL_SITE_OPENED = "trial_site.opened"
    TRIAL_SITE_CHANGED = "trial_site.changed"
    TRIAL_SITE_CLOSED = "trial_site.closed"
    PATIENT_SCREENED = "patient.screened"
    ENROLMENT_MADE = "enrolment.made"
    ENROLMENT_CHANGED = "enrolment.changed"
    ENROLMENT_AMENDED = "enrolment.amended"
    ENROLMENT_HELD = "enrolment.held"
    ENROLMENT_ENDED = "enrolment.ended"
    ENROLMENT_EVENT_NOTED = "enrolment_event.noted"
    ENROLMENT_EVENT_REMOVED = "enrolment_event.removed"
    VISIT_ADDED = "visit.added"
    VISITS_PREPARED = "visits.prepared"
    VISIT_OPENED = "visit.opened"
    VISIT_CHANGED = "visit.changed"
    VISIT_COMPLETED = "visit.completed"
    VISIT_REOPENED = "visit.reopened"
    VISIT_SKIPPED = "visit.skipped"
    VISIT_SIGNED = "visit.signed"
    VISIT_UNSIGNED = "visit.unsigned"
    VISIT_SIGNER_TOLD = "visit.signer_told"
    ANSWER_SHARED = "answer.shared"
    CHECK_RAISED = "check.raised"
    CHECK_EXPLAINED = "check.explained"
    CHECK_RESOLVED = "check.resolved"
    TABLET_LENT = "tablet.lent"
    TABLET_RETURNED = "tablet.returned"
    REMINDER_SENT = "reminder.sent"
    REMINDER_HELD_BACK = "reminder.held_back"
    REMINDER_SNOOZED = "reminder.snoozed"
    PROGRESS_READ = "progress.read"
    PROGRESS_EXPORTED = "progress.exported"


WORKER = UUID(int=0)
NOBODY = UUID(int=1)

INSERT = """
INSERT INTO audit_event
    (id, at, actor, action, subject, patient, organisation, details, version, role, request, network, content_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
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
    """Write one event: as what its actor asked, in which request and from which network is known from the origin.

    Raises outside a transaction: an event that could outlive its act would be a lie.
    """
    if not db.DB.transaction_exists():
        raise RuntimeError(f"{action} must be recorded inside the transaction it describes")
    event = new_id()
    text, asking = json.dumps(details, sort_keys=True), origin.get()
    centre = organisation or asking.organisation
    where = (VERSION, asking.role or None, asking.request or None, asking.network or None)
    parts = (event, at, by, action, subject, patient, centre, text, *where)
    await db.execute(INSERT, *parts, content_hash(parts))


async def note_search(
    by: UUID, *, at: datetime, organisation: UUID | None, patient: UUID | None = None, **details: str | int
) -> None:
    """Somebody read the trail: that is an event of it too."""
    async with db.transaction():
        await record(
            Action.AUDIT_SEARCHED, by=by, at=at, subject=by, patient=patient, organisation=organisation, **details
        )


async def note_access_log(by: UUID, patient: UUID, *, at: datetime) -> None:
    """Somebody read who looked at a record: their own, or that of somebody they answer for."""
    async with db.transaction():
        await record(Action.ACCESS_LOG_READ, by=by, at=at, subject=patient, patient=patient)


SEALER = 0x7365616C
"""The number of the lock that whoever seals holds until its commit: there is one sealer at a time."""
AT_ONCE = 5_000
LONGEST_TRANSACTION = timedelta(hours=1)
"""An event younger than this before the last seal may still have been on its way when that was set."""

UNSEALED = """
SELECT e.id, e.content_hash FROM audit_event e
WHERE ($1::uuid IS NULL OR e.id >= $1) AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.event = e.id)
ORDER BY e.id
"""
LAST_LINK = "SELECT seq, chain_hash, sealed_at FROM audit_chain ORDER BY seq DESC LIMIT 1"
APPEND = """
INSERT INTO audit_chain (seq, event, event_hash, chain_hash, sealed_at)
SELECT *, $5::timestamptz FROM unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[])
"""


async def seal(*, at: datetime, whole: bool = False) -> int:
    """Put the events that no link holds yet behind the last link, in one commit; how many. 0 where another seals.

    Looks at what came since the last seal, and at what may have been under way then; `whole`: at everything.
    """
    async with db.transaction(), db.connection() as link:
        if not await link.fetchval("SELECT pg_try_advisory_xact_lock($1)", SEALER):
            return 0
        last = await link.fetchrow(LAST_LINK)
        seq, before = (last["seq"], last["chain_hash"]) if last else (0, GENESIS)
        since = None if whole or last is None else first_id_at(last["sealed_at"] - LONGEST_TRANSACTION)
        # A clock that was set back must not make the chain look as if its links had been exchanged.
        sealed_at = max(at, last["sealed_at"]) if last else at
        waiting, sealed = await link.cursor(UNSEALED, since), 0
        while events := await waiting.fetch(AT_ONCE):
            before = await _append(events, seq + sealed, before, sealed_at)
            sealed += len(events)
        return sealed


async def _append(events: list[db.Row], seq: int, before: bytes, sealed_at: datetime) -> bytes:
    numbers, chained = [], []
    for number, (event, event_hash) in enumerate(events, seq + 1):
        before = chain_hash(before, number, event, event_hash, sealed_at)
        numbers.append(number)
        chained.append(before)
    await db.execute(APPEND, numbers, [e[0] for e in events], [e[1] for e in events], chained, sealed_at)
    return before
