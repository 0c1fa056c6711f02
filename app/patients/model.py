"""A patient as a value: names, birth, how to reach them. Pure; dates are in dates.py, search in names.py."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from app.patients.dates import PartialDate, age_on, ages_on

SEXES = ("female", "male")
UNKNOWN_SEX = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """What is known of somebody when the record is opened, or as it stands after a change; "" is not known.

    `family_name` is the name in use; `birth_name` the one of the birth certificate, "" where it is the same. `sex`:
    female, male or unknown. `birth_place`: a commune as people write it, `birth_place_code` its INSEE code;
    `birth_country`: two letters (ISO 3166), "" for France. `nir`: 15 characters.
    """

    given_names: str
    family_name: str
    birth_date: PartialDate | date
    sex: str
    birth_name: str = ""
    phone: str = ""
    used_given_name: str = ""
    birth_place: str = ""
    birth_place_code: str = ""
    birth_country: str = ""
    email: str = ""
    nir: str = ""
    language: str = "fr"

    def as_text(self) -> str:
        """For one sealed column."""
        return json.dumps({**asdict(self), "birth_date": PartialDate.on(self.birth_date).text}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "NewPatient":
        """Read what `as_text` wrote, also when it was written before a field was known.

        >>> new = NewPatient(given_names="Zoé", family_name="Le Goff", birth_date=PartialDate(1984, 3), sex="female")
        >>> NewPatient.from_text(new.as_text()) == new
        True
        """
        kept = json.loads(text)
        known = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        return cls(**{**known, "birth_date": PartialDate.of(kept["birth_date"])})


@dataclass(frozen=True, slots=True)
class Patient:
    """One person, one record. `code` says nothing about the person and may be spoken aloud.

    `revision` counts the changes of who the person is; the other fields are those of NewPatient.
    """

    id: UUID
    code: str
    given_names: str
    family_name: str
    birth_name: str
    birth_date: PartialDate
    sex: str
    phone: str
    created_at: datetime
    used_given_name: str = ""
    birth_place: str = ""
    birth_place_code: str = ""
    birth_country: str = ""
    email: str = ""
    nir: str = ""
    language: str = "fr"
    revision: int = 1

    @property
    def full_name(self) -> str:
        """As one speaks to the person or of them: Léa Martin."""
        return f"{self.used_given_name or self.given_names} {self.family_name}".strip()

    @property
    def list_name(self) -> str:
        """As teams list people: MARTIN Léa."""
        return f"{self.family_name.upper()} {self.used_given_name or self.given_names}".strip()

    @property
    def known(self) -> NewPatient:
        """Who the person is, less what only the record has."""
        return NewPatient(**{one.name: getattr(self, one.name) for one in fields(NewPatient)})


def facts(birth: PartialDate | date, sex: str, day: date) -> dict[str, int | str | date | None]:
    """What a score may know of the person on a day: age, sex, birth date; None is not known.

    An age is known where each day that the birth may have been gives the same one.

    >>> facts(date(1980, 5, 12), "unknown", date(2026, 5, 11))
    {'age': 45, 'sex': None, 'birth_date': datetime.date(1980, 5, 12)}
    >>> facts(PartialDate(1980, 5), "female", date(2026, 6, 1))
    {'age': 46, 'sex': 'female', 'birth_date': None}
    >>> facts(PartialDate(1980), "male", date(2026, 6, 1))["age"] is None
    True
    """
    born = PartialDate.on(birth)
    youngest, oldest = ages_on(born, day)
    return {
        "age": youngest if youngest == oldest else None,
        "sex": sex if sex in SEXES else None,
        "birth_date": born.whole,
    }


__all__ = ["SEXES", "UNKNOWN_SEX", "NewPatient", "Patient", "age_on", "facts"]
