"""Two records side by side, which value the one keeps, and who each was before. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.patients.dates import PartialDate
from app.patients.model import UNKNOWN_SEX, NewPatient, Patient

SHORTEST_REASON = 10
LONGEST_REASON = 1000
# What is compared and chosen as one: a commune means little without its country.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "given_names": ("given_names",),
    "used_given_name": ("used_given_name",),
    "family_name": ("family_name",),
    "birth_name": ("birth_name",),
    "birth_date": ("birth_date",),
    "sex": ("sex",),
    "birth_place": ("birth_place", "birth_place_code", "birth_country"),
    "nir": ("nir",),
    "phone": ("phone",),
    "email": ("email",),
    "language": ("language",),
}
# Of how one reaches somebody the latest holds; of who somebody is, what is known most exactly.
LATEST_HOLDS = frozenset({"phone", "email", "language"})


class Side(StrEnum):
    """Of which record: the one that goes on, or the one that it takes in."""

    KEPT = "kept"
    ABSORBED = "absorbed"


class Why(StrEnum):
    """Why a value is suggested."""

    ONLY = "only"
    """The other record does not know it."""
    PROVEN = "proven"
    """The person reads mail at this address."""
    FULLER = "fuller"
    LATER = "later"
    """Of two telephones, the one of the record that was opened later."""
    KEPT = "kept"
    """Nothing speaks for either: the record that goes on."""


class Concern(StrEnum):
    """What makes it unlikely that two records are one person's; whoever merges says that they looked."""

    NIR_DIFFERS = "nir_differs"
    TWO_ACCOUNTS = "two_accounts"
    BIRTH_DIFFERS = "birth_differs"


class Owner(StrEnum):
    """Whose a value is that was written while two records were one."""

    KEPT = "kept"
    ABSORBED = "absorbed"
    BOTH = "both"


Choices = Mapping[str, Side]


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both records. `values`: as the fields of NewPatient hold them, in the order of FIELDS."""

    field: str
    kept: tuple[Any, ...]
    absorbed: tuple[Any, ...]
    suggested: Side
    why: Why

    @property
    def same(self) -> bool:
        return self.kept == self.absorbed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody decided on the page that compares. `revisions`: of both records as they were shown."""

    kept: UUID
    absorbed: UUID
    revisions: tuple[int, int]
    choices: Choices
    confirmed: frozenset[Concern]
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records that became one. `before`: who the kept one was said to be. Undone where `unmerged_at` is known."""

    id: UUID
    kept: UUID
    absorbed: UUID
    before: NewPatient
    choices: Choices
    reason: str
    merged_by: UUID
    merged_at: datetime
    unmerged_by: UUID | None
    unmerged_at: datetime | None
    unmerged_reason: str

    @property
    def stands(self) -> bool:
        return self.unmerged_at is None


def value_of(known: NewPatient, field: str) -> tuple[Any, ...]:
    """What is known in one field; a birth date as PartialDate, however it was given."""
    found = tuple(getattr(known, name) for name in FIELDS[field])
    return (PartialDate.on(found[0]),) if field == "birth_date" else found


def is_known(field: str, value: tuple[Any, ...]) -> bool:
    return value != (UNKNOWN_SEX,) if field == "sex" else any(value)


def compare(kept: Patient, absorbed: Patient, proven: Collection[Side] = ()) -> list[Line]:
    """Both records field by field. `proven`: the sides whose e-mail address is that of their own account."""
    lines = []
    for field in FIELDS:
        mine, theirs = value_of(kept.known, field), value_of(absorbed.known, field)
        later = Side.ABSORBED if absorbed.created_at > kept.created_at else Side.KEPT
        lines.append(Line(field, mine, theirs, *_suggestion(field, mine, theirs, proven, later)))
    return lines


def _suggestion(
    field: str, kept: tuple[Any, ...], absorbed: tuple[Any, ...], proven: Collection[Side], later: Side
) -> tuple[Side, Why]:
    known = [side for side, value in ((Side.KEPT, kept), (Side.ABSORBED, absorbed)) if is_known(field, value)]
    if len(known) == 1:
        return known[0], Why.ONLY
    if field == "email" and len(set(proven)) == 1:
        return next(iter(proven)), Why.PROVEN
    if field in LATEST_HOLDS:
        return later, Why.LATER
    more = _fullness(field, absorbed) - _fullness(field, kept)
    if more:
        return (Side.ABSORBED if more > 0 else Side.KEPT), Why.FULLER
    return Side.KEPT, Why.KEPT


def _fullness(field: str, value: tuple[Any, ...]) -> int:
    if field in {"sex", "nir"}:
        return 0
    if field == "birth_date":
        return len(value[0].text)
    return sum(len(part) for part in value)


def concerns(kept: NewPatient, absorbed: NewPatient, own_accounts: tuple[Collection[UUID], ...]) -> list[Concern]:
    """What must be looked at before. `own_accounts`: the accounts of the person themselves, of each record."""
    found = []
    if kept.nir and absorbed.nir and kept.nir != absorbed.nir:
        found.append(Concern.NIR_DIFFERS)
    mine, theirs = (PartialDate.on(one.birth_date).text for one in (kept, absorbed))
    if not (mine.startswith(theirs) or theirs.startswith(mine)):
        found.append(Concern.BIRTH_DIFFERS)
    first, second = (frozenset(accounts) for accounts in own_accounts)
    if first and second and first != second:
        found.append(Concern.TWO_ACCOUNTS)
    return found


def merged(kept: NewPatient, absorbed: NewPatient, choices: Choices) -> NewPatient:
    """Who the one record says the person is; a field without a choice stays as the kept record has it."""
    taken = [name for field in FIELDS if choices.get(field) is Side.ABSORBED for name in FIELDS[field]]
    return replace(kept, **{name: getattr(absorbed, name) for name in taken})


def edited(result: NewPatient, now: NewPatient) -> list[str]:
    """The fields that were changed since the records were merged."""
    return [field for field in FIELDS if value_of(result, field) != value_of(now, field)]


def apart(
    before: tuple[NewPatient, NewPatient], now: NewPatient, owners: Mapping[str, Owner]
) -> tuple[NewPatient, NewPatient]:
    """Who both records say the person is after the merge is undone: as before, and what was changed since goes to its
    `owners`."""
    kept, absorbed = before
    for field, owner in owners.items():
        values = {name: getattr(now, name) for name in FIELDS[field]}
        if owner is not Owner.ABSORBED:
            kept = replace(kept, **values)
        if owner is not Owner.KEPT:
            absorbed = replace(absorbed, **values)
    return kept, absorbed


def alone(known: NewPatient, before: tuple[NewPatient, NewPatient], owners: Mapping[str, Owner]) -> NewPatient:
    """What the kept record said while it stood for both, less what was of the other person: that reads as before."""
    kept, absorbed = before
    theirs = [
        field
        for field in FIELDS
        if owners.get(field, Owner.ABSORBED) is Owner.ABSORBED or value_of(known, field) == value_of(absorbed, field)
    ]
    return replace(known, **{name: getattr(kept, name) for field in theirs for name in FIELDS[field]})


def tidy_reason(text: str) -> str | None:
    """A reason as it is kept; None where it says too little or too much.

    >>> tidy_reason("  Same person,\\r\\n seen twice.\\0 "), tidy_reason("doublon"), tidy_reason("x" * 1001)
    ('Same person,\\n seen twice.', None, None)
    """
    reason = text.replace("\0", "").replace("\r\n", "\n").strip()
    return reason if SHORTEST_REASON <= len(reason) <= LONGEST_REASON else None
