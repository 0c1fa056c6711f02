"""Who a patient is, as values: names, birth date, code. Pure; sealing and search tokens are made elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

SEXES = ("female", "male", "other")
KNOWN_TO_SCORING = ("female", "male")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """What a centre knows when it opens a record. `sex` is one of SEXES."""

    given_names: str
    family_name: str
    birth_date: date
    sex: str
    birth_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """One person, identity opened. `code` names them where their name must not stand."""

    id: UUID
    code: str
    given_names: str
    family_name: str
    birth_name: str
    birth_date: date
    sex: str
    phone: str
    created_at: datetime

    @property
    def full_name(self) -> str:
        """The name as one says it: Paul Lambert."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def list_name(self) -> str:
        """The name as a list has it: LAMBERT Paul."""
        return f"{self.family_name.upper()} {self.given_names}".strip()

    def age(self, day: date) -> int:
        return age_on(self.birth_date, day)


def age_on(birth: date, day: date) -> int:
    """Full years on that day; somebody born on 29 February is a year older on 1 March.

    >>> age_on(date(1984, 3, 14), date(2026, 3, 13)), age_on(date(1984, 3, 14), date(2026, 3, 14))
    (41, 42)
    >>> age_on(date(2004, 2, 29), date(2026, 2, 28)), age_on(date(2004, 2, 29), date(2026, 3, 1))
    (21, 22)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def facts(birth: date, sex: str, day: date) -> dict[str, Any]:
    """What scoring may know of the person on that day; what is unknown to it is left out.

    >>> facts(date(1984, 3, 14), "other", date(2026, 3, 14))
    {'birth_date': datetime.date(1984, 3, 14), 'age': 42}
    """
    known: dict[str, Any] = {"birth_date": birth, "age": age_on(birth, day)}
    if sex in KNOWN_TO_SCORING:
        known["sex"] = sex
    return known
