"""What somebody typed to open a record, which records it resembles, and what became of who a patient is. No I/O."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.patients.matching.model import Level, Verdict
from app.patients.model import NewPatient

ENTRY_LASTS = timedelta(hours=1)
SHORTEST_REASON = 10
LONGEST_REASON = 500
UNWRITTEN = UUID(int=0)
"""The record of something that is about to be written down."""


class Kind(StrEnum):
    """What happened to who a patient is. `apart`: the record was opened though a close one was there."""

    CHANGED = "changed"
    APART = "apart"
    REMOVED = "removed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Close:
    """A record of one's own centre that may be the same person's. `closed`: its owner closed it to everybody."""

    patient: UUID
    verdict: Verdict
    reasons: tuple[Level, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a blind match found: records of one's own centre, and whether there is any elsewhere.

    Of those elsewhere nobody learns more than that, and this holds no more.
    """

    own: tuple[Close, ...] = ()
    elsewhere: bool = False

    @property
    def nothing(self) -> bool:
        return not self.own and not self.elsewhere

    @property
    def needs_reason(self) -> bool:
        """Whether opening another record all the same is said why."""
        return self.elsewhere or any(one.verdict is Verdict.SAME for one in self.own)

    def as_text(self) -> str:
        """Those of one's own centre, for one sealed column.

        >>> found = Found((Close(UUID(int=1), Verdict.SAME, (Level.DATE_SAME,)),), True)
        >>> Found.from_text(found.as_text(), True) == found
        True
        """
        return json.dumps([[str(one.patient), one.verdict, one.reasons, one.closed] for one in self.own])

    @classmethod
    def from_text(cls, text: str, elsewhere: bool) -> "Found":
        own = (
            Close(UUID(patient), Verdict(verdict), tuple(map(Level, reasons)), closed)
            for patient, verdict, reasons, closed in json.loads(text)
        )
        return cls(tuple(own), elsewhere)


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed, kept while they choose. `patient`: the record that came of it."""

    id: UUID
    account: UUID
    organisation: UUID
    typed: NewPatient
    found: Found
    patient: UUID | None
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that happened to who a patient is. `former`: who they were said to be until then.

    A change without it took a code of another system away, which is the `note`. `record`: the id it was written under,
    which is another's where two records were merged.
    """

    kind: Kind
    former: NewPatient | None
    note: str
    made_by: UUID
    organisation: UUID | None
    made_at: datetime
    record: UUID = UNWRITTEN


@dataclass(frozen=True, slots=True)
class Identifier:
    """What another system calls the patient."""

    id: UUID
    system: str
    value: str
    added_by: UUID
    added_at: datetime


def read_reason(typed: str) -> str:
    """A reason on one line, without what cannot be shown."""
    return " ".join("".join(mark for mark in typed if mark.isprintable() or mark.isspace()).split())


def is_reason(reason: str) -> bool:
    """Whether this says something.

    >>> is_reason("Jumelle, vue avec sa sœur"), is_reason("ok"), is_reason("." * 20)
    (True, False, False)
    """
    letters = sum(mark.isalpha() for mark in reason)
    return SHORTEST_REASON <= len(reason) <= LONGEST_REASON and letters >= SHORTEST_REASON // 2


def differences(before: NewPatient, after: NewPatient) -> list[str]:
    """The fields in which two differ, in their order.

    >>> from dataclasses import replace
    >>> from app.patients.dates import PartialDate
    >>> lea = NewPatient(given_names="Léa", family_name="Martin", birth_date=PartialDate(2014), sex="female")
    >>> differences(lea, replace(lea, family_name="Roy", phone="1"))
    ['family_name', 'phone']
    """
    fields = NewPatient.__dataclass_fields__
    return [name for name in fields if getattr(before, name) != getattr(after, name)]
