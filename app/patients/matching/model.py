"""What is compared to find a person again, and what a comparison comes to. Pure; no row and no key is known here."""

from dataclasses import dataclass
from enum import StrEnum

from app.patients.dates import PartialDate
from app.patients.model import NewPatient, Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is, as far as it was written down; "" (and sex "unknown") is not known.

    `birth_date` may be partial: "1980", "1980-05", "1980-05-12". `used_given_name` is the first name by which the
    person goes, where it is not the first of `given_names`. `nir`: 13 or 15 signs, blanks allowed.
    """

    given_names: str
    family_name: str
    birth_name: str = ""
    used_given_name: str = ""
    birth_date: str = ""
    sex: str = "unknown"
    birth_place: str = ""
    nir: str = ""

    @classmethod
    def of(cls, known: NewPatient | Patient) -> "Person":
        """What a record, or a form about to become one, says of somebody."""
        return cls(
            given_names=known.given_names,
            family_name=known.family_name,
            birth_name=known.birth_name,
            used_given_name=known.used_given_name,
            birth_date=PartialDate.on(known.birth_date).text,
            sex=known.sex,
            birth_place=known.birth_place,
            nir=known.nir,
        )


class Level(StrEnum):
    """How far two people agree in one field. Within a field the first that holds is taken."""

    FAMILY_SAME = "family.same"
    FAMILY_BIRTH_IS_USED = "family.birth_is_used"
    FAMILY_PART = "family.part"
    FAMILY_CLOSE = "family.close"
    FAMILY_SOUNDS = "family.sounds"
    NAMES_SWAPPED = "names.swapped"
    FAMILY_OTHER = "family.other"
    GIVEN_SAME = "given.same"
    GIVEN_AMONG = "given.among"
    GIVEN_CLOSE = "given.close"
    GIVEN_SOUNDS = "given.sounds"
    GIVEN_PART = "given.part"
    GIVEN_OTHER = "given.other"
    DATE_SAME = "date.same"
    DATE_SWAPPED = "date.swapped"
    DATE_DIGIT = "date.digit"
    DATE_FITS = "date.fits"
    DATE_NEAR = "date.near"
    DATE_OTHER = "date.other"
    SEX_SAME = "sex.same"
    SEX_OTHER = "sex.other"
    PLACE_SAME = "place.same"
    PLACE_CLOSE = "place.close"
    PLACE_OTHER = "place.other"
    NIR_SAME = "nir.same"
    NIR_CLOSE = "nir.close"
    NIR_OTHER = "nir.other"


class Verdict(StrEnum):
    """What is said of two people: probably the same, perhaps the same, or nothing."""

    SAME = "same"
    PERHAPS = "perhaps"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Match:
    """What speaks for and against two people being one.

    `weight` is in bits: each makes it twice as likely. `probability` (0 to 1) counts in how seldom two records are one
    person's. `reasons` are the levels of the fields that both have, what speaks for it first; wording.py has the words.
    """

    weight: float
    probability: float
    verdict: Verdict
    reasons: tuple[Level, ...]
