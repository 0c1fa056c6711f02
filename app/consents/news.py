"""What is told, inside the transaction, when what somebody allows has changed. Who hears it is not here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ConsentSettled:
    """What a person withholds was worked out anew: after each decision, also one that leaves it as it was.

    `patient` is the record that stands for them.
    """

    patient: UUID
    before: frozenset[str]
    now: frozenset[str]
    by: UUID
    at: datetime

    @property
    def taken_back(self) -> frozenset[str]:
        return self.now - self.before
