"""Reading the forms about people close to a patient: values, or what is wrong with each field. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from app.accounts.model import is_email, normal_email
from app.accounts.names import is_name
from app.channels.phones import PhoneProblem, as_e164
from app.patients.contacts.model import ENDINGS, KINDS, NewContact

LONGEST_NAME = 100
LONGEST_NOTE = 1000
LANGUAGES = ("fr", "en")


class Fault(StrEnum):
    """What is wrong with one field."""

    GIVEN_NAME_MISSING = "given_name_missing"
    FAMILY_NAME_MISSING = "family_name_missing"
    NAME_TOO_LONG = "name_too_long"
    NAME_WRONG = "name_wrong"
    EMAIL_WRONG = "email_wrong"
    EMAIL_KNOWN_HERE = "email_known_here"
    PHONE_WRONG = "phone_wrong"
    KIND_MISSING = "kind_missing"
    LANGUAGE_MISSING = "language_missing"
    NOTE_TOO_LONG = "note_too_long"
    DATE_WRONG = "date_wrong"
    DATE_FUTURE = "date_future"
    DATE_BEFORE = "date_before"
    REASON_MISSING = "reason_missing"
    SAME_MISSING = "same_missing"
    SENT_OTHERWISE = "sent_otherwise"


Faults = dict[str, Fault]


def tidy(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.replace("\0", "").split())


def read_day(text: str) -> date | None:
    """A day as a browser's date field sends it, or as people in France write it; None if it is none.

    >>> read_day("2026-11-22"), read_day(" 1/12/2026 "), read_day("2026-02-30")
    (datetime.date(2026, 11, 22), datetime.date(2026, 12, 1), None)
    """
    typed, parts = text.strip(), text.strip().split("/")
    if len(parts) == 3:
        typed = f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}"
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _name_fault(name: str, missing: Fault) -> Fault | None:
    if not name:
        return missing
    if len(name) > LONGEST_NAME:
        return Fault.NAME_TOO_LONG
    return None if is_name(name) else Fault.NAME_WRONG


def _day_fault(text: str, today: date) -> Fault | None:
    if not text.strip():
        return None
    day = read_day(text)
    if day is None:
        return Fault.DATE_WRONG
    return Fault.DATE_FUTURE if day > today else None


def read_contact(typed: Mapping[str, str], today: date) -> tuple[NewContact | None, Faults]:
    """Who somebody is, and what they are to the patient."""
    given, family = tidy(typed.get("given_name", "")), tidy(typed.get("family_name", ""))
    email, note = normal_email(typed.get("email", "")), typed.get("note", "").replace("\0", "").strip()
    phone = as_e164(typed.get("phone", "")) if typed.get("phone", "").strip() else ""
    kind, language = typed.get("kind", ""), typed.get("language", "")
    found = {
        "given_name": _name_fault(given, Fault.GIVEN_NAME_MISSING),
        "family_name": _name_fault(family, Fault.FAMILY_NAME_MISSING),
        "email": Fault.EMAIL_WRONG if email and not is_email(email) else None,
        "phone": Fault.PHONE_WRONG if isinstance(phone, PhoneProblem) else None,
        "kind": None if kind in KINDS else Fault.KIND_MISSING,
        "language": None if language in LANGUAGES else Fault.LANGUAGE_MISSING,
        "since": _day_fault(typed.get("since", ""), today),
        "note": Fault.NOTE_TOO_LONG if len(note) > LONGEST_NOTE else None,
    }
    faults = {field: fault for field, fault in found.items() if fault is not None}
    if faults or isinstance(phone, PhoneProblem):
        return None, faults
    new = NewContact(
        given_name=given,
        family_name=family,
        email=email,
        phone=phone,
        language=language,
        kind=kind,
        emergency=typed.get("emergency", "") == "yes",
        note=note,
        since=read_day(typed.get("since", "")),
    )
    return new, {}


def typed_of(known: NewContact) -> dict[str, str]:
    """The form of what is known."""
    return {
        "given_name": known.given_name,
        "family_name": known.family_name,
        "email": known.email,
        "phone": known.phone,
        "language": known.language,
        "kind": known.kind,
        "emergency": "yes" if known.emergency else "",
        "note": known.note,
        "since": known.since.isoformat() if known.since else "",
    }


def read_ending(typed: Mapping[str, str], since: date | None, today: date) -> tuple[date, str, Faults]:
    """The last day, and why it was the last."""
    day, reason, faults = read_day(typed.get("until", "")), typed.get("reason", ""), Faults()
    if day is None:
        faults["until"] = Fault.DATE_WRONG
    elif day > today:
        faults["until"] = Fault.DATE_FUTURE
    elif since and day < since:
        faults["until"] = Fault.DATE_BEFORE
    if reason not in ENDINGS:
        faults["reason"] = Fault.REASON_MISSING
    return day or today, reason, faults
