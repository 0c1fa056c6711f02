"""Why a visit did not take place, what stands in the way of completing one, what was written about it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.assignments.model import Assignment, State


class SkipReason(StrEnum):
    """Why a visit did not take place."""

    ILL = "ill"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"
    CENTRE = "centre"
    NOT_INDICATED = "not_indicated"
    OTHER = "other"


LONGEST_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What was asked in a visit, as it stands: `missing` are required and not answered, `begun` not sent."""

    done: tuple[Assignment, ...] = ()
    begun: tuple[Assignment, ...] = ()
    missing: tuple[Assignment, ...] = ()
    optional: tuple[Assignment, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing that is required lacks."""
        return not self.missing and not any(one.required for one in self.begun)


def standing_of(asked: Iterable[Assignment]) -> Standing:
    """Sort what a visit asks by where it stands; what was taken back is not there."""
    every = [one for one in asked if one.state is not State.CANCELLED]
    waiting = [one for one in every if one.state in {State.TO_DO, State.EXPIRED}]
    return Standing(
        done=tuple(one for one in every if one.state is State.DONE),
        begun=tuple(one for one in every if one.state is State.IN_PROGRESS),
        missing=tuple(one for one in waiting if one.required),
        optional=tuple(one for one in waiting if not one.required),
    )


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the team wrote about a visit."""

    id: UUID
    text: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Former:
    """How a visit stood before it was changed: the columns that were, why it changed, and the note that stood there."""

    was: Mapping[str, Any]
    reason: str
    note: str
    by: UUID
    at: datetime
