"""Whom somebody means, as matching compares it. Pure."""

from app.patients.dates import PartialDate
from app.patients.matching.model import Person
from app.patients.model import NewPatient


def person_of(typed: NewPatient) -> Person:
    """What of it is compared with the records there are.

    >>> new = NewPatient(given_names="Zoé", family_name="Le Goff", birth_date=PartialDate(1984, 3), sex="female")
    >>> person_of(new).birth_date
    '1984-03'
    """
    return Person(
        given_names=typed.given_names,
        family_name=typed.family_name,
        birth_name=typed.birth_name,
        used_given_name=typed.used_given_name,
        birth_date=PartialDate.on(typed.birth_date).text,
        sex=typed.sex,
        birth_place=typed.birth_place,
        nir=typed.nir,
    )
