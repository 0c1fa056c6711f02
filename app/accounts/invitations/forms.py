"""Reading the form that invites, and the one that accepts: values, or what is wrong with each field. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.accounts.invitations.model import NewInvitation
from app.accounts.model import is_email, normal_email
from app.accounts.names import is_name
from app.accounts.organisations.forms import tidy
from app.accounts.professions import PROFESSIONS, Access, place_of

LONGEST_NAME = 80
LANGUAGES = ("fr", "en")


class Fault(StrEnum):
    """What is wrong with one field."""

    EMAIL_MISSING = "email_missing"
    EMAIL_WRONG = "email_wrong"
    GIVEN_NAME_MISSING = "given_name_missing"
    FAMILY_NAME_MISSING = "family_name_missing"
    NAME_TOO_LONG = "name_too_long"
    NAME_WRONG = "name_wrong"
    PROFESSION_MISSING = "profession_missing"
    ACCESS_MISSING = "access_missing"
    LANGUAGE_MISSING = "language_missing"
    CENTRE_MISSING = "centre_missing"
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - what is wrong
    ALREADY_INVITED = "already_invited"
    WORKS_HERE = "works_here"
    TOO_MANY = "too_many"


Faults = dict[str, Fault]


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody does in a centre, as a form says it."""

    profession: str
    role: str
    administers: bool


def read_names(typed: Mapping[str, str]) -> tuple[str, str, Faults]:
    """Given and family name, and what is wrong with them."""
    given, family = tidy(typed.get("given_name", "")), tidy(typed.get("family_name", ""))
    found = {
        "given_name": _name(given, Fault.GIVEN_NAME_MISSING),
        "family_name": _name(family, Fault.FAMILY_NAME_MISSING),
    }
    return given, family, {field: fault for field, fault in found.items() if fault is not None}


def _name(text: str, missing: Fault) -> Fault | None:
    if not text:
        return missing
    if len(text) > LONGEST_NAME:
        return Fault.NAME_TOO_LONG
    return None if is_name(text) else Fault.NAME_WRONG


def read_place(typed: Mapping[str, str]) -> tuple[Place | None, Faults]:
    """Profession and access."""
    profession, access, faults = typed.get("profession", ""), typed.get("access", ""), Faults()
    if profession not in PROFESSIONS:
        faults["profession"] = Fault.PROFESSION_MISSING
    if access not in {one.value for one in Access}:
        faults["access"] = Fault.ACCESS_MISSING
    if faults:
        return None, faults
    role, administers = place_of(profession, Access(access))
    return Place(profession, role.value, administers), {}


def read_invitation(typed: Mapping[str, str], centres: Collection[UUID]) -> tuple[NewInvitation | None, Faults]:
    """Whom to invite. `centres`: those one may invite to; where it is one only, nobody is asked."""
    email = normal_email(typed.get("email", ""))
    given, family, faults = read_names(typed)
    place, more = read_place(typed)
    faults |= more
    if not email:
        faults["email"] = Fault.EMAIL_MISSING
    elif not is_email(email):
        faults["email"] = Fault.EMAIL_WRONG
    if typed.get("language", "") not in LANGUAGES:
        faults["language"] = Fault.LANGUAGE_MISSING
    centre = read_centre(typed, centres)
    if centre is None:
        faults["organisation"] = Fault.CENTRE_MISSING
    if faults or place is None or centre is None:
        return None, faults
    new = NewInvitation(
        organisation=centre,
        email=email,
        given_name=given,
        family_name=family,
        language=typed["language"],
        profession=place.profession,
        role=place.role,
        administers=place.administers,
    )
    return new, {}


def read_centre(typed: Mapping[str, str], centres: Collection[UUID]) -> UUID | None:
    """The chosen one of these; the only one where there is no choice."""
    if len(centres) == 1:
        return next(iter(centres))
    return next((one for one in centres if str(one) == typed.get("organisation", "")), None)
