"""What a centre hopes for in a trial. Pure."""

from dataclasses import dataclass
from datetime import date

LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Hope:
    """How many people a centre hopes to enrol, and until when; None is not said."""

    target: int | None = None
    by: date | None = None
