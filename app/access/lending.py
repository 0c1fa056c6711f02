"""To what a session is narrowed while its screen is in somebody else's hands. Pure."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Lent:
    """To what a session is narrowed while its screen is handed over: the questionnaires of one visit, in one voice.

    `same`: the handovers of this visit to this person, this one among them. `account`: of a relative, theirs.
    """

    handover: UUID
    visit: UUID
    voice: str
    same: frozenset[UUID] = frozenset()
    account: UUID | None = None
