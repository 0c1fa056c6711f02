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
    """Who acted: a name for those who work, a code for patients and relatives."""
    if account == WORKER:
        return _("The system")
    if account == NOBODY:
        return _("Nobody signed in")
    if account in known.names:
        return known.names[account]
    return _coded(known.coded.get(account, [])) or _("Account %(id)s") % {"id": str(account)[-6:]}


def _coded(links: list[tuple[bool, str]]) -> str:
    said = [(_("Patient %(code)s") if own else _("Relative of %(code)s")) % {"code": code} for own, code in links]
    return ", ".join(said)


def about_words(subject: UUID, known: Known) -> str:
    """What an event was done to, where that is an account or a centre; anything else has no name."""
    if subject in known.names or subject in known.coded:
        return who_words(subject, known)
    return known.centres.get(subject, "")


def role_words(role: str | None) -> str:
    """As what somebody acted."""
    return {
        "patient": _("Patient or relative"),
        "practitioner": _("Practitioner"),
        "arc": _("Clinical research associate"),
        "administrator": _("Administrator of a centre"),
        "superadmin": _("Administrator of the network"),
        "waiting": _("Professional without a place"),
    }.get(role or "", "")
