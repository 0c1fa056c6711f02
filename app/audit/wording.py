"""What happened, in words of somebody who reads the trail: every action, in groups. Pure."""

from app.lib.i18n import gettext as _

Group = tuple[str, str, dict[str, str]]


def groups() -> list[Group]:
    """(key, title, {action: words}) of each group, in the order in which they are offered."""
    return [
        ("records", _("Patients’ records"), _records()),
        ("affiliations", _("Centres that follow a patient"), _affiliations()),
        ("documents", _("Documents"), _documents()),
        ("treatments", _("Treatments"), _treatments()),
        ("biology", _("Laboratory results"), _biology()),
        ("consents", _("Consents"), _consents()),
        ("trials", _("Trials"), _trials()),
        ("questionnaires", _("Questionnaires"), _questionnaires()),
        ("alerts", _("Alerts"), _alerts()),
        ("sign_in", _("Signing in"), _sign_in()),
        ("accounts", _("Accounts"), _accounts()),
        ("places", _("Centres, places and invitations"), _places()),
        ("oversight", _("Administration and oversight"), _oversight()),
    ]


def action_words(action: str) -> str:
    """One action in words; its own name where it has none, as an old one may."""
    return next((words[action] for _key, _title, words in groups() if action in words), action)


def actions_of(chosen: str) -> frozenset[str]:
    """The actions that a choice stands for: those of a group, or one."""
    known = {key: frozenset(words) for key, _title, words in groups()}
    every = frozenset().union(*known.values())
    return known.get(chosen) or (frozenset({chosen}) & every)


def _trials() -> dict[str, str]:
    return {
        "trial.applied": _("Applied a version of a trial"),
        "trial_site.opened": _("Opened a trial in a centre"),
        "trial_site.changed": _("Changed how many people a centre hopes to enrol"),
        "trial_site.closed": _("Closed a trial in a centre"),
        "patient.screened": _("Screened a patient for a trial"),
        "enrolment.made": _("Enrolled a patient in a trial"),
        "enrolment.changed": _("Changed an enrolment"),
        "enrolment.amended": _("Moved an enrolment to a new version of the trial"),
        "enrolment.held": _("Held a new version until the patient agrees"),
        "enrolment.ended": _("Ended an enrolment"),
        "enrolment_event.noted": _("Noted a date that visits count from"),
        "enrolment_event.removed": _("Removed a date that visits count from"),
        "visit.added": _("Added an unscheduled visit"),
        "visits.prepared": _("Prepared the questionnaires of a visit"),
        "visit.opened": _("Opened a visit"),
        "visit.changed": _("Changed a visit"),
        "visit.completed": _("Completed a visit"),
        "visit.reopened": _("Reopened a visit"),
        "visit.skipped": _("Noted that a visit did not take place"),
        "visit.signed": _("Signed a visit"),
        "visit.unsigned": _("A visit lost its signature"),
        "visit.signer_told": _("Told whoever had signed a visit"),
        "answer.shared": _("Counted an answer for another visit too"),
        "check.raised": _("A data check found something"),
        "check.explained": _("Explained what a data check found"),
        "check.resolved": _("What a data check found is settled"),
        "tablet.lent": _("Lent the screen to a patient"),
        "tablet.returned": _("Took the screen back"),
        "reminder.sent": _("Sent a reminder"),
        "reminder.held_back": _("Held a reminder back"),
        "reminder.snoozed": _("Put a reminder off"),
        "progress.read": _("Read the progress of a trial"),
        "progress.exported": _("Exported the progress of a trial"),
    }


def _records() -> dict[str, str]:
    return {
        "patient.read": _("Read a patient’s record"),
        "today.read": _("Read the day’s list"),
        "patients.searched": _("Searched patients"),
        "response.read": _("Read a patient’s answers"),
        "identity.opened": _("Opened a patient’s identity"),
        "coded_patients.read": _("Read the list of patients by code"),
        "access_log.read": _("Read who looked at a record"),
        "patient.created": _("Created a patient’s record"),
        "patient.changed": _("Changed who a patient is"),
        "patient.kept_apart": _("Opened a record though a close one was there"),
        "patients.matched": _("Looked whether a person has a record"),
        "matching.refused": _("Was refused to look for more records of a person"),
        "nir.shown": _("Looked at a patient’s NIR"),
        "identifier.added": _("Added a code of another system"),
        "identifier.removed": _("Removed a code of another system"),
        "patient.removed": _("Removed a patient’s record"),
        "patient.restored": _("Restored a patient’s record"),
        "removal.asked": _("Asked that a record be removed"),
        "removal.withdrawn": _("Withdrew a request to remove a record"),
        "removal.refused": _("Refused to remove a record"),
        "entries.forgotten": _("Deleted what was typed for records that were not opened"),
        "patients.merged": _("Merged two records"),
        "merge.counted": _("Counted what each of two merged records holds"),
        "patients.separated": _("Undid a merge"),
        "merge.sorted": _("Sorted what was written while two records were one"),
        "row.attributed": _("Gave an entry to the other of two records"),
        "patient.linked": _("Linked an account to a patient"),
        "proxy.changed": _("Changed what somebody may do for a patient"),
        "proxy.ended": _("Ended what somebody may do for a patient"),
        "majority.reached": _("A patient came of age: proxies’ rights pause"),
        "contact.added": _("Added a contact of a patient"),
        "contact.changed": _("Corrected a contact of a patient"),
        "contact.ended": _("Ended a contact of a patient"),
        "patient_invitation.sent": _("Invited a patient or somebody close"),
        "patient_invitation.opened": _("Opened an invitation of a patient"),
        "patient_invitation.refused": _("Refused a birth date at an invitation"),
        "patient_invitation.accepted": _("Accepted an invitation of a patient"),
        "patient_invitation.revoked": _("Withdrew an invitation of a patient"),
        "patients.indexed": _("Prepared records for finding duplicates"),
    }


def _affiliations() -> dict[str, str]:
    return {
        "requests.read": _("Read what is asked of the centre"),
        "affiliation.requested": _("Asked to follow a person known elsewhere"),
        "affiliation.asked": _("Asked the centre about a patient it follows"),
        "affiliation.asked_network": _("Asked the network about a patient whom nobody follows"),
        "affiliation.withdrawn": _("Withdrew a request to follow a person"),
        "affiliation.objected": _("Said whether they object to another centre"),
        "affiliation.granted": _("Let another centre follow a patient"),
        "affiliation.refused": _("Refused to let another centre follow a patient"),
        "affiliation.answered": _("Had an answer to a request to follow a person"),
        "affiliations.expired": _("Closed requests that nobody decided on"),
        "affiliation.ended": _("Ended the follow-up of a patient"),
        "practitioner.chosen": _("Chose whom a patient sees in the centre"),
        "leave.asked": _("Asked a centre to follow them no more"),
        "leave.decided": _("Decided on a wish to be followed no more"),
        "record.asked": _("Asked a centre for a record"),
        "record_ask.decided": _("Decided on a request for a record"),
        "record_ask.withdrawn": _("Withdrew a request for a record"),
        "record_asks.forgotten": _("Deleted what was typed for records long since decided on"),
    }


def _documents() -> dict[str, str]:
    return {
        "document.added": _("Added a document"),
        "document.read": _("Opened a document"),
        "document.changed": _("Changed what is said of a document"),
        "document.removed": _("Removed a document"),
        "document.restored": _("Brought a document back"),
        "document.moved": _("Gave a document back to another record"),
        "document.checked": _("Looked for viruses in a document"),
        "documents.asked_again": _("Asked again to look for viruses in documents"),
        "objects.swept": _("Deleted stored objects that belong to no document"),
    }


def _treatments() -> dict[str, str]:
    return {
        "prescription.added": _("Added a prescription"),
        "prescription.changed": _("Changed the dose of a prescription"),
        "prescription.corrected": _("Corrected a prescription"),
        "prescription.stopped": _("Stopped a prescription"),
        "prescription.removed": _("Removed a prescription"),
        "adverse_effect.added": _("Wrote an adverse effect down"),
        "adverse_effect.corrected": _("Corrected an adverse effect"),
        "adverse_effect.removed": _("Removed an adverse effect"),
        "drugs.imported": _("Brought the drug database up to date"),
    }


def _biology() -> dict[str, str]:
    return {
        "lab_report.entered": _("Entered the report of a laboratory"),
        "lab_report.corrected": _("Corrected the report of a laboratory"),
        "lab_report.removed": _("Removed the report of a laboratory"),
        "lab_report.restored": _("Brought the report of a laboratory back"),
        "lab_import.looked_at": _("Looked at a file of laboratory results"),
        "lab_import.done": _("Imported laboratory results"),
        "lab_imports.forgotten": _("Deleted files of laboratory results that were not imported"),
    }


def _consents() -> dict[str, str]:
    return {
        "consent.begun": _("Began to collect a consent"),
        "consent.texts_shown": _("Chose the texts of a consent"),
        "consent.signed": _("Signed a consent"),
        "consent.certified": _("Certified a consent"),
        "consent.in_force": _("Brought a consent into force"),
        "consent.discarded": _("Gave up a consent that was begun"),
        "consent.given": _("Said yes to a purpose"),
        "consent.refused": _("Said no to a purpose"),
        "consent.withdrawn": _("Withdrew a consent"),
        "consent.settled": _("Noted what consent does not allow"),
        "consent.told": _("Told a team of a decision by mail"),
        "consent.copied": _("Made the copy of a consent"),
        "consent.majority_noted": _("Noted that somebody came of age"),
        "consent.kept_from": _("Left something undone because consent does not allow it"),
        "consent_text.drafted": _("Wrote at the text of a consent"),
        "consent_text.dropped": _("Gave up the draft of a text of a consent"),
        "consent_text.published": _("Published the text of a consent"),
    }


def _questionnaires() -> dict[str, str]:
    return {
        "assignment.created": _("Asked for a questionnaire"),
        "assignment.cancelled": _("Cancelled a questionnaire"),
        "response.opened": _("Began a questionnaire"),
        "response.saved": _("Saved answers"),
        "response_row.added": _("Added an entry to the answers"),
        "response_row.removed": _("Removed an entry from the answers"),
        "response.submitted": _("Sent a questionnaire"),
        "response.corrected": _("Corrected answers"),
        "response.scored": _("Computed scores"),
    }


def _alerts() -> dict[str, str]:
    return {
        "alert.raised": _("Raised an alert"),
        "alert.mailed": _("Mailed an alert"),
        "alert.untold": _("Found no practitioner to tell of an alert"),
        "alert.seen": _("Saw an alert"),
        "alert.acknowledged": _("Took up an alert"),
    }


def _sign_in() -> dict[str, str]:
    return {
        "sign_in.started": _("Began to sign in"),
        "sign_in_code.sent": _("Sent a sign-in code"),
        "sign_in.refused": _("Refused a sign-in"),
        "second_factor.given": _("Gave a second proof"),
        "recovery_code.used": _("Used a recovery code"),
        "session.opened": _("Signed in"),
        "session.closed": _("Signed out"),
        "sessions.closed": _("Closed sessions"),
        "account.locked_out": _("Locked an account for a while"),
        "account.password_known": _("Found that somebody knows a password and guesses codes"),
        "membership.chosen": _("Chose a centre to work in"),
        "sign_ins.forgotten": _("Deleted old sign-in attempts"),
    }


def _accounts() -> dict[str, str]:
    return {
        "sign_up.started": _("Began to sign up"),
        "sign_up.verified": _("Confirmed a sign-up"),
        "sign_up.refused": _("Refused a sign-up"),
        "account.created": _("Opened an account"),
        "account.closed": _("Closed an account"),
        "language.chosen": _("Chose a language"),
        "names.changed": _("Changed a name"),
        "password.changed": _("Changed a password"),
        "address_change.started": _("Began to change an address or a number"),
        "address.changed": _("Changed an address or a number"),
        "passkey.added": _("Added a passkey"),
        "passkey.revoked": _("Removed a passkey"),
        "authenticator.set": _("Added an authenticator app"),
        "authenticator.removed": _("Removed an authenticator app"),
        "recovery_codes.made": _("Made new recovery codes"),
        "identity.linked": _("Linked an outside identity"),
        "identity.unlinked": _("Unlinked an outside identity"),
        "reset.asked": _("Asked to reset a sign-in"),
        "reset.confirmed": _("Confirmed a reset"),
        "reset.refused": _("Refused a reset"),
        "reset.used": _("Set up a sign-in anew after a reset"),
        "notice.sent": _("Sent a notice"),
        "delivery.noted": _("Noted whether a message arrived"),
        "training.passed": _("Passed the training"),
        "training.failed": _("Did not pass the training"),
        "certificate.given": _("Wrote a training certificate"),
    }


def _places() -> dict[str, str]:
    return {
        "organisation.created": _("Created a centre"),
        "organisation.changed": _("Changed a centre"),
        "organisation.closed": _("Closed a centre"),
        "organisation.reopened": _("Reopened a centre"),
        "place.requested": _("Asked for a place in a centre"),
        "place.granted": _("Granted a place"),
        "place.refused": _("Refused a place"),
        "membership.added": _("Gave a place in a centre"),
        "membership.changed": _("Changed a place in a centre"),
        "membership.ended": _("Ended a place in a centre"),
        "invitation.sent": _("Sent an invitation"),
        "invitation.opened": _("Opened an invitation"),
        "invitation.accepted": _("Accepted an invitation"),
        "invitation.revoked": _("Withdrew an invitation"),
    }


def _oversight() -> dict[str, str]:
    return {
        "administration.read": _("Read a page of administration"),
        "audit.searched": _("Searched the trail"),
        "keys.rotated": _("Changed the keys that seal identities"),
    }
