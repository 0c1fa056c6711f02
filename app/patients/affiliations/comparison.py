"""What a centre typed of somebody beside what another one's record says, field by field. Pure."""

from dataclasses import dataclass

from app.patients.dates import PartialDate
from app.patients.model import NewPatient, Patient
from app.patients.names import folded

COMPARED = ("birth_name", "family_name", "given_names", "birth_date", "sex", "birth_place")
"""What is shown. How to reach the person is not: it may be somebody else after all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both; "" is not known. `same`: None where one of them says nothing."""

    field: str
    typed: str | PartialDate
    ours: str | PartialDate
    same: bool | None


def side_by_side(typed: NewPatient, record: Patient) -> list[Line]:
    """The fields that either of them has; a birth name that is the name in use is said once.

    >>> from datetime import UTC, datetime
    >>> from uuid import UUID
    >>> of = {"given_names": "Zoé", "birth_date": PartialDate(1984, 3, 9), "sex": "female"}
    >>> new = NewPatient(family_name="Le Goff", **of)
    >>> at = datetime(2026, 11, 22, tzinfo=UTC)
    >>> ours = Patient(id=UUID(int=1), code="", family_name="LE-GOFF", birth_name="", phone="", created_at=at, **of)
    >>> [(line.field, line.same) for line in side_by_side(new, ours)]
    [('family_name', True), ('given_names', True), ('birth_date', True), ('sex', True)]
    """
    one_name = not typed.birth_name and not record.birth_name
    lines = [_line(field, _value(typed, field), _value(record, field)) for field in COMPARED]
    return [line for line in lines if (line.typed or line.ours) and not (line.field == "birth_name" and one_name)]


def nir_same(typed: NewPatient, record: Patient) -> bool | None:
    """Whether both have the same NIR; None where one has none."""
    return typed.nir == record.nir if typed.nir and record.nir else None


def _value(known: NewPatient | Patient, field: str) -> str | PartialDate:
    if field == "birth_date":
        return PartialDate.on(known.birth_date)
    value: str = known.birth_name or known.family_name if field == "birth_name" else getattr(known, field)
    return "" if value == "unknown" else value


def _line(field: str, typed: str | PartialDate, ours: str | PartialDate) -> Line:
    if not typed or not ours:
        return Line(field, typed, ours, None)
    if isinstance(typed, str) and isinstance(ours, str):
        return Line(field, typed, ours, folded(typed) == folded(ours))
    return Line(field, typed, ours, typed == ours)
