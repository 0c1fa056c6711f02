"""Whether two administrators are two: who gave whom their place, how long they have had it, and where they act. Pure.

Whoever could invite an accomplice and have them confirm the next minute would be one person with two accounts. Those
who look after the network are made on the server alone, not by one another: for them there is neither age nor giver.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

HELD_FOR = timedelta(days=7)
NEW_ADDRESS_WAITS = timedelta(hours=12)


class Bar(StrEnum):
    """Why somebody cannot be the second."""

    PLACED_BY_THE_OTHER = "placed_by_the_other"
    PLACE_TOO_NEW = "place_too_new"
    OTHER_CENTRE_NEEDED = "other_centre_needed"


@dataclass(frozen=True, slots=True)
class Hand:
    """One of the two. `organisation`: where they act, none for the network; `given`: who gave them places there."""

    account: UUID
    organisation: UUID | None
    given: tuple[tuple[UUID | None, date], ...] = ()


def bar_between(first: Hand, second: Hand, places: Collection[UUID], today: date) -> Bar | None:
    """Why these two may not reset an account that works in these places."""
    if _was_given_by(first, second.account) or _was_given_by(second, first.account):
        return Bar.PLACED_BY_THE_OTHER
    if _is_new(first, today) or _is_new(second, today):
        return Bar.PLACE_TOO_NEW
    elsewhere = set(places) - {first.organisation}
    return Bar.OTHER_CENTRE_NEEDED if elsewhere and are_of_one_centre(first, second) else None


def are_of_one_centre(first: Hand, second: Hand) -> bool:
    """Whether nobody from outside one centre has a hand in it."""
    return first.organisation is not None and first.organisation == second.organisation


def _was_given_by(hand: Hand, other: UUID) -> bool:
    return any(giver == other for giver, _ in hand.given)


def _is_new(hand: Hand, today: date) -> bool:
    return hand.organisation is not None and not any(today - day >= HELD_FOR for _, day in hand.given)
