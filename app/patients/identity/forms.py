"""What was typed about a patient, read by the rules of the French civil status, or what is wrong with it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from unicodedata import category, normalize

from app.accounts.model import is_email, normal_email
from app.channels.phones import PhoneProblem, as_e164
from app.patients.dates import OLDEST, PartialDate, age_on, read_date, read_parts
from app.patients.identity.countries import countries
from app.patients.identity.numbers import doubts, read_nir
from app.patients.identity.problems import Doubt, Fault
from app.patients.model import SEXES, UNKNOWN_SEX, NewPatient

LONGEST = 100
TYPED_AT_MOST = 300
LANGUAGES = ("fr", "en")
BIRTH = "birth_date"
BOXES = (f"{BIRTH}-day", f"{BIRTH}-month", f"{BIRTH}-year")
FIELDS = (
    "birth_name",
    "family_name",
    "given_names",
    "used_given_name",
    "sex",
    "birth_place",
    "birth_place_code",
    "birth_country",
    "nir",
    "email",
    "phone",
    "language",
)
ORDER = ("birth_name", "family_name", "given_names", "used_given_name", "sex", BIRTH, *FIELDS[5:])
"""As the page has them, for the summary of what is wrong."""
JOINTS = "-'\N{RIGHT SINGLE QUOTATION MARK} "
COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
ABROAD = "99"


@dataclass(slots=True)
class Typed:
    """A form as it came: `values` to show again, `faults` by field, `doubts` about the NIR, `known` if all is right."""

    values: dict[str, str]
    faults: dict[str, Fault] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    known: NewPatient | None = None

    def take(self, name: str, found: str | Fault) -> str:
        """The value of a field, or the empty string once its fault is noted."""
        if isinstance(found, Fault):
            self.faults[name] = found
            return ""
        return found


def blank(language: str = "fr") -> Typed:
    """A form nobody has filled in."""
    return Typed(dict.fromkeys((*FIELDS, *BOXES), "") | {"language": language})


def shown(known: NewPatient, *, with_nir: bool = True) -> Typed:
    """The form of somebody who is known. Without the NIR its box is empty, which means: as it was."""
    values = {name: getattr(known, name) for name in FIELDS}
    values["birth_name"] = known.birth_name or known.family_name
    values["family_name"] = known.family_name if known.birth_name else ""
    values["nir"] = known.nir if with_nir else ""
    born = PartialDate.on(known.birth_date)
    parts = [f"{part:02d}" if part else "" for part in (born.day, born.month)]
    return Typed(values | dict(zip(BOXES, (*parts, str(born.year)), strict=True)))


def read_form(form: Mapping[str, object], today: date, *, kept_nir: str = "") -> Typed:
    """Read the whole form. `kept_nir`: what stays when the box of the NIR is empty."""
    typed = _typed(form)
    of = typed.values
    birth_name = typed.take("birth_name", name_of(of["birth_name"], Fault.BIRTH_NAME_MISSING))
    used = typed.take("family_name", name_of(of["family_name"]))
    born = birth_of([of[box] for box in BOXES], today)
    if isinstance(born, Fault):
        typed.faults[BIRTH] = born
    parts = {
        "given_names": typed.take("given_names", given_of(of["given_names"])),
        "used_given_name": typed.take("used_given_name", name_of(of["used_given_name"])),
        "sex": typed.take("sex", of["sex"] if of["sex"] in (*SEXES, UNKNOWN_SEX) else Fault.SEX_MISSING),
        **_place(typed),
        "nir": typed.take("nir", read_nir(of["nir"])) or ("" if form.get("nir_forget") == "yes" else kept_nir),
        "email": typed.take("email", email_of(of["email"])),
        "phone": typed.take("phone", phone_of(of["phone"])),
        "language": typed.take("language", of["language"] if of["language"] in LANGUAGES else Fault.LANGUAGE_MISSING),
    }
    typed.doubts = doubts(
        parts["nir"], born if isinstance(born, PartialDate) else None, parts["sex"], parts["birth_place_code"]
    )
    if not typed.faults and isinstance(born, PartialDate):
        names = {"family_name": used or birth_name, "birth_name": birth_name if used not in {"", birth_name} else ""}
        typed.known = NewPatient(birth_date=born, **names, **parts)
    return typed


def _typed(form: Mapping[str, object]) -> Typed:
    found = {name: text if isinstance(text := form.get(name, ""), str) else "" for name in (*FIELDS, *BOXES)}
    values = {name: text.replace("\0", "")[:TYPED_AT_MOST] for name, text in found.items()}
    return Typed(values | _pasted(*(values[box] for box in BOXES)))


def _pasted(day: str, month: str, year: str) -> dict[str, str]:
    """A whole date in the first box, as it is pasted from another program, goes to the three."""
    whole = read_date(day) if len(day.strip()) > 2 and not month.strip() and not year.strip() else None
    if whole is None:
        return {}
    parts = (f"{whole.day:02d}" if whole.day else "", f"{whole.month:02d}" if whole.month else "", str(whole.year))
    return dict(zip(BOXES, parts, strict=True))


def name_of(text: str, missing: Fault | None = None) -> str | Fault:
    """A name with single blanks: letters of any script, joined by blanks, dashes and apostrophes.

    >>> name_of("  Le   Goff "), name_of("d’Ormesson"), name_of("MARTIN--DUPONT"), name_of("’t Hooft"), name_of("")
    ('Le Goff', 'd’Ormesson', 'MARTIN--DUPONT', '’t Hooft', '')
    >>> name_of("Nuñez"), name_of("Martin-"), name_of("李")
    ('Nuñez', <Fault.NAME_SIGNS: 'name_signs'>, '李')
    >>> name_of("Martin2"), name_of("-"), name_of("x" * 101), name_of("a@b"), name_of(" ", Fault.BIRTH_NAME_MISSING)
    (<Fault.NAME_SIGNS: 'name_signs'>, <Fault.NAME_SIGNS: 'name_signs'>, <Fault.NAME_LONG: 'name_long'>, \
<Fault.NAME_SIGNS: 'name_signs'>, <Fault.BIRTH_NAME_MISSING: 'birth_name_missing'>)
    """
    name = " ".join(normalize("NFC", text).split())
    if not name:
        return missing or ""
    if len(name) > LONGEST:
        return Fault.NAME_LONG
    letters = all(sign in JOINTS or category(sign)[0] in "LM" for sign in name)
    whole = any(sign.isalpha() for sign in name) and "-" not in {name[0], name[-1]}
    return name if letters and whole else Fault.NAME_SIGNS


def given_of(text: str) -> str | Fault:
    """Several given names, between blanks or commas; those with a dash are one.

    >>> given_of("Jean-Pierre, Marie  Paul"), given_of(",")
    ('Jean-Pierre Marie Paul', <Fault.GIVEN_NAMES_MISSING: 'given_names_missing'>)
    """
    return name_of(text.replace(",", " "), Fault.GIVEN_NAMES_MISSING)


def birth_of(boxes: list[str], today: date) -> PartialDate | Fault:
    """Day, month and year, the first or both of them empty where that is not known.

    >>> today = date(2026, 11, 22)
    >>> birth_of(["", "3", "1984"], today).text, birth_of(["", "", "1984"], today).text
    ('1984-03', '1984')
    >>> birth_of(["", "", ""], today), birth_of(["14", "", "1984"], today), birth_of(["30", "2", "1984"], today)
    (<Fault.BIRTH_MISSING: 'birth_missing'>, <Fault.BIRTH_DAY_ALONE: 'birth_day_alone'>, \
<Fault.BIRTH_WRONG: 'birth_wrong'>)
    >>> birth_of(["23", "11", "2026"], today), birth_of(["", "", "1899"], today)
    (<Fault.BIRTH_TO_COME: 'birth_to_come'>, <Fault.BIRTH_LONG_AGO: 'birth_long_ago'>)
    """
    day, month, year = (box.strip() for box in boxes)
    if not (day or month or year):
        return Fault.BIRTH_MISSING
    if day and year and not month:
        return Fault.BIRTH_DAY_ALONE
    born = read_parts(day, month, year)
    if born is None:
        return Fault.BIRTH_WRONG
    if born.earliest > today:
        return Fault.BIRTH_TO_COME
    return Fault.BIRTH_LONG_AGO if age_on(born.latest, today) > OLDEST else born


def _place(typed: Typed) -> dict[str, str]:
    of = typed.values
    place, code = " ".join(of["birth_place"].split()), "".join(of["birth_place_code"].split()).upper()
    country = of["birth_country"].strip()
    if len(place) > LONGEST or not place.isprintable():
        typed.faults["birth_place"] = Fault.PLACE_SIGNS
    if code and not (code.isascii() and COMMUNE.fullmatch(code)):
        typed.faults["birth_place_code"] = Fault.PLACE_CODE_WRONG
    elif code and country and not code.startswith(ABROAD):
        typed.faults["birth_place_code"] = Fault.PLACE_CODE_ABROAD
    if country and country not in dict(countries("fr")):
        typed.faults["birth_country"] = Fault.COUNTRY_UNKNOWN
    return {"birth_place": place, "birth_place_code": code, "birth_country": country}


def email_of(text: str) -> str | Fault:
    """An address in its one form; empty when nothing was typed."""
    email = normal_email(text)
    return email if not email or is_email(email) else Fault.EMAIL_WRONG


def phone_of(text: str) -> str | Fault:
    """A telephone number as it is read aloud where it belongs; empty when nothing was typed.

    >>> phone_of("0639980001"), phone_of("+32 470123456"), phone_of("12")
    ('06 39 98 00 01', '+32 470 12 34 56', <Fault.PHONE_WRONG: 'phone_wrong'>)
    """
    if not text.strip():
        return ""
    number = as_e164(text)
    if isinstance(number, PhoneProblem):
        return Fault.PHONE_WRONG
    import phonenumbers  # noqa: PLC0415 - as in channels: its tables of all countries are large

    kinds = phonenumbers.PhoneNumberFormat
    style = kinds.NATIONAL if number.startswith("+33") else kinds.INTERNATIONAL
    return str(phonenumbers.format_number(phonenumbers.parse(number), style))
