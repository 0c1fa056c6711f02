"""Reading the forms that invite, and that say what a proxy may do: values, or what is wrong. Pure."""

from collections.abc import Collection, Mapping
from datetime import date

from app.access.rights import Right
from app.accounts.model import is_email, normal_email
from app.accounts.proxies.model import Beyond, Terms
from app.patients.contacts.forms import read_day
from app.patients.invitations.wording import Fault

LANGUAGES = ("fr", "en")
Faults = dict[str, Fault]


def read_address(typed: Mapping[str, str]) -> tuple[str, str, Faults]:
    """Whom to write to, and in which language."""
    email, language, faults = normal_email(typed.get("email", "")), typed.get("language", ""), Faults()
    if not email:
        faults["email"] = Fault.EMAIL_MISSING
    elif not is_email(email):
        faults["email"] = Fault.EMAIL_WRONG
    if language not in LANGUAGES:
        faults["language"] = Fault.LANGUAGE_MISSING
    return email, language, faults


def rights_for(*, of_age: bool) -> list[Right]:
    """What somebody close may be given: whoever is of age speaks for themselves.

    >>> [right.value for right in Right if right not in rights_for(of_age=True)]
    ['speak']
    """
    return [right for right in Right if not (of_age and right is Right.SPEAK)]


def read_terms(chosen: Collection[str], typed: Mapping[str, str], *, of_age: bool, today: date) -> tuple[Terms, Faults]:
    """What a proxy is given. For a patient of age a ground is needed, and the day of it."""
    rights, faults = frozenset(right for right in rights_for(of_age=of_age) if right in chosen), Faults()
    if not rights:
        faults["rights"] = Fault.RIGHTS_MISSING
    ground, day = typed.get("beyond", ""), read_day(typed.get("beyond_on", ""))
    beyond = Beyond(ground) if ground in set(Beyond) else Beyond.NONE
    if not of_age:
        return Terms(rights=rights), faults
    if beyond is Beyond.NONE:
        faults["beyond"] = Fault.GROUND_MISSING
    elif day is None or day > today:
        faults["beyond_on"] = Fault.GROUND_DAY
    return Terms(rights=rights, beyond=beyond, beyond_on=day if beyond else None), faults
