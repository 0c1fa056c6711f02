"""Reading the forms that merge two records and undo it. Pure; the words of what is wrong are in wording.py."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from app.dashboard.merging.sorting import Group
from app.patients.merging.model import FIELDS, Concern, Line, Owner, Side, tidy_reason

Fields = Mapping[str, str]
"""A form as it was sent; of a name sent twice, the last."""
Choice = TypeVar("Choice", bound=StrEnum)
CHOICE, CONFIRMED, OWNER, SIDE = "choice-", "confirmed-", "owner-", "side-"


class Fault(StrEnum):
    CHOOSE = "choose"
    LOOK = "look"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Merging:
    """What the page that compares sent back, to be shown again. `choices`: of every field that differs."""

    choices: Mapping[str, Side] = field(default_factory=dict)
    confirmed: frozenset[Concern] = frozenset()
    reason: str = ""
    revisions: tuple[int, int] = (0, 0)
    faults: Mapping[str, Fault] = field(default_factory=dict)


def read_merging(sent: Fields, lines: Collection[Line], concerns: Collection[Concern]) -> Merging:
    """What was chosen; `faults` by the name of the field on the page."""
    differing = [line.field for line in lines if not line.same]
    chosen = {name: one for name in differing if (one := _one_of(Side, sent.get(CHOICE + name)))}
    confirmed = frozenset(one for one in concerns if sent.get(CONFIRMED + one))
    faults = {CHOICE + name: Fault.CHOOSE for name in differing if name not in chosen}
    faults |= {CONFIRMED + one: Fault.LOOK for one in concerns if one not in confirmed}
    reason = sent.get("reason", "")
    if tidy_reason(reason) is None:
        faults["reason"] = Fault.REASON
    revisions = (_number(sent.get("kept_revision")), _number(sent.get("absorbed_revision")))
    return Merging(chosen, confirmed, reason, revisions, faults)


@dataclass(frozen=True, slots=True)
class Parting:
    """What the page that undoes sent back. `sides` by group, `owners` by field."""

    sides: Mapping[UUID, Side] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    reason: str = ""
    faults: Mapping[str, Fault] = field(default_factory=dict)


def read_parting(sent: Fields, groups: Collection[Group], changed: Collection[str]) -> Parting:
    """Whose everything is that was asked about; nothing is taken for granted."""
    asked = [group.id for group in groups if group.side is None]
    sides = {group: one for group in asked if (one := _one_of(Side, sent.get(f"{SIDE}{group}")))}
    owners = {name: own for name in changed if (own := _one_of(Owner, sent.get(OWNER + name)))}
    faults = {f"{SIDE}{group}": Fault.CHOOSE for group in asked if group not in sides}
    faults |= {OWNER + name: Fault.CHOOSE for name in FIELDS if name in changed and name not in owners}
    reason = sent.get("reason", "")
    if tidy_reason(reason) is None:
        faults["reason"] = Fault.REASON
    return Parting(sides, owners, reason, faults)


def _one_of(kind: type[Choice], sent: str | None) -> Choice | None:
    return next((one for one in kind if one == sent), None)


def _number(sent: str | None) -> int:
    return int(sent) if sent and sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
