"""An invitation as a value, and what becomes of it. No I/O, no words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

LASTS = timedelta(days=7)


class State(StrEnum):
    """Where an invitation stands. `queued`: the worker has not handed it over yet."""

    QUEUED = "queued"
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """Whom one invites, and to what."""

    organisation: UUID
    email: str
    given_name: str
    family_name: str
    language: str
    profession: str
    role: str
    administers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One that was made. `account`: whose place it became. `inviter_may`: whether the inviter may still give it."""

    id: UUID
    email: str
    given_name: str
    family_name: str
    language: str
    organisation: UUID
    organisation_name: str
    organisation_open: bool
    profession: str
    role: str
    administers: bool
    invited_by: UUID
    created_at: datetime
    valid_until: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    opened_at: datetime | None
    accepted_at: datetime | None
    revoked_at: datetime | None
    account: UUID | None
    inviter_may: bool

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def state(self, at: datetime) -> State:
        """What one is told of it. What the invited person did counts more than what the mail did."""
        happened = (
            (self.accepted_at is not None, State.ACCEPTED),
            (self.revoked_at is not None, State.WITHDRAWN),
            (at >= self.valid_until, State.EXPIRED),
            (self.opened_at is not None, State.OPENED),
            (self.bounced_at is not None, State.BOUNCED),
            (self.sent_at is not None, State.SENT),
        )
        return next((state for so, state in happened if so), State.QUEUED)

    def holds(self, at: datetime) -> bool:
        """Whether its link can still be used."""
        used = self.accepted_at or self.revoked_at
        return used is None and at < self.valid_until and self.organisation_open and self.inviter_may
