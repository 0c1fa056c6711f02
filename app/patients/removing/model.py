"""Why a record goes out of sight, and what patients ask about that, as values. No I/O, no words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.patients.identity.model import LONGEST_REASON, is_reason, read_reason


class Kind(StrEnum):
    """Why a record is removed. A duplicate is merged instead, so that nothing of it is lost."""

    MISTAKE = "mistake"
    DUPLICATE = "duplicate"
    ASKED = "asked"
    OTHER = "other"


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Fault(StrEnum):
    KIND_MISSING = "kind_missing"
    DUPLICATE = "duplicate"
    REASON_SHORT = "reason_short"
    WORDS_MISSING = "words_missing"


@dataclass(frozen=True, slots=True)
class Removal:
    """What a form asks for, and what is wrong with it, by field."""

    kind: str
    reason: str
    faults: Mapping[str, Fault]


@dataclass(frozen=True, slots=True)
class RemovalAsk:
    """Somebody asked that a record be removed. `reason` is theirs, `words` the centre's answer to them."""

    id: UUID
    patient: UUID
    account: UUID
    asked_at: datetime
    reason: str
    state: State
    decided_by: UUID | None
    decided_at: datetime | None
    organisation: UUID | None
    words: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that is out of sight, as those see it who may bring it back: no name."""

    id: UUID
    code: str
    kind: str
    removed_by: UUID | None
    removed_at: datetime


def read_removal(kind: str, reason: str) -> Removal:
    """The form of a removal.

    >>> read_removal("mistake", "Ouvert deux fois par erreur").faults, read_removal("duplicate", "").faults["kind"]
    ({}, <Fault.DUPLICATE: 'duplicate'>)
    >>> sorted(read_removal("", "no").faults)
    ['kind', 'reason']
    """
    reason, faults = read_reason(reason)[:LONGEST_REASON], dict[str, Fault]()
    if kind == Kind.DUPLICATE:
        return Removal(kind, reason, {"kind": Fault.DUPLICATE})
    if kind not in set(Kind):
        faults["kind"] = Fault.KIND_MISSING
    if not is_reason(reason):
        faults["reason"] = Fault.REASON_SHORT
    return Removal(kind, reason, faults)
