"""The words of the trail's page: who, about whom, what is wrong with a search."""

from typing import Protocol
from uuid import UUID

from app.administration.trail import Problem
from app.lib.i18n import gettext as _

WORKER, NOBODY = UUID(int=0), UUID(int=1)


class Known(Protocol):
    """Who and what ids stand for."""

    names: dict[UUID, str]
    coded: dict[UUID, list[tuple[bool, str]]]
    codes: dict[UUID, str]
    centres: dict[UUID, str]


def problem_words(problem: Problem) -> str:
    return {
        Problem.NO_PERSON: _("Nobody you may ask about has this address. Check it, or enter an account number."),
        Problem.NO_PATIENT: _("No patient you may ask about has this code. Check it: it has eight signs."),
        Problem.NO_DAY: _("Enter a day like 2026-11-22"),
        Problem.ORDER: _("The last day must not be before the first"),
    }[problem]


def who_words(account: UUID, known: Known) -> str:
    """Who acted: a name for those who work; for patients and relatives a code, where the reader may know it."""
    if account == WORKER:
        return _("The system")
    if account == NOBODY:
        return _("Nobody signed in")
    if account in known.names:
        return known.names[account]
    if account in known.coded:
        return _coded(known.coded[account]) or _("Account of a patient or relative")
    return _("Account %(id)s") % {"id": str(account)[-6:]}


def _coded(links: list[tuple[bool, str]]) -> str:
    said = [(_("Patient %(code)s") if own else _("Relative of %(code)s")) % {"code": code} for own, code in links]
    return ", ".join(said)


def about_words(subject: UUID, known: Known) -> str:
    """What an event was done to, where that is an account or a centre; anything else has no name."""
    if subject in known.names or subject in known.coded:
        return who_words(subject, known)
    return known.centres.get(subject, "")


def detail_words(name: str) -> str:
    """What a detail of an event says; its own name where it has no words, as an old one may."""
    return (_ways() | _amounts() | _things() | _of_trials()).get(name, name)


def _ways() -> dict[str, str]:
    return {
        "step": _("Step"),
        "why": _("Why not"),
        "how": _("How"),
        "way": _("Way"),
        "method": _("Signed in by"),
        "channel": _("Channel"),
        "state": _("State"),
        "purpose": _("Purpose"),
        "notice": _("Notice"),
        "by_text": _("By text message"),
        "form": _("Read as"),
        "by_fields": _("Narrowed by"),
        "owner": _("By the owner"),
        "again": _("Once more"),
        "proven": _("Proven before"),
        "removed": _("Removed"),
        "kind": _("Kind of account"),
        "role": _("Role"),
        "administers": _("Administers"),
        "language": _("Language"),
    }


def _amounts() -> dict[str, str]:
    return {
        "attempts": _("Attempts deleted"),
        "sessions": _("Sessions"),
        "sign_ups": _("Sign-ups deleted"),
        "proofs": _("Proofs deleted"),
        "rows": _("Rows"),
        "shown": _("Shown"),
        "found": _("Found"),
        "waiting": _("Waiting"),
        "own": _("Found in the own centre"),
        "listed": _("Listed"),
        "correct": _("Right answers"),
        "changes": _("Changes"),
        "of_kept": _("In the record that goes on"),
        "of_absorbed": _("In the record taken in"),
        "moved": _("Given to the other record"),
        "stayed": _("Left where they were"),
        "swept": _("Objects deleted"),
        "results": _("Laboratory results"),
    }


def _things() -> dict[str, str]:
    return {
        "page": _("Page"),
        "elsewhere": _("Found in another centre"),
        "system": _("System"),
        "removal_kind": _("Kind of removal"),
        "rights": _("Rights of a proxy"),
        "relationship": _("What they are to the patient"),
        "beyond": _("Ground beyond 18"),
        "document_kind": _("Kind of document"),
        "fields": _("Fields"),
        "left_alone": _("Patients left without a team"),
        "reset": _("Reset"),
        "account": _("Account"),
        "assignment": _("Assignment"),
        "questionnaire": _("Questionnaire"),
        "version": _("Version"),
        "revision": _("Revision"),
        "group": _("Group of questions"),
        "row": _("Entry"),
        "item": _("Question"),
        "items": _("Questions"),
        "scores": _("Scores"),
        "flag": _("Alert"),
        "until": _("Until"),
        "last_day": _("Last day"),
        "key": _("Key"),
        "purposes": _("Purposes"),
        "withheld": _("Not allowed"),
        "use": _("For"),
        "table": _("Table"),
    }


def _of_trials() -> dict[str, str]:
    return {
        "trial": _("Trial"),
        "visit": _("Visit"),
        "check": _("Data check"),
        "cause": _("Cause"),
        "visits": _("Visits"),
        "visits_added": _("Visits added"),
        "visits_changed": _("Visits changed"),
        "visits_removed": _("Visits removed"),
        "questionnaires": _("Questionnaires"),
        "reminders": _("Reminders"),
        "shared": _("Answered elsewhere already"),
        "expired": _("Asked no longer"),
        "missing": _("Missing"),
        "answers": _("Answers"),
        "answered_by": _("Who answers"),
        "enrolments": _("Enrolments"),
        "outcome": _("Outcome"),
        "failed": _("Rules not met"),
        "event": _("Date that visits count from"),
        "reason": _("Reason"),
        "response": _("Filled questionnaire"),
        "on": _("Held on"),
        "note": _("Note"),
    }


def role_words(role: str | None) -> str:
    """As what somebody acted."""
    return {
        "patient": _("Patient or relative"),
        "practitioner": _("Practitioner"),
        "arc": _("Clinical research associate"),
        "administrator": _("Administrator of a centre"),
        "superadmin": _("Administrator of the network"),
        "waiting": _("Professional without a place"),
        "tablet": _("On a tablet handed over by a practitioner"),
    }.get(role or "", "")
