"""What a response is: its state, its answers, its scores as they are stored. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.access.policy import Actor, Permission, Scope, allows
from app.questionnaires.model import Questionnaire
from app.questionnaires.scoring import Reason

NO_ROW = UUID(int=0)
Place = tuple[str, UUID]
"""An item and the row of its repeating group; NO_ROW outside one."""


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class ResponseScope(Scope):
    """What the guard needs, and what it learned of the response on the way."""

    patient: UUID
    response: UUID = NO_ROW
    questionnaire: str = ""
    version: str = ""
    state: State = State.DRAFT


def may_read(actor: Actor, scope: ResponseScope) -> bool:
    """Whether somebody who sees a response may read it too: a draft is read by those alone who answer it."""
    return scope.state is not State.DRAFT or allows(actor, Permission.RESPONSE_ANSWER, scope)


@dataclass(frozen=True, slots=True)
class Response:
    """A response pins the version of its questionnaire. `revision` counts batches of corrections.

    `handover`: the tablet on which it was given, which its author handed over.
    """

    id: UUID
    patient: UUID
    questionnaire: Questionnaire
    answered_by: str
    language: str
    author: UUID
    organisation: UUID
    state: State
    revision: int
    opened_at: datetime
    submitted_at: datetime | None
    handover: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who gave an answer, when, from which opening of the page, and how often it has changed."""

    version: int
    page_load: UUID
    answered_by: UUID
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """The current answers. `values` has the JSON shape of the format: rows of a repeating group are a list of objects.

    `rows` names the rows of each group in the order in which they were added, `stamps` dates each answer.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    stamps: Mapping[Place, Stamp] = field(default_factory=dict)

    def value(self, item: str, group: str | None = None, row: UUID = NO_ROW) -> Any:
        """One answer as JSON, None when there is none."""
        if group is None:
            return self.values.get(item)
        position = self.rows.get(group, ()).index(row)
        return self.values[group][position].get(item)

    def version(self, place: Place) -> int:
        """The number that a page must bring back to replace this answer; 0 when there is none."""
        stamp = self.stamps.get(place)
        return stamp.version if stamp else 0

    def versions_of(self, items: Collection[str]) -> dict[str, int]:
        """The version of each answer to these items; of an answer within a row as `item:row`."""
        return {
            item if row == NO_ROW else f"{item}:{row.hex}": stamp.version
            for (item, row), stamp in self.stamps.items()
            if item in items
        }

    @property
    def last_saved(self) -> datetime | None:
        return max((stamp.answered_at for stamp in self.stamps.values()), default=None)


def places(questionnaire: Questionnaire, answers: Answers) -> Iterator[tuple[str, str | None, UUID]]:
    """Every place that can hold an answer now: (item, group, row), rows of repeating groups unrolled."""
    for name, question in questionnaire.questions.items():
        if question.group is None:
            yield name, None, NO_ROW
        else:
            for row in answers.rows.get(question.group, ()):
                yield name, question.group, row


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score as it was computed. `value`: number, yes/no, or None with a `reason` of codes and figures."""

    response: UUID
    score_id: str
    status: str
    value: float | bool | None
    band: str | None
    reason: Reason | None
    stale: bool
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class DatedScore:
    """A score in the life of a patient: of which questionnaire, and of which day."""

    score: StoredScore
    questionnaire: str
    version: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class PastValue:
    """What an answer was before it changed."""

    value: Any
    version: int
    answered_by: UUID
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it lies in the database: `value` is the text of its JSON, None when it was emptied.

    `gone`: it stands in an entry that was taken out.
    """

    answer: UUID
    response: UUID
    item: str
    row: UUID
    version: int
    value: str | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer was kept under this version."""

    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else, or the same person elsewhere, changed the answer meanwhile."""

    item: str
    row: UUID
    theirs: Any
    version: int
    answered_by: UUID
    answered_at: datetime
    mine: Any = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The response is no longer a draft, or the row was removed: nothing was kept."""
