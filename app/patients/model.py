"""A patient as a value: names, birth date, age. Pure; searching names is in names.py, codes in codes.py."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

SEXES = ("female", "male")
UNKNOWN_SEX = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """What is known of somebody when the record is opened. `sex`: female, male or unknown."""

    given_names: str
    family_name: str
    birth_date: date
    sex: str
    birth_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """One person, one record. `code` says nothing about the person and may be spoken aloud."""

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
        """As one speaks to the person or of them: Léa Martin."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def list_name(self) -> str:
        """As teams list people: MARTIN Léa."""
        return f"{self.family_name.upper()} {self.given_names}".strip()


def age_on(birth: date, day: date) -> int:
    """Full years. Somebody born on 29 February turns on 1 March in common years.

    >>> age_on(date(2004, 2, 29), date(2026, 2, 28)), age_on(date(2004, 2, 29), date(2026, 3, 1))
    (21, 22)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def facts(birth: date, sex: str, day: date) -> dict[str, int | str | date | None]:
    """What a score may know of the person on a day: age, sex where it is known, birth date.

    >>> facts(date(1980, 5, 12), "unknown", date(2026, 5, 11))
    {'age': 45, 'sex': None, 'birth_date': datetime.date(1980, 5, 12)}
    """
    return {"age": age_on(birth, day), "sex": sex if sex in SEXES else None, "birth_date": birth}
