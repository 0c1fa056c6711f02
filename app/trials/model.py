"""Who is in which trial, and visits as rows: what they are, and where they stand on a day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.access.policy import Scope
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.trials.format.calendar import Asked, Planned
from app.trials.format.spans import Window
from app.trials.format.states import VisitFacts, VisitState, overdue, state_of


class Ended(StrEnum):
    """How an enrolment stands. All but the first are its end, with a day."""

    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    LOST = "lost"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class TrialScope(Scope):
    """What the guard needs of an enrolment or a visit. `site`: the centre that leads it; others may only read."""

    site: UUID | None = None
    trial: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person in one trial at one centre. `patient` is the record that stands for them now.

    `events`: the days that visits count from, by their ids. `held`: the version that waits for a new consent.
    """

    id: UUID
    patient: UUID
    trial: UUID
    key: str
    version: UUID
    organisation: UUID
    arm: str | None
    included_on: date
    state: Ended
    ended_on: date | None
    held: UUID | None
    enrolled_by: UUID
    enrolled_at: datetime
    revision: int
    events: Mapping[str, date] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.state is Ended.ACTIVE

    @property
    def begins(self) -> date:
        """The first day on which it can end: somebody may leave, or die, before the day from which visits count."""
        return min(self.included_on, day_in(ZONE, self.enrolled_at))


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of an enrolment; `patient` is the record that stands for them now.

    `window` is None for an unscheduled visit. `visit`: its id in the protocol, `number`: which of the repeats.
    """

    id: UUID
    patient: UUID
    enrolment: UUID
    trial: UUID
    key: str
    version: UUID
    organisation: UUID
    visit: str
    number: int
    place: str
    target: date | None
    window: Window | None
    asked: tuple[Asked, ...]
    prepared_at: datetime | None
    started_on: date | None
    started_by: UUID | None
    completed_on: date | None
    completed_by: UUID | None
    skipped_on: date | None
    skipped_by: UUID | None
    skip_reason: str
    signed_at: datetime | None
    revision: int
    ended_on: date | None
    """When the enrolment ended, if it did."""

    @property
    def name(self) -> str:
        return f"{self.visit}#{self.number}"

    @property
    def planned(self) -> Planned | None:
        """As the calendar lays it out; None for an unscheduled one."""
        if self.window is None or self.target is None:
            return None
        best, permitted = self.window.best, self.window.permitted
        return Planned(self.visit, self.number, self.target, best, permitted, self.asked, self.place)

    @property
    def untouched(self) -> bool:
        """Nothing has happened yet, as far as the visit itself knows."""
        return self.started_on is None and self.completed_on is None and self.skipped_on is None

    @property
    def unscheduled(self) -> bool:
        return self.window is None

    @property
    def facts(self) -> VisitFacts:
        return VisitFacts(
            started=self.started_on, completed=self.completed_on, skipped=self.skipped_on, ended=self.ended_on
        )

    def state(self, today: date) -> VisitState:
        """The one definition, for patients, teams, reminders and exports."""
        return state_of(self.window, self.facts, today)

    def overdue(self, today: date) -> bool:
        return overdue(self.window, self.facts, today)

    def is_over(self, today: date) -> bool:
        """Nobody is asked any more for what this visit asked: its window is over, and no team is holding it.

        A team holds what takes place at the centre, and at home what it opened when the window was over.
        """
        if self.window is None or self.window.permitted[1] >= today:
            return False
        held = self.started_on is not None and (self.place == "site" or self.started_on > self.window.permitted[1])
        return not (held and self.completed_on is None and self.skipped_on is None)

    @property
    def locked(self) -> bool:
        """Signed: what it holds changes only with a reason, and then it is signed no longer."""
        return self.signed_at is not None


class SiteState(StrEnum):
    """Whether a centre may enrol in a trial on a day."""

    OPEN = "open"
    COMING = "coming"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Site:
    """A centre that takes part in a trial; `target`: how many people it hopes for, `target_by`: until when."""

    id: UUID
    trial: UUID
    key: str
    organisation: UUID
    opened_on: date
    closed_on: date | None
    target: int | None
    target_by: date | None
    revision: int

    def state(self, today: date) -> SiteState:
        """Open from its first day until the day it closed.

        >>> site = Site(*[UUID(int=1)] * 2, "demo", UUID(int=2), date(2026, 1, 5), date(2026, 2, 1), None, None, 1)
        >>> [site.state(day).value for day in (date(2026, 1, 4), date(2026, 1, 5), date(2026, 2, 1))]
        ['coming', 'open', 'closed']
        """
        if today < self.opened_on:
            return SiteState.COMING
        return SiteState.OPEN if self.closed_on is None or today < self.closed_on else SiteState.CLOSED
