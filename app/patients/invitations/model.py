"""An invitation of a patient or of somebody close as a value, and what becomes of it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.access.rights import Right
from app.accounts.proxies.model import Beyond, Terms

NO_RIGHTS = Terms(rights=frozenset())
"""The patient needs none."""
LASTS = timedelta(days=7)
TRIES = 5


class State(StrEnum):
    """Where an invitation stands. `queued`: the worker has not handed it over yet. `closed`: five wrong birth dates."""

    QUEUED = "queued"
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """Whom one invites to a patient's record: the patient, or the contact who will answer on these terms.

    `patient` is the record as it was written in, which for a contact is the contact's.
    """

    patient: UUID
    email: str
    language: str
    contact: UUID | None = None
    terms: Terms = NO_RIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One that was made. `patient`: the record that stands for the person. `centre_follows`: whether the centre that
    invites still follows it."""

    id: UUID
    email: str
    email_hash: bytes
    language: str
    patient: UUID
    written_under: UUID
    relationship: UUID | None
    rights: frozenset[Right]
    beyond: str
    beyond_on: date | None
    organisation: UUID
    invited_by: UUID
    created_at: datetime
    valid_until: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    opened_at: datetime | None
    accepted_at: datetime | None
    revoked_at: datetime | None
    failures: int
    proof_hash: bytes | None
    account: UUID | None
    centre_follows: bool

    @property
    def terms(self) -> Terms:
        return Terms(rights=self.rights, beyond=Beyond(self.beyond), beyond_on=self.beyond_on)

    @property
    def waits(self) -> bool:
        """Whether nothing has settled it yet."""
        return self.accepted_at is None and self.revoked_at is None

    def state(self, at: datetime) -> State:
        """What one is told of it. What the invited person did counts more than what the mail did."""
        happened = (
            (self.accepted_at is not None, State.ACCEPTED),
            (self.revoked_at is not None, State.WITHDRAWN),
            (self.failures >= TRIES, State.CLOSED),
            (at >= self.valid_until, State.EXPIRED),
            (self.opened_at is not None, State.OPENED),
            (self.bounced_at is not None, State.BOUNCED),
            (self.sent_at is not None, State.SENT),
        )
        return next((state for so, state in happened if so), State.QUEUED)

    def holds(self, at: datetime) -> bool:
        """Whether its link can still be used."""
        return self.waits and self.failures < TRIES and at < self.valid_until and self.centre_follows


def is_born_on(known: str, day: int, month: int, year: int) -> bool:
    """Whether a birth date agrees with what is known of it: a day, a month of a year, or a year.

    >>> is_born_on("2014-03-02", 2, 3, 2014), is_born_on("2014-03", 15, 3, 2014), is_born_on("2014-03-02", 3, 2, 2014)
    (True, True, False)
    """
    return bool(known) and f"{year:04d}-{month:02d}-{day:02d}".startswith(known)
