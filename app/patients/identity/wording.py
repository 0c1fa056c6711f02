"""The words of who a patient is: the fields of the form, what is wrong in them, what a NIR says otherwise."""

from app.lib.i18n import day_words, locale
from app.lib.i18n import gettext as _
from app.patients.dates import PartialDate
from app.patients.identity.countries import country_words
from app.patients.identity.forms import ORDER
from app.patients.identity.model import SHORTEST_REASON, Kind, Past, differences
from app.patients.identity.numbers import masked_nir
from app.patients.identity.problems import Doubt, Fault
from app.patients.model import NewPatient


def field_words(name: str) -> str:
    """What a field is called, on every page."""
    return {
        "birth_name": _("Birth name"),
        "family_name": _("Used name"),
        "given_names": _("Given names"),
        "used_given_name": _("Used given name"),
        "sex": _("Sex"),
        "birth_date": _("Birth date"),
        "birth_place": _("Commune of birth"),
        "birth_place_code": _("INSEE code of the commune"),
        "birth_country": _("Country of birth"),
        "nir": _("Social security number"),
        "email": _("Email address"),
        "phone": _("Telephone"),
        "language": _("Language"),
    }[name]


def sexes() -> list[tuple[str, str]]:
    """As the civil status has them, for a choice."""
    return [("female", _("Female")), ("male", _("Male")), ("unknown", _("Undetermined"))]


def languages() -> list[tuple[str, str]]:
    return [("fr", "Français"), ("en", "English")]


def fault_words(fault: Fault) -> str:
    """The message beside a field: what to do."""
    return (_about_names() | _about_birth() | _about_reaching())[fault]


def _about_names() -> dict[Fault, str]:
    return {
        Fault.BIRTH_NAME_MISSING: _("Enter the birth name"),
        Fault.GIVEN_NAMES_MISSING: _("Enter at least one given name"),
        Fault.NAME_SIGNS: _("Write letters, blanks, dashes and apostrophes only, as in “Le Goff” or “Jean-Pierre”"),
        Fault.NAME_LONG: _("Shorten this to 100 characters at most"),
        Fault.SEX_MISSING: _("Choose the sex as the civil status has it"),
    }


def _about_birth() -> dict[Fault, str]:
    return {
        Fault.BIRTH_MISSING: _("Enter the birth date. The year alone will do."),
        Fault.BIRTH_WRONG: _("Enter a date that exists, with the year in four digits, for example 12 5 1980"),
        Fault.BIRTH_DAY_ALONE: _("Enter the month too, or leave the day empty"),
        Fault.BIRTH_TO_COME: _("Enter a date in the past"),
        Fault.BIRTH_LONG_AGO: _("Check the year: this is more than 125 years ago"),
        Fault.PLACE_SIGNS: _("Shorten this to 100 characters at most, on one line"),
        Fault.PLACE_CODE_WRONG: _("An INSEE code has five characters, for example 69123 or 2A004. It is no postcode."),
        Fault.PLACE_CODE_ABROAD: _("The INSEE codes of communes are for births in France. Empty this, or the country."),
        Fault.COUNTRY_UNKNOWN: _("Choose a country of the list"),
    }


def _about_reaching() -> dict[Fault, str]:
    return {
        Fault.NIR_LENGTH: _("A NIR has 13 characters, or 15 with its key. You can also leave this empty."),
        Fault.NIR_WRONG: _("This number does not fit its key. Check it on the card, or leave this empty."),
        Fault.EMAIL_WRONG: _("Enter an email address like name@example.org, or leave this empty"),
        Fault.PHONE_WRONG: _("Enter a telephone number like 06 39 98 00 01 or +32 470 12 34 56, or leave this empty"),
        Fault.LANGUAGE_MISSING: _("Choose the language in which to write to the person"),
        Fault.TOO_MANY: _(
            "You have looked for many people within an hour. What you typed is still here: wait a while,"
            " then send it again, or ask a colleague."
        ),
    }


def doubt_words(doubt: Doubt) -> str:
    """What a NIR says otherwise than the form."""
    return {
        Doubt.SEX: _("The number is that of a person of the other sex."),
        Doubt.YEAR: _("The number speaks of another year of birth."),
        Doubt.MONTH: _("The number speaks of another month of birth."),
        Doubt.COMMUNE: _("The number speaks of another commune of birth."),
    }[doubt]


def reason_fault() -> str:
    return _("Write why, in at least %(shortest)s characters") % {"shortest": SHORTEST_REASON}


def value_words(name: str, known: NewPatient) -> str:
    """The value of a field as it is read; a dash where nothing is known. A NIR stays masked."""
    value = getattr(known, name)
    words = {
        "birth_name": known.birth_name or known.family_name,
        "family_name": known.family_name if known.birth_name else "",
        "sex": dict(sexes()).get(known.sex, ""),
        "birth_date": day_words(PartialDate.on(known.birth_date)),
        "birth_country": _country(known),
        "nir": masked_nir(known.nir),
        "language": dict(languages()).get(known.language, known.language),
    }.get(name, value)
    return str(words) or "–"


def _country(known: NewPatient) -> str:
    if known.birth_country:
        return country_words(known.birth_country, locale.get())
    return _("France") if known.birth_place_code else ""


def past_words(past: Past) -> str:
    """What happened, as a heading."""
    if past.kind is Kind.CHANGED and past.former is None:
        return _("Code of another system removed")
    return {
        Kind.CHANGED: _("Changed"),
        Kind.APART: _("Opened though a close record was there"),
        Kind.REMOVED: _("Record removed"),
        Kind.RESTORED: _("Record restored"),
    }[past.kind]


def changed_lines(before: NewPatient, after: NewPatient) -> list[tuple[str, str, str]]:
    """Field, value before, value after, of every field that reads otherwise; a NIR that changed may read the same."""
    changed = set(differences(before, after))
    lines = [(name, value_words(name, before), value_words(name, after)) for name in ORDER]
    return [line for line in lines if line[1] != line[2] or line[0] in changed & {"nir"}]


def code_fault(refused: str) -> str:
    """Why a code of another system was not kept."""
    if refused == "identifier.taken":
        return _("This code names a record already, perhaps this one. Check it.")
    if refused == "identifier.too_many":
        return _("Too many codes and people were looked up within an hour. Please try again later.")
    return _("A code of the former network has ten digits: centre, pathology, patient. Check it.")


def system_words(system: str) -> str:
    """A system that gave patients codes."""
    return {"legacy": _("Code of the former network")}.get(system, system)


def saved_words(saved: str) -> str:
    """What was just kept."""
    return {
        "identity": _("The identity has been changed. What it was before is kept below."),
        "code": _("The code has been added. The record is found by it."),
        "no-code": _("The code has been removed. The history keeps it."),
        "refused": _("The record stays. Whoever asked for its removal reads your answer."),
    }.get(saved, "")
