"""The words of the policy: what each role is, what each permission lets one do, how far it reaches."""

from app.access.policy import Permission
from app.administration.permissions import Column, FreshProof, Reach
from app.lib.i18n import gettext as _


def column_words(column: Column) -> str:
    return {
        Column.PATIENT: _("Patient or relative"),
        Column.PRACTITIONER: _("Practitioner"),
        Column.ARC: _("Clinical research associate"),
        Column.ADMINISTERS: _("Also administers their centre"),
        Column.ADMINISTRATOR: _("Administrator of a centre"),
        Column.SUPERADMIN: _("Administrator of the network"),
        Column.WAITING: _("Professional without a place yet"),
        Column.TABLET: _("Tablet handed to a patient"),
    }[column]


def group_words(group: str) -> str:
    return {
        "own": _("One’s own account"),
        "answers": _("Answering questionnaires"),
        "care": _("Following patients"),
        "records": _("Records: identity, centres, relatives, consents, treatments, results, documents"),
        "trials": _("Trials: who is enrolled, visits, progress"),
        "accounts": _("Looking after a centre"),
        "network": _("Looking after the network"),
    }[group]


def reach_words(reach: Reach) -> str:
    """Short, for a cell of the table."""
    return {
        Reach.OWN_ACCOUNT: _("Own account"),
        Reach.OWN_ANSWERS: _("Oneself, or a relative one answers for"),
        Reach.ONE_VISIT: _("One visit, until a second factor takes the tablet back"),
        Reach.FOLLOWED: _("Patients followed by the centre one acts in"),
        Reach.OWN_CENTRE: _("Own centre"),
        Reach.NETWORK: _("Whole network"),
        Reach.CODES: _("By code, without names"),
        Reach.WITH_REASON: _("One patient, 15 minutes, with a reason the centre reads"),
        Reach.ALL: _("Everything"),
    }[reach]


def fresh_words(fresh: FreshProof) -> str:
    return {
        FreshProof.NEVER: "",
        FreshProof.CHANGES: _("Fresh proof for changes"),
        FreshProof.ALWAYS: _("Fresh proof"),
    }[fresh]


def permission_words(permission: Permission) -> str:
    return {**_of_people(), **_of_records(), **_of_trials(), **_of_administration()}[permission]


def _of_people() -> dict[Permission, str]:
    return {
        Permission.ACCOUNT_OWN: _("See and change one’s own account"),
        Permission.SESSION_KEEP: _("Stay signed in, give a second factor"),
        Permission.ACCESS_LOG_READ: _("See who read the record"),
        Permission.TRAINING_TAKE: _("Take the course on handling patients’ data"),
        Permission.PLACE_REQUEST: _("Ask for a place in a centre, accept one"),
        Permission.POLICY_READ: _("Read this table"),
        Permission.HOME_READ: _("See what is asked and what was sent"),
        Permission.ASSIGNMENT_OPEN: _("Open a questionnaire that is asked for"),
        Permission.RESPONSE_READ: _("Read answers"),
        Permission.RESPONSE_ANSWER: _("Answer, each in one’s own voice"),
        Permission.RESPONSE_CORRECT: _("Correct what was sent, with a reason"),
        Permission.TODAY_READ: _("See the day of the team"),
        Permission.QUESTIONNAIRE_READ: _("Read the questionnaires"),
        Permission.PATIENT_LIST: _("List and search patients by name"),
        Permission.PATIENT_READ: _("Read a patient’s record"),
        Permission.ASSIGNMENT_CREATE: _("Ask for questionnaires"),
        Permission.SCORE_READ: _("See scores and how they are computed"),
        Permission.ALERT_ACKNOWLEDGE: _("Take up an alert"),
    }


def _of_records() -> dict[Permission, str]:
    return {
        Permission.PATIENT_CREATE: _("Open a patient’s record"),
        Permission.PATIENT_EDIT: _("Change who a patient is"),
        Permission.PATIENT_MERGE: _("Merge two records of one person, and undo it"),
        Permission.PATIENT_REMOVE: _("Remove a record, with a reason"),
        Permission.AFFILIATION_REQUEST: _("Ask to follow a patient whom another centre follows"),
        Permission.AFFILIATION_DECIDE: _("Decide on what other centres ask"),
        Permission.AFFILIATION_END: _("End a centre’s follow-up, name who follows"),
        Permission.RECORD_ASK: _("Ask a centre to open a record"),
        Permission.RECORD_DECIDE: _("Decide on what patients and relatives ask"),
        Permission.PATIENT_INVITE: _("Invite a patient or a relative"),
        Permission.CONTACT_EDIT: _("Note relatives, and who may answer for a patient"),
        Permission.OWN_RECORD: _("See who follows, and which relatives may answer"),
        Permission.OWN_RECORD_MANAGE: _("End what a relative may do, ask for a record to be removed"),
        Permission.CONSENT_READ: _("See consents"),
        Permission.CONSENT_COLLECT: _("Collect a consent"),
        Permission.CONSENT_SIGN: _("Give, refuse or withdraw a consent"),
        Permission.TREATMENT_READ: _("See treatments"),
        Permission.TREATMENT_EDIT: _("Note treatments and adverse effects"),
        Permission.LAB_READ: _("See laboratory results"),
        Permission.LAB_EDIT: _("Note laboratory results"),
        Permission.LAB_IMPORT: _("Import a laboratory’s file"),
        Permission.DOCUMENT_READ: _("Open documents"),
        Permission.DOCUMENT_ADD: _("Add a document"),
        Permission.DOCUMENT_REMOVE: _("Remove a document, with a reason"),
    }


def _of_trials() -> dict[Permission, str]:
    return {
        Permission.TRIAL_READ: _("Read what a trial asks, and when"),
        Permission.PROGRESS_READ: _("Follow the progress of a trial in one’s centre"),
        Permission.ENROLMENT_READ: _("See in which trials a patient is"),
        Permission.ENROLMENT_CREATE: _("Screen and enrol a patient"),
        Permission.ENROLMENT_EDIT: _("Change or end an enrolment"),
        Permission.VISIT_READ: _("See a visit"),
        Permission.VISIT_EDIT: _("Open, complete or skip a visit"),
        Permission.VISIT_SIGN: _("Sign a visit"),
        Permission.VISIT_LEND: _("Lend the screen to a patient"),
        Permission.TRIAL_MANAGE: _("Open and close trials in centres"),
    }


def _of_administration() -> dict[Permission, str]:
    return {
        Permission.ADMINISTRATION_READ: _("See the pages of administration and counts"),
        Permission.ORGANISATION_READ: _("See a centre"),
        Permission.ORGANISATION_EDIT: _("Change what is known of a centre"),
        Permission.PROFESSIONAL_READ: _("See professionals and how they sign in"),
        Permission.DELIVERY_READ: _("See whether messages arrived, never their words"),
        Permission.PLACE_MANAGE: _("Give, change and end places, never one’s own"),
        Permission.PLACE_DECIDE: _("Decide on requests for a place"),
        Permission.INVITATION_MANAGE: _("Invite professionals"),
        Permission.RESET_MANAGE: _("Ask for the reset of an account, or confirm somebody else’s request"),
        Permission.AUDIT_READ: _("Search the trail of what was done"),
        Permission.ORGANISATION_CREATE: _("Open and close centres"),
        Permission.ACCOUNT_CLOSE: _("Close an account"),
        Permission.PATIENT_CODED: _("See coded patients and counts"),
        Permission.IDENTITY_OPEN: _("Open who a patient is"),
        Permission.PATIENT_RESTORE: _("Restore a record that was removed, by its code"),
        Permission.CONSENT_TEXT_EDIT: _("Write and publish the texts of consents"),
    }
