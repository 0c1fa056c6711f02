"""Every table that says of what patient it is, and what becomes of its rows when a merge is undone. Pure.

A row keeps the id it was written with, so what was there before goes back by itself. Here is about what came since,
written for the record that stood for both. tests/patients/merging/test_registry.py holds this against the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.lib.i18n import ZONE


class Kind(StrEnum):
    """What somebody is asked about, as teams call it."""

    RESPONSE = "response"
    ASSIGNMENT = "assignment"
    FOLLOWING = "following"
    ACCOUNT = "account"
    INVITATION = "invitation"
    CONTACT = "contact"
    CONSENT = "consent"
    DOCUMENT = "document"
    IDENTIFIER = "identifier"
    TREATMENT = "treatment"
    ADVERSE_EFFECT = "adverse_effect"
    LAB_REPORT = "lab_report"
    REMOVAL = "removal"
    LEAVING = "leaving"
    SCREENING = "screening"


@dataclass(frozen=True, slots=True)
class Once:
    """What a record has once while it is open: rows with the same value in `column`, or any two without one.

    `open` says which rows are, `ending` closes one, at $3. What a record would have twice ends when it comes there.
    """

    open: str
    ending: str
    column: str = ""


TODAY = f"($3::timestamptz AT TIME ZONE '{ZONE}')::date"


@dataclass(frozen=True, slots=True)
class Unit:
    """A table whose rows are asked about one by one.

    `by`: the account that wrote the row. `at`: when, where that is kept. `centre`: the organisation. `label`: a column
    in plain words or a code. `sealed`: the columns under the patient's key, each bound to its own row and column;
    `named`: the one of them that says best what it is.
    """

    kind: Kind
    by: str | None = None
    at: str | None = None
    centre: str | None = None
    label: str | None = None
    sealed: tuple[str, ...] = ()
    named: str | None = None
    once: Once | None = None


FOLLOWS = Once(
    "{}.valid_to IS NULL", f"valid_to = {TODAY}, status = 'ended', ended_reason = 'error'", column="organisation"
)
ANSWERS = Once("{}.valid_to IS NULL", f"valid_to = {TODAY}, ended_at = $3", column="account")
CLOSE = Once("{}.ended_at IS NULL", "ended_at = $3", column="contact")
ASKED = Once("{}.state = 'asked'", "state = 'withdrawn', decided_at = $3")

UNITS: Mapping[str, Unit] = {
    "screening": Unit(
        Kind.SCREENING,
        by="screened_by",
        at="screened_at",
        centre="organisation",
        label="outcome",
        sealed=("note",),
        named="note",
    ),
    "response": Unit(Kind.RESPONSE, by="author", at="opened_at", centre="organisation", label="questionnaire"),
    "assignment": Unit(Kind.ASSIGNMENT, by="origin_id", at="created_at", centre="organisation", label="questionnaire"),
    "affiliation": Unit(Kind.FOLLOWING, by="granted_by", centre="organisation", label="grounds", once=FOLLOWS),
    "leave_request": Unit(Kind.LEAVING, by="account", at="asked_at"),
    "patient_link": Unit(Kind.ACCOUNT, by="given_by", at="given_at", label="relationship", once=ANSWERS),
    "patient_invitation": Unit(Kind.INVITATION, by="invited_by", at="created_at", centre="organisation"),
    "relationship": Unit(
        Kind.CONTACT, by="created_by", at="created_at", centre="organisation", label="kind", once=CLOSE
    ),
    "consent": Unit(
        Kind.CONSENT,
        by="begun_by",
        at="begun_at",
        centre="organisation",
        label="method",
        sealed=("signer_name", "second_name", "reason"),
        named="signer_name",
    ),
    "file": Unit(
        Kind.DOCUMENT, by="uploaded_by", at="uploaded_at", centre="organisation", sealed=("name",), named="name"
    ),
    "lab_report": Unit(
        Kind.LAB_REPORT,
        by="entered_by",
        at="entered_at",
        centre="organisation",
        label="laboratory",
        sealed=("comment", "removed_reason"),
        named="comment",
    ),
    "prescription": Unit(
        Kind.TREATMENT,
        by="created_by",
        at="created_at",
        centre="organisation",
        label="label",
        sealed=("words", "reason", "prescriber", "stop_note", "removed_reason"),
        named="words",
    ),
    "adverse_effect": Unit(
        Kind.ADVERSE_EFFECT,
        by="created_by",
        at="created_at",
        centre="organisation",
        sealed=("label", "removed_reason"),
        named="label",
    ),
    "patient_identifier": Unit(Kind.IDENTIFIER, by="added_by", at="added_at", sealed=("value",), named="value"),
    "removal_request": Unit(
        Kind.REMOVAL, by="account", at="asked_at", centre="organisation", sealed=("reason", "words"), once=ASKED
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A table whose rows go with the row they hang on. `sealed` as in Unit."""

    sealed: tuple[str, ...] = ()


PARTS: Mapping[str, Part] = {
    "enrolment": Part(sealed=("end_note",)),
    "enrolment_history": Part(sealed=("reason", "end_note")),
    "enrolment_event": Part(),
    "visit": Part(sealed=("note",)),
    "visit_signature": Part(sealed=("undone_reason",)),
    "finding": Part(sealed=("note",)),
    "reminder": Part(),
    "visit_history": Part(sealed=("reason", "note")),
    "visit_note": Part(sealed=("text", "removed_reason")),
    "response_row": Part(),
    "answer": Part(),
    "answer_history": Part(),
    "correction": Part(),
    "score": Part(),
    "alert": Part(),
    "alert_receipt": Part(),
    "consent_decision": Part(),
    "consent_notice": Part(),
    "file_history": Part(),
    "lab_result": Part(),
    "prescription_history": Part(sealed=("former", "why")),
    "adverse_effect_history": Part(sealed=("former",)),
    "lab_report_history": Part(sealed=("comment", "reason")),
}

# Columns that name a row of another table without a key that includes the patient.
NAMED_BY: Mapping[tuple[str, str], str] = {
    ("consent", "paper"): "file",
    ("consent", "copy"): "file",
    ("prescription", "follows"): "prescription",
}

# The same for columns that name several rows.
NAMED_BY_EACH: Mapping[tuple[str, str], str] = {("adverse_effect", "suspected"): "prescription"}

# Sealed anew by their own package, which also knows what lies outside the database.
MOVED_BY_PACKAGE = frozenset({"file"})

NOT_ATTRIBUTED: Mapping[str, str] = {
    "patient_token": "written anew with who the person is",
    "patient_block": "written anew with who the person is",
    "patient_identity_history": "tells who the record said the person was, whichever the record",
    "patient_draft": "typed for an hour before there is a record",
    "record_ask": "what somebody asked for; the record it led to is named as it was then",
    "affiliation_request_record": "which record a centre was asked about, as it was then",
    "break_glass": "whose identity was opened: the record that stood for both",
    "audit_event": "what happened, under the record of its moment; it never changes",
}

# Of bytes in these tables, those that nobody's key seals.
NOT_SEALED = frozenset(
    {
        ("score", "input_hash"),
        ("visit_signature", "content_hash"),
        ("finding", "inputs_hash"),
        ("audit_event", "content_hash"),
        ("patient_token", "token"),
        ("patient_block", "token"),
        ("patient_identifier", "value_hash"),
        ("file", "sha256"),
        ("patient_invitation", "token_hash"),
        ("patient_invitation", "email_hash"),
        ("patient_invitation", "proof_hash"),
    }
)
# Tables whose sealed columns are under a key of the row's own, or of the contact that they name.
OWN_KEY = frozenset(
    {
        "leave_request",
        "patient_invitation",
        "relationship",
        "record_ask",
        "affiliation_request_record",
        "patient_draft",
    }
)
