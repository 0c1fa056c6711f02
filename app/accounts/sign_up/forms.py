"""What was typed into the two sign-up forms, read into an identity or into what is wrong, field by field. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.accounts.model import is_email, normal_email
from app.accounts.names import LONGEST, is_name
from app.accounts.passwords import misshapen
from app.accounts.problems import Problem
from app.accounts.professions import PROFESSIONS
from app.accounts.sign_up.model import SEXES, UNLISTED, Identity, birth_disagrees
from app.accounts.sign_up.numbers import nir_of, rpps_of
from app.accounts.sign_up.problems import Fault
from app.channels.phones import PhoneProblem, as_e164

WORDS = 200
OLDEST = 1900
KEPT = (
    "family_name",
    "given_name",
    "email",
    "phone",
    "sex",
    "nir",
    "profession",
    "organisation",
    "other_organisation",
    "rpps",
)


@dataclass(slots=True)
class Typed:
    """A form as it came: `values` to show again, `faults` by field in the order of the page, and what it says if none.

    `hint`: the NIR and the birth date or sex do not agree, which is said once.
    """

    values: dict[str, str]
    faults: dict[str, Problem | Fault] = field(default_factory=dict)
    identity: Identity | None = None
    hint: bool = False

    def take(self, name: str, found: "str | Problem | Fault | PhoneProblem") -> str:
        """The value of a field, or the empty string once its fault is noted."""
        if isinstance(found, PhoneProblem):
            found = Fault.PHONE_WRONG
        if isinstance(found, Problem | Fault):
            self.faults[name] = found
            return ""
        return found


def blank() -> Typed:
    """A form nobody has filled in."""
    return Typed(dict.fromkeys((*KEPT, "birth_date"), ""))


def read_patient(form: Mapping[str, object], today: date) -> Typed:
    """A patient's form, or a relative's, who signs up as themselves."""
    typed = _typed(form)
    of = typed.values
    parts = {
        "family_name": typed.take("family_name", name_of(of["family_name"], Fault.FAMILY_NAME_MISSING)),
        "given_name": typed.take("given_name", name_of(of["given_name"], Fault.GIVEN_NAME_MISSING)),
        "birth_date": typed.take("birth_date", birth_of(of["birth_date"], today)),
        "sex": typed.take("sex", of["sex"] if of["sex"] in SEXES else Fault.SEX_MISSING),
        "email": typed.take("email", email_of(of["email"])),
        "phone": typed.take("phone", phone_of(of["phone"])),
        "nir": typed.take("nir", nir_of(of["nir"])),
    }
    if not typed.faults:
        typed.identity = Identity(**parts)
        born = date.fromisoformat(parts["birth_date"])
        disagrees = bool(parts["nir"]) and birth_disagrees(parts["nir"], born, parts["sex"])
        typed.hint = disagrees and form.get("nir_read") != "yes"
    return typed


def read_professional(form: Mapping[str, object], organisations: Collection[str], password: str) -> Typed:
    """A professional's form. `organisations`: the ids in the list. Whether the password is weak is judged later."""
    typed = _typed(form)
    of = typed.values
    parts = {
        "family_name": typed.take("family_name", name_of(of["family_name"], Fault.FAMILY_NAME_MISSING)),
        "given_name": typed.take("given_name", name_of(of["given_name"], Fault.GIVEN_NAME_MISSING)),
        "profession": typed.take(
            "profession", of["profession"] if of["profession"] in PROFESSIONS else Fault.PROFESSION_MISSING
        ),
        **_organisation(typed, organisations),
        "rpps": typed.take("rpps", rpps_of(of["rpps"])),
        "email": typed.take("email", email_of(of["email"])),
        "phone": typed.take("phone", phone_of(of["phone"])),
    }
    identity = Identity(**parts)
    problem = misshapen(password)
    if problem is not None:
        typed.faults["password"] = problem
    typed.identity = None if typed.faults else identity
    return typed


def _typed(form: Mapping[str, object]) -> Typed:
    values = {name: text[:WORDS] if isinstance(text := form.get(name, ""), str) else "" for name in KEPT}
    parts = [form.get(f"birth_date-{part}", "") for part in ("year", "month", "day")]
    # The three boxes as one text; a dash typed into a box would move the others.
    values["birth_date"] = "-".join(str(part).strip().replace("-", "")[:4] for part in parts)
    return Typed(values)


def place_of(form: Mapping[str, object], organisations: Collection[str]) -> Typed:
    """The two fields that name a centre, as somebody who has an account asks for a place."""
    typed = _typed(form)
    typed.identity = Identity(given_name="", family_name="", email="", **_organisation(typed, organisations))
    return typed


def _organisation(typed: Typed, organisations: Collection[str]) -> dict[str, str]:
    chosen, other = typed.values["organisation"], " ".join(typed.values["other_organisation"].split())
    if chosen == UNLISTED:
        fits = len(other) > 1 and other.isprintable()
        return {"other_organisation": typed.take("other_organisation", other if fits else Fault.ORGANISATION_UNNAMED)}
    fits = chosen in organisations
    return {"organisation": typed.take("organisation", chosen if fits else Fault.ORGANISATION_MISSING)}


def name_of(text: str, missing: Fault) -> str | Fault:
    """A name with single spaces.

    >>> name_of("  Le   Goff ", Fault.FAMILY_NAME_MISSING), name_of(" ", Fault.FAMILY_NAME_MISSING)
    ('Le Goff', <Fault.FAMILY_NAME_MISSING: 'family_name_missing'>)
    >>> name_of("123", Fault.FAMILY_NAME_MISSING), name_of("http://x.example", Fault.FAMILY_NAME_MISSING)
    (<Fault.NAME_WRONG: 'name_wrong'>, <Fault.NAME_WRONG: 'name_wrong'>)
    """
    name = " ".join(text.split())
    if not name:
        return missing
    return name if is_name(name) and len(name) <= LONGEST else Fault.NAME_WRONG


def email_of(text: str) -> str | Problem:
    """An address in its one form."""
    if not text.strip():
        return Problem.EMAIL_MISSING
    email = normal_email(text)
    return email if is_email(email) else Problem.EMAIL_WRONG


def phone_of(text: str) -> str | PhoneProblem:
    """A telephone number in its one form; empty when nothing was typed."""
    return as_e164(text) if text.strip() else ""


def birth_of(text: str, today: date) -> str | Fault:
    """A day in the past, as year-month-day.

    >>> today = date(2026, 11, 22)
    >>> birth_of("1984-3-09", today), birth_of("--", today), birth_of("1984-02-30", today)
    ('1984-03-09', <Fault.BIRTH_MISSING: 'birth_missing'>, <Fault.BIRTH_WRONG: 'birth_wrong'>)
    >>> birth_of("2027-01-01", today), birth_of("84-01-01", today), birth_of("１９８４-01-01", today)
    (<Fault.BIRTH_TO_COME: 'birth_to_come'>, <Fault.BIRTH_WRONG: 'birth_wrong'>, <Fault.BIRTH_WRONG: 'birth_wrong'>)
    """
    if not text.strip("-"):
        return Fault.BIRTH_MISSING
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return Fault.BIRTH_WRONG
    year, month, day = (int(part) for part in parts)
    try:
        born = date(year, month, day)
    except ValueError:
        return Fault.BIRTH_WRONG
    if born > today:
        return Fault.BIRTH_TO_COME
    return born.isoformat() if year >= OLDEST else Fault.BIRTH_WRONG
